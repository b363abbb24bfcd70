// Chains at random that mean something: leaves with small heaps under every combinator.
#pragma once

#include <fmt/format.h>

#include <iterator>
#include <random>
#include <string>

namespace heapatlas::chain::testing {

/// Not every one may be built: check.hpp refuses a first link that cannot tell its blocks, say.
class RandomChain {
 public:
  explicit RandomChain(std::uint64_t seed) : random_(seed) {}

  std::string text(unsigned depth = 3) {
    const unsigned kind = depth == 0 ? 0 : below(12);
    if (kind < 3) return leaf(depth);
    if (kind < 7) return fmt::format("({} | {})", text(depth - 1), text(depth - 1));
    if (kind == 7)
      return fmt::format("segregate({}, {}, {})", 1 + below(300), text(depth - 1), text(depth - 1));
    static constexpr const char* over_one[] = {
        "locked({})", "limit({}, bytes=6K)", "sized({})", "proxy({})", "stats({})",
    };
    return fmt::format(fmt::runtime(over_one[below(std::size(over_one))]), text(depth - 1));
  }

 private:
  std::string leaf(unsigned depth) {
    static constexpr const char* leaves[] = {
        "never",
        "os",
        "system",
        "bump(size=8K)",
        "bump(size=8K, shared=true)",
        "mapped_bump(size=1M)",
        "stalloc(blocks=200, block=16)",
        "stalloc(blocks=900, block=8, index=tree)",
        "talc",
        "talc(claim(size=64K), cache=false)",
        "talc(system(region=64K))",
        "slabs(max=256)",
        "slab(size=64)",
        "per_thread(slabs(max=100))",
        "free_list(block=64, size=4K)",
        "scoped(size=8K)",
    };
    const unsigned more = depth == 0 ? 0 : 2;
    const unsigned chosen = below(static_cast<unsigned>(std::size(leaves)) + more);
    if (chosen < std::size(leaves)) return leaves[chosen];
    if (chosen == std::size(leaves))
      return fmt::format("talc(parent({}, region=16K))", text(depth - 1));
    return fmt::format("slabs(max=128, backing={})", text(depth - 1));
  }

  unsigned below(unsigned end) {
    return std::uniform_int_distribution<unsigned>(0, end - 1)(random_);
  }

  std::mt19937_64 random_;
};

}  // namespace heapatlas::chain::testing
