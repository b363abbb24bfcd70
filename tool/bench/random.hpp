// The random numbers of every workload: seeded, and the same on every machine.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <random>

namespace heapatlas::tool::bench {

class Random {
 public:
  explicit Random(std::uint64_t seed = 42) : engine_(seed) {}

  /// Uniform in from..to, both included; the remainder's bias is below 2^-32.
  std::size_t between(std::size_t from, std::size_t to) {
    return from + static_cast<std::size_t>(engine_() % (to - from + 1));
  }
  /// 3, for 8 bytes; each fourth time one more, at most 10.
  unsigned align_log2() {
    const auto bits = static_cast<unsigned>(engine_() & 0xFFFF) | 1U << 14;
    return 3 + static_cast<unsigned>(std::countr_zero(bits)) / 2;
  }
  /// The sizes of random actions.
  std::size_t action_size(std::size_t max) { return between(4, between(16, max)); }

 private:
  std::mt19937_64 engine_;
};

}  // namespace heapatlas::tool::bench
