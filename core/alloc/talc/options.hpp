// What a talc is made of, beside its source and its binning: all of it fixed at compile time.
#pragma once

#include <cstddef>

#include "core/alloc/talc/chunk.hpp"

namespace heapatlas::talc {

/// The default: 16-byte units. Derive from it and hide what should differ.
struct Options {
  using Chunk = SmallChunks;

  /// May a block take memory from the gap above it, or give its end back, where it lies? Without
  /// the one, a block grows only within its chunk; without both, there is neither grow nor shrink.
  static constexpr bool grow_in_place = true;
  static constexpr bool shrink_in_place = true;
  /// Are blocks and bytes counted? Then `counters` exists.
  static constexpr bool counters = false;
  /// How many bytes of freed small chunks may wait for their size to be asked again; 0: none,
  /// every free coalesces at once.
  static constexpr std::size_t cache_limit = std::size_t{1} << 18;
};

/// Blocks of any size, for 32-byte units (on 64-bit machines); goes with WideBinning.
struct LargeOptions : Options {
  using Chunk = LargeChunks;
};

/// Every free coalesces at once.
struct UncachedOptions : Options {
  static constexpr std::size_t cache_limit = 0;
};

/// Options that count.
struct CountingOptions : Options {
  static constexpr bool counters = true;
};

}  // namespace heapatlas::talc
