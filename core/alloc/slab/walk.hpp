// Walking and checking the pages of a slab's pool. Both need quiet.
//
// A chunk is one region. A run of neighbouring live blocks is one used span that counts them; what
// other threads freed and the heap has not collected is cached, as are empty pages that a heap
// keeps; a page's head is metadata. Of a page without a heap only the number of live blocks is
// known: its cells are one used span. Cost: time in proportion to the cells, and 2 KiB of stack.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/alloc/concepts.hpp"
#include "core/alloc/slab/page.hpp"
#include "core/alloc/slab/page_map.hpp"

namespace heapatlas {

/// Which cells of one page are on its free list, and which were freed remotely.
class SlabCells {
 public:
  /// Reads the lists of a page that is neither spare, cached nor detached. A list that leaves the
  /// grid or runs in a circle makes it not sound.
  SlabCells(const SlabPage& page, std::size_t page_size) noexcept : page_(page) {
    const std::byte* const base = page.base(page_size);
    free_count_ = mark(page.free, base, free_);
    const RemoteWord remote{page.remote.load(std::memory_order_acquire)};
    if (remote.count() == 0) return;
    remote_count_ = mark(reinterpret_cast<const SlabBlock*>(base + remote.offset()), base, remote_);
    sound_ = sound_ && remote_count_ == remote.count();
  }

  [[nodiscard]] bool sound() const noexcept { return sound_; }
  [[nodiscard]] std::uint32_t free_count() const noexcept { return free_count_; }
  [[nodiscard]] std::uint32_t remote_count() const noexcept { return remote_count_; }

  /// What the cell at an offset is: used, free or cached.
  [[nodiscard]] SpanKind kind_of(std::uint32_t offset) const noexcept {
    if (offset >= page_.fresh || has(free_, offset)) return SpanKind::free;
    return has(remote_, offset) ? SpanKind::cached : SpanKind::used;
  }

  /// Cells that were on the free list at least once.
  [[nodiscard]] std::uint32_t touched() const noexcept {
    return (page_.fresh - page_.cells_begin) / page_.block_size;
  }

 private:
  static constexpr std::size_t max_cells = 8192;
  using Bits = std::uint64_t[max_cells / 64];

  [[nodiscard]] bool has(const Bits& bits, std::uint32_t offset) const noexcept {
    const std::uint32_t cell = offset / page_.block_size;
    return (bits[cell / 64] >> (cell % 64) & 1) != 0;
  }

  std::uint32_t mark(const SlabBlock* block, const std::byte* base, Bits& bits) noexcept {
    std::uint32_t count = 0;
    for (; block != nullptr; block = block->next) {
      const std::uintptr_t offset = address_of(block) - address_of(base);
      const bool on_grid =
          offset >= page_.cells_begin && offset < page_.fresh && offset % page_.block_size == 0;
      if (!on_grid || has(free_, static_cast<std::uint32_t>(offset)) ||
          has(remote_, static_cast<std::uint32_t>(offset))) {
        sound_ = false;
        return count;
      }
      const std::size_t cell = offset / page_.block_size;
      bits[cell / 64] |= std::uint64_t{1} << (cell % 64);
      ++count;
    }
    return count;
  }

  const SlabPage& page_;
  bool sound_ = true;
  std::uint32_t free_count_ = 0;
  std::uint32_t remote_count_ = 0;
  Bits free_{};
  Bits remote_{};
};

template <class Pool>
class SlabWalk {
 public:
  explicit SlabWalk(const Pool& pool) noexcept
      : pool_(pool), page_size_(pool.classes().page_size()) {}

  template <HeapVisitor V>
  void run(V& visitor) {
    walk_part(pool_.backing(), visitor, 1);  // first: our regions refine its used spans
    for (const SlabPage* chunk = pool_.chunks_.first(); chunk != nullptr;
         chunk = chunk->chunk_next) {
      const std::byte* const base = chunk->base(page_size_);
      visitor.region(Region{base, chunk->chunk_pages * page_size_});
      for (std::size_t i = 0; i < chunk->chunk_pages; ++i) {
        walk_page(visitor, *SlabPage::of(base + i * page_size_, page_size_));
      }
    }
    pool_.map_.for_each_table([&](const std::byte* table, Layout layout) {
      visitor.region(Region{table, layout.size});
      visitor.span(Span{table, layout.size, SpanKind::metadata});
    });
  }

 private:
  template <HeapVisitor V>
  static void emit(V& visitor, const std::byte* from, const std::byte* to, SpanKind kind,
                   std::size_t blocks = 0) {
    if (from != to) visitor.span(Span{from, static_cast<std::size_t>(to - from), kind, blocks});
  }

