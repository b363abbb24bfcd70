// stalloc: first fit over an array of equal blocks, without headers.
//
// Layout: the blocks first, then the index of what is free. A live block has no header: whoever
// frees it says how large it is. A request costs whole blocks, and nothing else.
//
//   Stalloc<Blocks, BlockSize>      blocks inside the object: Blocks * BlockSize bytes, then the
//                                   index, 4 bytes padded to BlockSize. Constant-initialised.
//   StallocOver<Number>             blocks in memory given at run time; Number counts them.
//   TreeStalloc<Blocks, BlockSize>  the same placement, block for block, through an index beside
//   TreeStallocOver                 the blocks that stays fast when thousands of chunks are free.
//
// First fit by address: of all free chunks that can hold a request at its alignment, the lowest.
// Neighbouring free chunks are always one chunk. The list index walks its chunks on every call
// (stalloc/list_index.hpp); the tree index searches (tree_stalloc.hpp). One thread; locked()
// shares one, and its guard runs batches.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "core/alloc/concepts.hpp"
#include "core/alloc/misuse.hpp"
#include "core/alloc/stalloc/blocks.hpp"
#include "core/alloc/stalloc/list_index.hpp"

namespace heapatlas {

/// The parts every stalloc shares: the operations on blocks and on bytes, over some Blocks
/// (stalloc/blocks.hpp) and some Index of what is free.
template <class Blocks, class Index>
class BasicStalloc {
 public:
  static constexpr Threads threads = Threads::one;

  BasicStalloc(const BasicStalloc&) = delete;
  BasicStalloc& operator=(const BasicStalloc&) = delete;

  /// How many blocks there are, and bytes of each.
  [[nodiscard]] constexpr std::size_t block_count() const noexcept { return blocks_.count(); }
  [[nodiscard]] constexpr std::size_t block_size() const noexcept { return blocks_.size(); }

  // Operations on blocks. Counts are in blocks and at least 1; align is in blocks, a power of two.

  /// Null when no free chunk holds that many blocks at that alignment.
  [[nodiscard]] std::byte* allocate_blocks(std::size_t count, std::size_t align) noexcept {
    if (align > largest_alignment >> blocks_.shift()) return nullptr;
    return at(index_.take(blocks_, count, align << blocks_.shift()));
  }
  void deallocate_blocks(std::byte* ptr, std::size_t count) noexcept {
    index_.give(blocks_, live_block(ptr, count), count);
  }
  /// The blocks behind new_count are free again. 1 <= new_count <= old_count.
  void shrink_in_place(std::byte* ptr, std::size_t old_count, std::size_t new_count) noexcept {
    const std::size_t first = live_block(ptr, old_count);
    require(new_count >= 1 && new_count <= old_count, "stalloc", ptr,
            "a shrunken block has at least one block and no more than before");
    if (new_count < old_count) index_.give(blocks_, first + new_count, old_count - new_count);
  }
  /// False, and nothing changed, unless the blocks behind are free. new_count >= old_count.
  [[nodiscard]] bool grow_in_place(std::byte* ptr, std::size_t old_count,
                                   std::size_t new_count) noexcept {
    const std::size_t first = live_block(ptr, old_count), more = new_count - old_count;
    return index_.extend(blocks_, first + old_count, more, false) == more;
  }
  /// Grows as far as possible up to new_count; returns how many blocks there are then.
  [[nodiscard]] std::size_t grow_up_to(std::byte* ptr, std::size_t old_count,
                                       std::size_t new_count) noexcept {
    const std::size_t first = live_block(ptr, old_count), more = new_count - old_count;
    return old_count + index_.extend(blocks_, first + old_count, more, true);
  }

  /// No block is free.
  [[nodiscard]] bool is_oom() const noexcept { return index_.is_full(blocks_); }
  /// Every block is free.
  [[nodiscard]] bool is_empty() const noexcept { return index_.is_empty(blocks_); }
  /// Frees every block at once.
  void clear() noexcept { index_.clear(blocks_); }

  /// visit(first block, length in blocks) for each free chunk, in address order. visit must not
  /// use the allocator.
  template <class Visit>
  void for_each_free(Visit&& visit) const {
    index_.for_each_free(blocks_, visit);
  }

  // Operations on bytes: the allocator concept.

  [[nodiscard]] constexpr std::size_t min_alignment() const noexcept { return block_size(); }
  [[nodiscard]] static constexpr std::size_t max_alignment() noexcept { return largest_alignment; }

  [[nodiscard]] Block allocate(Layout layout) noexcept {
    require_valid(layout, "stalloc", nullptr);
    const std::size_t count = blocks_for(layout.size);
    if constexpr (requires { index_.take_front(blocks_, count, layout.align); }) {
      const std::size_t size = bytes(count);
      if (std::byte* const ptr = index_.take_front(blocks_, count, layout.align)) [[likely]]
        return {ptr, size};
      return take_further(count, layout.align);
    } else {
      return granted(at(index_.take(blocks_, count, layout.align)), count);
    }
  }
  void deallocate(std::byte* ptr, Layout layout) noexcept {
    require_valid(layout, "stalloc", ptr);
    deallocate_blocks(ptr, blocks_for(layout.size));
  }
  [[nodiscard]] Block grow(std::byte* ptr, Layout old, std::size_t new_size) noexcept {
    require_valid(old, "stalloc", ptr);
    const std::size_t count = blocks_for(new_size);
    return grow_in_place(ptr, blocks_for(old.size), count) ? granted(ptr, count) : Block{};
  }
  /// Always succeeds.
  [[nodiscard]] Block shrink(std::byte* ptr, Layout old, std::size_t new_size) noexcept {
    require_valid(old, "stalloc", ptr);
    const std::size_t count = blocks_for(new_size);
    shrink_in_place(ptr, blocks_for(old.size), count);
    return granted(ptr, count);
  }
  [[nodiscard]] bool owns(const std::byte* ptr) const noexcept {
    return address_of(ptr) - address_of(blocks_.data()) < blocks_.count() << blocks_.shift();
  }
  void reset() noexcept { clear(); }

