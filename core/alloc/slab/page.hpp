// The page of a slab: blocks of one size, and the header that manages them.
//
// A page is aligned to its own size (at least 64 KiB), so that a pointer to a block, masked, gives
// the page. Blocks lie on a grid of their size that starts at the page's first byte: a block is as
// aligned as its size is. The page's head takes the cells of the grid that it touches.
//
//   base                                       base + head_size        base + page size
//   [ head: ... | header, 3 cache lines | ... | padding | cell | cell | ... | cell | tail ]
//
// The colour moves the header by a cache line from page to page: headers at one offset in aligned
// pages would all fall into the same few sets of every cache. Sets follow addresses, and so does
// the colour, which costs a shift and a mask wherever a block's page is looked for. Equal slabs
// place and walk alike all the same, wherever their pages lie: the head is as long as the largest
// colour needs, in every page, and nobody is told where in it the header stands. A walk calls all
// of the head metadata, and none of it is owned. It takes 1152 bytes: 1.8% of a page of 64 KiB.
//
// The header's first line is the owner's alone (the heap, on one thread at a time). The second is
// constant while a block of the page lives; any thread that holds a block may read it. The third is
// where other threads free: one atomic word that holds a stack of blocks, its length and two flags.
//
// `used` counts down to the moment when the owner must look at the page:
//   listed   live blocks (blocks freed remotely count until they are collected), + 1 in the page
//            that the heap allocates from, so that only other pages can become empty
//   full     1: the first local free is what matters; all `capacity` blocks are live or remote
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "core/alloc/arithmetic.hpp"

namespace heapatlas {

/// A free block: its first word links to the next one of the same page.
struct SlabBlock {
  SlabBlock* next;
};

/// What other threads have freed into a page, in one word: the offset of the last block, how many
/// there are, and flags. Blocks are linked through SlabBlock; with count 0 there is no last block.
class RemoteWord {
 public:
  constexpr explicit RemoteWord(std::uint64_t bits = 0) noexcept : bits_(bits) {}
  [[nodiscard]] static constexpr RemoteWord of_full_page() noexcept { return RemoteWord{full_bit}; }
  /// The page has no owner any more: count is how many blocks are still live.
  [[nodiscard]] static constexpr RemoteWord of_detached_page(std::uint32_t live) noexcept {
    return RemoteWord{detached_bit | std::uint64_t{live} << 32};
  }
  [[nodiscard]] constexpr RemoteWord with_block(std::uint32_t offset) const noexcept {
    return RemoteWord{std::uint64_t{count() + 1} << 32 | offset};
  }

  [[nodiscard]] constexpr std::uint64_t bits() const noexcept { return bits_; }
  [[nodiscard]] constexpr bool full() const noexcept { return (bits_ & full_bit) != 0; }
  [[nodiscard]] constexpr bool detached() const noexcept { return (bits_ & detached_bit) != 0; }
  [[nodiscard]] constexpr std::uint32_t count() const noexcept {
    return static_cast<std::uint32_t>((bits_ & ~(full_bit | detached_bit)) >> 32);
  }
  [[nodiscard]] constexpr std::uint32_t offset() const noexcept {
    return static_cast<std::uint32_t>(bits_);
  }

  static constexpr std::uint64_t full_bit = std::uint64_t{1} << 63;
  static constexpr std::uint64_t detached_bit = std::uint64_t{1} << 62;

 private:
  std::uint64_t bits_;
};

enum class SlabPageState : std::uint8_t {
  spare,      ///< with the pool
  cached,     ///< empty, kept by a heap
  listed,     ///< a heap may allocate from it
  full,       ///< has nothing to give; the word's full flag is set until a remote free clears it
  in_flight,  ///< was full; a remote free has cleared the flag and is about to return the page
  detached,   ///< its heap is gone, some of its blocks are not
};

struct SlabPage;

/// Where other threads return pages that were full: a stack that is taken as a whole, so that no
/// compare-and-swap can mistake one page for its former self.
struct SlabOwner {
  alignas(64) std::atomic<SlabPage*> returned = nullptr;
};

struct SlabPage {
  static constexpr std::size_t min_page_size = std::size_t{1} << 16;
  static constexpr std::size_t header_size = 192;
  static constexpr std::size_t max_colour = 960;
  static constexpr std::size_t head_size = max_colour + header_size;

  // The owner's line.
  alignas(64) SlabBlock* free = nullptr;
  std::uint32_t used = 0;
  std::uint32_t block_size = 0;  ///< constant while a block lives
  SlabPage* next = nullptr;      ///< in the list that the state names
  SlabPage* prev = nullptr;
  std::uint32_t fresh = 0;  ///< offset of the first cell that was never on the free list
  SlabPageState state = SlabPageState::spare;
  std::uint8_t size_class = 0;