  template <HeapVisitor V>
  void walk_page(V& visitor, const SlabPage& page) const {
    const std::byte* const base = page.base(page_size_);
    const std::byte* const behind_head = base + SlabPage::head_size;
    emit(visitor, base, behind_head, SpanKind::metadata);
    if (page.state == SlabPageState::spare || page.state == SlabPageState::cached) {
      const SpanKind kind = page.state == SlabPageState::spare ? SpanKind::free : SpanKind::cached;
      emit(visitor, behind_head, base + page_size_, kind);
      return;
    }
    emit(visitor, behind_head, base + page.cells_begin, SpanKind::padding);
    walk_cells(visitor, page, base);
    emit(visitor, base + page.cells_end, base + page_size_, SpanKind::padding);
  }

  template <HeapVisitor V>
  void walk_cells(V& visitor, const SlabPage& page, const std::byte* base) const {
    std::uint32_t from = page.cells_begin;
    const std::uint32_t to = page.cells_end;
    if (page.state == SlabPageState::detached) {
      emit(visitor, base + from, base + to, SpanKind::used);
      return;
    }
    const SlabCells cells{page, page_size_};
    while (from < to) {
      const std::uint32_t start = from;
      const SpanKind kind = cells.kind_of(start);
      do {
        from += page.block_size;
      } while (from < to && cells.kind_of(from) == kind);
      emit(visitor, base + start, base + from, kind,
           kind == SpanKind::used ? (from - start) / page.block_size : 0);
    }
  }

  const Pool& pool_;
  std::size_t page_size_;
};

template <class Pool>
class SlabCheck {
 public:
  explicit SlabCheck(const Pool& pool) noexcept
      : pool_(pool), page_size_(pool.classes().page_size()) {}

  /// The first broken invariant, null when all hold.
  [[nodiscard]] const char* run() noexcept {
    std::size_t bytes = 0;
    std::size_t chunks = 0;
    std::size_t spares = 0;
    std::size_t idle = 0;
    for (const SlabPage* chunk = pool_.chunks_.first(); chunk != nullptr;
         chunk = chunk->chunk_next) {
      const std::byte* const base = chunk->base(page_size_);
      std::size_t spares_here = 0;
      for (std::size_t i = 0; i < chunk->chunk_pages; ++i) {
        const SlabPage* const page = SlabPage::of(base + i * page_size_, page_size_);
        if (page->chunk != chunk) return "slab: a page does not know its chunk";
        const bool mapped = pool_.find_page(page) == page;
        if (mapped == (page->state == SlabPageState::spare))
          return "slab: the map holds a spare page, or lacks another";
        if (page->state == SlabPageState::spare) ++spares_here;
        if (const char* broken = check_page(*page)) return broken;
      }
      if (spares_here != chunk->chunk_spares) return "slab: a chunk miscounts its spare pages";
      if (spares_here == chunk->chunk_pages) idle += chunk->chunk_pages;
      spares += spares_here;
      bytes += chunk->chunk_pages * page_size_;
      ++chunks;
    }
    if (idle > Pool::max_kept) return "slab: a chunk that nobody uses was not given back";
    for (const SlabPage* page = pool_.spares_.first(); page != nullptr; page = page->next) --spares;
    if (spares != 0) return "slab: the list of spare pages is not all spare pages";
    if (bytes != pool_.chunks_.counters().page_bytes || chunks != pool_.chunks_.count())
      return "slab: the pool miscounts what it holds";
    if (bytes > pool_.options_.limit) return "slab: more bytes are held than the limit allows";
    return check_part(pool_.backing());
  }

 private:
  [[nodiscard]] const char* check_page(const SlabPage& page) const noexcept {
    switch (page.state) {
      case SlabPageState::spare:
        return nullptr;
      case SlabPageState::cached:
        return page.used == 0 ? nullptr : "slab: a cached page has live blocks";
      case SlabPageState::detached: {
        const RemoteWord left{page.remote.load(std::memory_order_acquire)};
        return left.detached() && left.count() > 0 ? nullptr
                                                   : "slab: a page without a heap is empty";
      }
      case SlabPageState::listed:
      case SlabPageState::full:
      case SlabPageState::in_flight:
        return check_cells(page);
    }
    return "slab: a page has no state";
  }

  [[nodiscard]] const char* check_cells(const SlabPage& page) const noexcept {
    const SlabCells cells{page, page_size_};
    if (!cells.sound()) return "slab: a free list leaves its page, or holds a block twice";
    const std::uint32_t live = cells.touched() - cells.free_count() - cells.remote_count();
    const RemoteWord remote{page.remote.load(std::memory_order_acquire)};
    if (remote.detached()) return "slab: a page with a heap is marked as one without";
    if (page.state == SlabPageState::full) {
      return page.used == 1 && cells.free_count() == 0 && cells.touched() == page.capacity
                 ? nullptr
                 : "slab: a full page has a free block";
    }
    if (remote.full()) return "slab: a page that is not full is marked as full";
    const std::uint32_t counted = live + cells.remote_count();
    // The page that a class allocates from counts one more; SlabHeap::check knows which one it is.
    return page.used == counted || (page.used == counted + 1 && page.prev == nullptr)
               ? nullptr
               : "slab: a page miscounts its live blocks";
  }

  const Pool& pool_;
  std::size_t page_size_;
};

}  // namespace heapatlas
