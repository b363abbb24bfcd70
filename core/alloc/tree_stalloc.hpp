// tree_stalloc: stalloc with an index that stays fast when thousands of chunks are free.
//
// Placement is that of Stalloc, block for block; see stalloc.hpp for the interface and
// stalloc/tree_index.hpp for the index, its cost and its smallest block. Clearing is O(blocks).
#pragma once

#include <cstddef>

#include "core/alloc/stalloc.hpp"
#include "core/alloc/stalloc/tree_index.hpp"

namespace heapatlas {

/// Blocks and index inside the object. Constant-initialised, but not all zeros: a static one takes
/// its whole size in the program's file.
template <std::size_t Blocks, std::size_t BlockSize>
class TreeStalloc : public BasicStalloc<stalloc::InlineBlocks<Blocks, BlockSize>,
                                        stalloc::TreeIndex<stalloc::InlineTables<Blocks>>> {
  using Index = stalloc::TreeIndex<stalloc::InlineTables<Blocks>>;
  static_assert(BlockSize >= Index::min_block_size, "a block holds a number of the index");

 public:
  constexpr TreeStalloc() noexcept
      : BasicStalloc<stalloc::InlineBlocks<Blocks, BlockSize>, Index>(fresh_index()) {}

 private:
  static constexpr Index fresh_index() noexcept {
    Index index{stalloc::InlineTables<Blocks>{}};
    if (std::is_constant_evaluated()) {
      stalloc::InlineBlocks<Blocks, BlockSize> blocks;
      index.clear(blocks);
    }
    return index;
  }
};

/// Blocks and index in memory given at run time.
class TreeStallocOver
    : public BasicStalloc<stalloc::BorrowedBlocks, stalloc::TreeIndex<stalloc::BorrowedTables>> {
  using Index = stalloc::TreeIndex<stalloc::BorrowedTables>;

 public:
  static constexpr std::size_t min_block_size = Index::min_block_size;
  static constexpr std::size_t max_block_count = Index::max_count;

  /// Bytes of index memory that so many blocks take.
  [[nodiscard]] static constexpr std::size_t index_bytes(std::size_t block_count) noexcept {
    return stalloc::BorrowedTables::bytes_for(block_count);
  }

  /// Over size bytes at memory, as StallocOver; index_memory: index_bytes(size / block_size) bytes
  /// at any alignment. The caller keeps both alive.
  TreeStallocOver(std::byte* memory, std::size_t size, std::size_t block_size,
                  std::byte* index_memory) noexcept
      : BasicStalloc<stalloc::BorrowedBlocks, Index>(
            Index{stalloc::BorrowedTables{index_memory, size / block_size}}, memory, size,
            block_size, max_block_count) {
    require(is_power_of_two(block_size) && block_size >= min_block_size &&
                block_size <= stalloc::largest_block_size,
            "stalloc", memory, "a block size is a power of two and holds a number");
  }
};

static_assert(Owning<TreeStalloc<1, 4>> && Resizing<TreeStallocOver>);

}  // namespace heapatlas
