// Filling a slab, for tests.
#pragma once

#include <cstddef>
#include <vector>

#include "core/alloc/layout.hpp"

namespace heapatlas::testing_support {

/// Bytes of a page of blocks that are not large.
inline constexpr std::size_t page = std::size_t{1} << 16;

/// Allocates until the slab refuses.
template <class A>
std::vector<std::byte*> fill(A& slab, Layout layout) {
  std::vector<std::byte*> blocks;
  while (const Block block = slab.allocate(layout)) blocks.push_back(block.ptr);
  return blocks;
}

}  // namespace heapatlas::testing_support
