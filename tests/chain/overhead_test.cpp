// The overhead that people are told is an upper bound, and a close one: blocks are granted and
// their room is measured.
#include "core/chain/overhead.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "core/chain/chain.hpp"
#include "core/chain/examples.hpp"

namespace heapatlas::chain {
namespace {

constexpr std::size_t many = 64;

#ifdef __SANITIZE_ADDRESS__
constexpr bool malloc_is_a_sanitizer = true;
#else
constexpr bool malloc_is_a_sanitizer = false;
#endif

bool asks_malloc(const Link& link) {
  return link.entry->uses_malloc || std::any_of(link.parts.begin(), link.parts.end(), asks_malloc);
}

Chain checked_chain(const std::string& text) {
  auto chain = parse_and_check(text);
  EXPECT_TRUE(chain) << text << ": " << chain.error().line();
  return std::move(*chain);
}

/// Up to `many` blocks of a fresh chain, and how far apart neighbours lie: their room, but for the
/// few that stand at the end of a page or of a link.
struct Granted {
  std::vector<Block> blocks;
  std::size_t distance = 0;  ///< the median
};

Granted grant_many(const Chain& chain, Layout layout) {
  Granted granted;
  const auto built = with_allocator(chain, {}, [&](auto& allocator, const BuildFacts&) {
    while (granted.blocks.size() < many) {
      const Block block = allocator.allocate(layout);
      if (!block) break;
      granted.blocks.push_back(block);
    }
    std::vector<std::size_t> places;
    for (const Block& block : granted.blocks) places.push_back(address_of(block.ptr));
    std::sort(places.begin(), places.end());
    std::vector<std::size_t> distances;
    for (std::size_t i = 1; i < places.size(); ++i) distances.push_back(places[i] - places[i - 1]);
    if (!distances.empty()) {
      const auto middle = distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 2);
      std::nth_element(distances.begin(), middle, distances.end());
      granted.distance = *middle;
    }
    for (const Block& block : granted.blocks) allocator.deallocate(block.ptr, layout);
  });
  EXPECT_TRUE(built) << chain.text();
  return granted;
}

TEST(Overhead, is_never_exceeded_by_a_block_of_an_example) {
  std::size_t measured = 0;
  for (const Example& example : examples()) {
    const auto chain = parse_and_check(example.text);
    if (!chain) continue;            // a library that is not there
    if (chain->preload()) continue;  // this process was not started with it
    if (malloc_is_a_sanitizer && asks_malloc(chain->root())) continue;  // told of glibc's
    for (const std::size_t size : told_sizes) {
      const Layout layout{size, told_alignment};
      const std::size_t most = block_bytes(chain->root(), layout);
      if (most == block_unknown) continue;
      const Granted granted = grant_many(*chain, layout);
      SCOPED_TRACE(std::string(example.text) + " of " + std::to_string(size));
      EXPECT_EQ(granted.blocks.empty(), most == block_refused);
      for (const Block& block : granted.blocks) EXPECT_LE(block.size, most);
      EXPECT_LE(granted.distance, most);
      measured += granted.blocks.size();
    }
  }
  EXPECT_GT(measured, 3000U);
}

struct Told {
  const char* chain;
  std::size_t bytes[told_sizes.size()];  ///< beyond 1, 16, 100 and 1000
};

/// What each leaf takes is what it is said to take, not just less.
TEST(Overhead, is_what_a_leaf_takes) {
  for (const Told& told : {
           Told{"stalloc(blocks=64K, block=16)", {15, 0, 12, 8}},
           Told{"stalloc(blocks=64K, block=64, index=tree)", {63, 48, 28, 24}},
           Told{"talc", {15, 16, 12, 8}},
           Told{"talc(unit=32)", {31, 16, 28, 24}},
           Told{"slabs", {15, 0, 12, 24}},
           Told{"slab(size=1K, align=16)", {1023, 1008, 924, 24}},
           Told{"free_list(block=1K)", {1023, 1008, 924, 24}},
           Told{"sized(stalloc(blocks=64K, block=16))", {31, 16, 28, 24}},
           Told{"segregate(64, slabs(max=64), talc)", {15, 0, 12, 8}},
       }) {
    const Chain chain = checked_chain(told.chain);
    for (std::size_t i = 0; i < told_sizes.size(); ++i) {
      const Layout layout{told_sizes[i], told_alignment};
      EXPECT_EQ(block_bytes(chain.root(), layout) - told_sizes[i], told.bytes[i])
          << told.chain << " of " << told_sizes[i];
      EXPECT_EQ(grant_many(chain, layout).distance - told_sizes[i], told.bytes[i])
          << told.chain << " of " << told_sizes[i];
    }
  }
}

TEST(Overhead, of_a_chain_is_that_of_its_costliest_link_that_may_answer) {
  const auto bytes = [](const char* text, std::size_t size) {
    return block_bytes(checked_chain(text).root(), {size, told_alignment});
  };
  EXPECT_EQ(bytes("stalloc(block=64) | talc", 1), 64U);
  EXPECT_EQ(bytes("slab(size=64) | talc", 100), 112U);  // the slab cannot answer
  EXPECT_EQ(bytes("limit(talc, bytes=50) | stalloc(block=4)", 100), 100U);
  EXPECT_EQ(bytes("never", 1), block_refused);
  EXPECT_EQ(bytes("bump(size=64)", 65), block_refused);
  EXPECT_EQ(bytes("talc(os)", LinkFacts::unbounded), LinkFacts::unbounded);
  EXPECT_EQ(describe_overhead(checked_chain("bump(size=100)").root()),
            "15 bytes on a block of 1, 15 on 16, 15 on 100");
}

TEST(Overhead, of_every_entry_is_a_number_or_a_library_decides) {
  for (const Entry* entry : registry()) {
    const auto chain = parse_and_check(entry->example);
    if (!chain || entry->role == Role::source) continue;
    const bool foreign = entry->preload != nullptr || entry->name == "plugin";
    EXPECT_EQ(entry->role == Role::leaf && entry->block_bytes == nullptr, foreign) << entry->name;
  }
}

}  // namespace
}  // namespace heapatlas::chain
