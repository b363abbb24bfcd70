// Prints what a stalloc has free: "stalloc of 8 blocks of 4 bytes, free: 0+3 5+2".
#pragma once

#include <cstddef>
#include <ostream>

#include "core/alloc/stalloc.hpp"

namespace heapatlas {

/// Each free chunk as its first block and its length.
template <class Blocks, class Index>
std::ostream& operator<<(std::ostream& out, const BasicStalloc<Blocks, Index>& heap) {
  out << "stalloc of " << heap.block_count() << " blocks of " << heap.block_size()
      << " bytes, free:";
  if (heap.is_oom()) out << " nothing";
  heap.for_each_free(
      [&](std::size_t first, std::size_t length) { out << ' ' << first << '+' << length; });
  return out;
}

}  // namespace heapatlas