  // Constant while a block lives.
  alignas(64) SlabOwner* owner = nullptr;
  std::uint64_t token = 0;  ///< the heap's; see SlabHeap::token
  SlabPage* chunk = nullptr;
  std::uint32_t capacity = 0;     ///< cells less those of the head
  std::uint32_t cells_begin = 0;  ///< offsets: of the first cell behind the head, of the tail
  std::uint32_t cells_end = 0;

  // Other threads' line; and, in the first page of a chunk, what the pool knows of the chunk.
  alignas(64) std::atomic<std::uint64_t> remote = 0;
  SlabPage* returned_next = nullptr;
  SlabPage* chunk_next = nullptr;
  SlabPage* chunk_prev = nullptr;
  std::uint32_t chunk_pages = 0;
  std::uint32_t chunk_spares = 0;

  /// The header of the page of page_size bytes that holds an address.
  [[nodiscard]] static SlabPage* of(const void* address, std::size_t page_size) noexcept {
    const std::uintptr_t base = address_of(address) & ~(std::uintptr_t{page_size} - 1);
    return reinterpret_cast<SlabPage*>(base + colour(base));
  }
  /// The header's offset in the page at base: a multiple of 64, at most max_colour.
  [[nodiscard]] static constexpr std::size_t colour(std::uintptr_t base) noexcept {
    return (base / (min_page_size / 64)) & max_colour;
  }
  [[nodiscard]] std::byte* base(std::size_t page_size) noexcept {
    return reinterpret_cast<std::byte*>(address_of(this) & ~(std::uintptr_t{page_size} - 1));
  }
  [[nodiscard]] const std::byte* base(std::size_t page_size) const noexcept {
    return const_cast<SlabPage*>(this)->base(page_size);
  }

  /// Lays out the grid for blocks of `size` bytes, none of them live.
  void format(std::size_t size, std::size_t page_size) noexcept {
    block_size = static_cast<std::uint32_t>(size);
    cells_begin = static_cast<std::uint32_t>(units_for(head_size, size) * size);
    cells_end = static_cast<std::uint32_t>(page_size / size * size);
    capacity = (cells_end - cells_begin) / block_size;
    fresh = cells_begin;
    free = nullptr;
    used = 0;
  }

  /// Puts the next fresh cells on the empty free list, so that memory is touched as it is needed:
  /// as many bytes of them as the page has given so far, within bounds, since after a reset often
  /// only the first few are used. False: there are none.
  bool extend(std::size_t page_size) noexcept {
    if (fresh == cells_end) return false;
    std::byte* const start = base(page_size);
    SlabBlock** link = &free;
    const std::uint32_t given = fresh - cells_begin;
    const std::uint32_t stop = fresh + (given < min_extension   ? min_extension
                                        : given < max_extension ? given
                                                                : max_extension);
    do {
      auto* const block = reinterpret_cast<SlabBlock*>(start + fresh);
      *link = block;
      link = &block->next;
      fresh += block_size;
    } while (fresh < cells_end && fresh < stop);
    *link = nullptr;
    return true;
  }

  /// Moves what other threads freed onto the empty free list. False: they freed nothing.
  bool collect(std::size_t page_size) noexcept {
    if (RemoteWord{remote.load(std::memory_order_relaxed)}.count() == 0) return false;
    const RemoteWord taken{remote.exchange(0, std::memory_order_acquire)};
    auto* const last = reinterpret_cast<SlabBlock*>(base(page_size) + taken.offset());
    used -= taken.count();
    if (free == nullptr) {
      free = last;
      return true;
    }
    SlabBlock* first = last;
    while (first->next != nullptr) first = first->next;
    first->next = free;
    free = last;
    return true;
  }

 private:
  static constexpr std::uint32_t min_extension = 256;
  static constexpr std::uint32_t max_extension = 4096;
};

static_assert(sizeof(SlabPage) == SlabPage::header_size);

/// A doubly linked list of pages, threaded through next and prev.
class SlabPageList {
 public:
  [[nodiscard]] SlabPage* first() const noexcept { return first_; }

  void append(SlabPage* page) noexcept {
    page->next = nullptr;
    page->prev = last_;
    (last_ != nullptr ? last_->next : first_) = page;
    last_ = page;
  }
  void push(SlabPage* page) noexcept {
    page->next = first_;
    page->prev = nullptr;
    (first_ != nullptr ? first_->prev : last_) = page;
    first_ = page;
  }
  void remove(SlabPage* page) noexcept {
    (page->prev != nullptr ? page->prev->next : first_) = page->next;
    (page->next != nullptr ? page->next->prev : last_) = page->prev;
  }

 private:
  SlabPage* first_ = nullptr;
  SlabPage* last_ = nullptr;
};

}  // namespace heapatlas