  template <HeapVisitor V>
  void walk(V& visitor) const {
    if (block_count() == 0) return;
    visitor.region(Region{blocks_.data(), bytes(block_count()), 0});
    std::size_t walked = 0;
    const auto span = [&](std::size_t end, SpanKind kind) {
      if (walked < end)
        visitor.span(Span{blocks_.data() + bytes(walked), bytes(end - walked), kind, 0, 0, 0});
      walked = end;
    };
    for_each_free([&](std::size_t first, std::size_t length) {
      span(first, SpanKind::used);
      span(first + length, SpanKind::free);
    });
    span(block_count(), SpanKind::used);
  }

  [[nodiscard]] const char* check() const noexcept { return index_.check(blocks_); }

 protected:
  template <class... BlocksArgs>
  explicit constexpr BasicStalloc(const Index& index, BlocksArgs... args) noexcept
      : blocks_(args...), index_(index) {
    // What is constant-initialised is all zeros, which is an empty heap to the list index.
    if (!std::is_constant_evaluated()) clear();
  }

 private:
  /// Apart from allocate, which needs fewer registers without it.
  [[nodiscard, gnu::noinline]] Block take_further(std::size_t count, std::size_t align) noexcept {
    return granted(at(index_.take_further(blocks_, count, align)), count);
  }

  static constexpr std::size_t largest_alignment =
      std::size_t{1} << (std::numeric_limits<std::size_t>::digits - 1);

  [[nodiscard]] constexpr std::size_t bytes(std::size_t count) const noexcept {
    return count << blocks_.shift();
  }
  [[nodiscard]] constexpr std::size_t blocks_for(std::size_t size) const noexcept {
    return (size >> blocks_.shift()) + ((size & (block_size() - 1)) != 0 ? 1 : 0);
  }
  [[nodiscard]] std::byte* at(std::size_t block) noexcept {
    return block == stalloc::none ? nullptr : blocks_.data() + bytes(block);
  }
  [[nodiscard]] Block granted(std::byte* ptr, std::size_t count) const noexcept {
    return ptr == nullptr ? Block{} : Block{ptr, bytes(count)};
  }
  /// The number of a live block; checked builds find foreign pointers.
  [[nodiscard]] std::size_t live_block(const std::byte* ptr, std::size_t count) const noexcept {
    require(owns(ptr), "stalloc", ptr, "a block is freed to the allocator that granted it");
    const auto offset = static_cast<std::size_t>(ptr - blocks_.data());
    const std::size_t block = offset >> blocks_.shift();
    require(bytes(block) == offset, "stalloc", ptr, "a block is freed by its first address");
    require(count <= block_count() - block, "stalloc", ptr,
            "a block is freed with the size last requested");
    return block;
  }

  Blocks blocks_;
  Index index_;
};

/// Blocks inside the object. More than 65,535 blocks take wider numbers, and BlockSize >= 8.
template <std::size_t Blocks, std::size_t BlockSize>
class Stalloc : public BasicStalloc<stalloc::InlineBlocks<Blocks, BlockSize>,
                                    stalloc::ListIndex<stalloc::IndexFor<Blocks>>> {
  using Index = stalloc::ListIndex<stalloc::IndexFor<Blocks>>;
  static_assert(BlockSize >= Index::min_block_size, "a block holds two numbers of the index");

 public:
  constexpr Stalloc() noexcept
      : BasicStalloc<stalloc::InlineBlocks<Blocks, BlockSize>, Index>(Index{}) {}
};

/// Blocks in memory given at run time. Number: the type that counts them; a block holds two.
template <class Number = std::uint32_t>
class StallocOver : public BasicStalloc<stalloc::BorrowedBlocks, stalloc::ListIndex<Number>> {
  using Index = stalloc::ListIndex<Number>;

 public:
  static constexpr std::size_t min_block_size = Index::min_block_size;
  static constexpr std::size_t max_block_count = Index::max_count;

  /// Over size bytes at memory, which the caller keeps alive: as many whole blocks as fit, from
  /// the first multiple of block_size on, up to max_block_count. block_size: a power of two,
  /// min_block_size..2^29.
  StallocOver(std::byte* memory, std::size_t size, std::size_t block_size) noexcept
      : BasicStalloc<stalloc::BorrowedBlocks, Index>(Index{}, memory, size, block_size,
                                                     max_block_count) {
    require(is_power_of_two(block_size) && block_size >= min_block_size &&
                block_size <= stalloc::largest_block_size,
            "stalloc", memory, "a block size is a power of two and holds two numbers");
  }
};

static_assert(Owning<Stalloc<1, 4>> && Resizing<Stalloc<1, 4>> && Resettable<Stalloc<1, 4>>);
static_assert(sizeof(Stalloc<8, 4>) == 36 && sizeof(Stalloc<8, 64>) == 576);

}  // namespace heapatlas
