// The heap of a slab: what one thread at a time allocates from and frees to.
//
// For each size class a list of pages that have something to give; allocation pops the free list of
// the first, and a free pushes on the list of its own page, whichever that is. A page that has
// nothing left waits in the list of full pages for its first free, local or remote. Pages join at
// the end of their list, so that they gather frees before their turn comes.
//
// A page that becomes empty is kept (some of them, for any class), or given back to the pool; the
// first page of a class is kept even when empty, until `trim`.
//
// Cost: an allocation is the class, three loads and two stores; a free is a mask, two loads, three
// stores. Beyond that once a page: see refill and attend.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "core/alloc/concepts.hpp"
#include "core/alloc/misuse.hpp"
#include "core/alloc/slab/page.hpp"
#include "core/alloc/slab/pool.hpp"

namespace heapatlas {

/// Heaps are numbered for all time, from 1, so that a thread can tell the pages of its own heap
/// from those of every other, also of one that is gone.
inline constinit std::atomic<std::uint64_t> last_slab_token = 0;

template <class Pool>
class SlabHeap : public SlabOwner {
 public:
  explicit SlabHeap(Pool& pool) noexcept
      : pool_(pool),
        token_(last_slab_token.fetch_add(1, std::memory_order_relaxed) + 1),
        sizes_(pool.classes()) {
    forget();
  }
  SlabHeap(const SlabHeap&) = delete;
  SlabHeap& operator=(const SlabHeap&) = delete;
  ~SlabHeap() { close(); }

  [[nodiscard]] std::uint64_t token() const noexcept { return token_; }
  /// No page is this heap's.
  [[nodiscard]] bool empty() const noexcept { return pages_held_ == 0; }

  [[nodiscard]] Block allocate(Layout layout) noexcept {
    require_valid(layout, Classes::name, nullptr);
    const unsigned size_class = sizes_.index(layout);
    if (size_class == Classes::none) [[unlikely]]
      return {};
    SlabPage* const page = current_[size_class];
    SlabBlock* const block = page->free;
    if (block == nullptr) [[unlikely]]
      return refill(size_class);
    return take(page, block);
  }

  void deallocate(std::byte* ptr, Layout layout) noexcept {
    require_valid(layout, Classes::name, ptr);
    pool_.require_block(ptr, layout.size);
    free_locally(pool_.page_of(ptr), ptr);
  }
  void deallocate(std::byte* ptr) noexcept {
    pool_.require_block(ptr, 0);
    free_locally(pool_.page_of(ptr), ptr);
  }

  void free_locally(SlabPage* page, std::byte* ptr) noexcept {
    auto* const block = reinterpret_cast<SlabBlock*>(ptr);
    if constexpr (checked) require_live(page, block);
    block->next = page->free;
    page->free = block;
    if (--page->used == 0) [[unlikely]]
      attend(page);
  }

  /// Gives every empty page back to the pool.
  void trim() noexcept {
    drain();
    for (unsigned c = 0; c < Classes::count; ++c) {
      for (SlabPage* page = lists_[c].first(); page != nullptr;) {
        SlabPage* const next = page->next;
        page->collect(page_size());
        if (live_in(page) == 0) {
          unlist(page);
          give(page);
        }
        page = next;
      }
    }
    while (SlabPage* const page = cached_.first()) {
      cached_.remove(page);
      give(page);
    }
    cached_count_ = 0;
  }

  /// No allocation any more. Empty pages go back to the pool; in each of the others, the last free,
  /// through the pool and from any thread, gives it back. Waits for frees that have begun to return
  /// a page. The heap is as new afterwards.
  void close() noexcept {
    Pauses pauses;
    for (;;) {
      trim();
      for (unsigned c = 0; c < Classes::count; ++c) {
        while (SlabPage* const page = lists_[c].first()) {
          const std::uint32_t live = live_in(page);
          unlist(page);
          detach(page, live);
        }
      }
      for (SlabPage* page = full_.first(); page != nullptr;) {
        SlabPage* const next = page->next;
        detach_full(page);
        page = next;
      }
      if (full_.first() == nullptr) return;
      pauses.wait();
    }
  }

  /// Forgets every page. For a pool that has been reset, or is about to be.
  void forget() noexcept {
    for (SlabPage*& current : current_) current = &no_page;
    for (SlabPageList& list : lists_) list = {};
    full_ = cached_ = {};
    pages_held_ = cached_count_ = 0;
    returned.store(nullptr, std::memory_order_relaxed);
  }

  /// The first broken invariant of the heap's lists, null when they hold. Needs quiet.
  [[nodiscard]] const char* check() const noexcept {
    std::size_t pages = 0;
    for (unsigned c = 0; c < Classes::count; ++c) {
      const SlabPage* const first = lists_[c].first();
      if (current_[c] != (first != nullptr ? first : &no_page))
        return "slab: a class does not allocate from its first page";
      for (const SlabPage* page = first; page != nullptr; page = page->next, ++pages) {
        if (page->state != SlabPageState::listed || page->size_class != c || page->owner != this)
          return "slab: a listed page is not its class's";
        if (page != first && page->used == 0) return "slab: an empty page stayed listed";
      }
    }
    for (const SlabPage* page = full_.first(); page != nullptr; page = page->next, ++pages) {
      if ((page->state != SlabPageState::full && page->state != SlabPageState::in_flight) ||
          page->owner != this)
        return "slab: a page in the list of full pages is not full";
    }
    std::size_t cached = 0;
    for (const SlabPage* page = cached_.first(); page != nullptr; page = page->next, ++cached) {
      if (page->state != SlabPageState::cached) return "slab: a cached page is in use";
    }
    if (cached != cached_count_ || pages + cached != pages_held_)
      return "slab: a heap miscounts its pages";
    return nullptr;
  }

 private:
  using Classes = typename Pool::ClassSet;

  /// Stands where a class has no page; never written.
  inline static constinit SlabPage no_page{};

  [[nodiscard]] std::size_t page_size() const noexcept { return sizes_.page_size(); }

  [[nodiscard]] static Block take(SlabPage* page, SlabBlock* block) noexcept {
    page->free = block->next;
    ++page->used;
    return {reinterpret_cast<std::byte*>(block), page->block_size};
  }

  /// Blocks of a listed page that are live, or freed remotely and not collected.
  [[nodiscard]] std::uint32_t live_in(const SlabPage* page) const noexcept {
    return page->used - (current_[page->size_class] == page ? 1 : 0);
  }

  // Lists. The page that a class allocates from counts one more in `used`.

  void set_current(unsigned size_class) noexcept {
    SlabPage* const first = lists_[size_class].first();
    current_[size_class] = first != nullptr ? first : &no_page;
    if (first != nullptr) ++first->used;
  }
  void list(SlabPage* page) noexcept {
    page->state = SlabPageState::listed;
    lists_[page->size_class].append(page);
    if (current_[page->size_class] == &no_page) set_current(page->size_class);
  }
  void unlist(SlabPage* page) noexcept {
    lists_[page->size_class].remove(page);
    if (current_[page->size_class] == page) {
      --page->used;
      set_current(page->size_class);
    }
  }

  /// A block when the first page of the class has none on its free list.
  [[gnu::noinline]] Block refill(unsigned size_class) noexcept {
    for (;;) {
      SlabPage* const page = current_[size_class];
      if (page == &no_page) {
        drain();
        if (current_[size_class] == &no_page && !add_page(size_class)) return {};
      } else if (page->free != nullptr || page->collect(page_size()) || page->extend(page_size())) {
        return take(page, page->free);
      } else {
        retire_full(page);
      }
    }
  }

  /// Lists a page that has nothing left as full, unless blocks have just been freed into it.
  void retire_full(SlabPage* page) noexcept {
    std::uint64_t nothing = 0;
    // Release: who clears the flag takes over the page's place in the stack of returned pages.
    if (!page->remote.compare_exchange_strong(nothing, RemoteWord::of_full_page().bits(),
                                              std::memory_order_release, std::memory_order_relaxed))
      return;
    unlist(page);
    page->state = SlabPageState::full;
    page->used = 1;
    full_.push(page);
    if (returned.load(std::memory_order_relaxed) != nullptr) drain();
  }

  bool add_page(unsigned size_class) noexcept {
    SlabPage* page = cached_.first();
    if (page != nullptr) {
      cached_.remove(page);
      --cached_count_;
    } else {
      page = pool_.take();
      if (page == nullptr) return false;
      ++pages_held_;
      page->owner = this;
      page->token = token_;
    }
    page->format(sizes_.block_size(size_class), page_size());
    page->size_class = static_cast<std::uint8_t>(size_class);
    list(page);
    return true;
  }

  /// Lists the pages that other threads have returned.
  void drain() noexcept {
    SlabPage* page = returned.load(std::memory_order_relaxed);
    if (page == nullptr) return;
    page = returned.exchange(nullptr, std::memory_order_acquire);
    while (page != nullptr) {
      SlabPage* const next = page->returned_next;
      if (page->state == SlabPageState::full) page->used = page->capacity;
      full_.remove(page);
      page->collect(page_size());
      if (page->used == 0 && current_[page->size_class] != &no_page) {
        retire_empty(page);
      } else {
        list(page);
      }
      page = next;
    }
  }

  /// `used` has reached 0: a full page has a free block, or another than a first page is empty.
  [[gnu::noinline]] void attend(SlabPage* page) noexcept {
    if (page->state == SlabPageState::full) {
      page->used = page->capacity - 1;
      const RemoteWord was{
          page->remote.fetch_and(~RemoteWord::full_bit, std::memory_order_relaxed)};
      if (was.full()) {
        full_.remove(page);
        list(page);
      } else {
        page->state = SlabPageState::in_flight;
      }
    } else {
      unlist(page);
      retire_empty(page);
    }
  }

  /// Keeps an unlisted, empty page for any class, or gives it back.
  void retire_empty(SlabPage* page) noexcept {
    if (cached_count_ < least_cached + pages_held_ / 8) {
      page->state = SlabPageState::cached;
      cached_.push(page);
      ++cached_count_;
    } else {
      give(page);
    }
  }
  void give(SlabPage* page) noexcept {
    --pages_held_;
    pool_.give(page);
  }

  /// Leaves an unlisted page, which is not full, to the threads that free its `live` blocks.
  void detach(SlabPage* page, std::uint32_t live) noexcept {
    --pages_held_;
    page->state = SlabPageState::detached;
    std::uint64_t seen = page->remote.load(std::memory_order_relaxed);
    std::uint32_t remaining = 0;
    do {
      remaining = live - RemoteWord{seen}.count();
    } while (
        !page->remote.compare_exchange_weak(seen, RemoteWord::of_detached_page(remaining).bits(),
                                            std::memory_order_acq_rel, std::memory_order_relaxed));
    if (remaining == 0) pool_.give(page);
  }
  /// The same for a page of the list of full pages, unless it is on its way back.
  void detach_full(SlabPage* page) noexcept {
    const RemoteWord was{page->remote.fetch_and(~RemoteWord::full_bit, std::memory_order_relaxed)};
    if (!was.full()) return;
    full_.remove(page);
    detach(page, page->capacity);
  }

  /// Checked builds: stops on a block that its page's free list holds already. The list is only
  /// searched when the block's first word looks like a link.
  void require_live(const SlabPage* page, const SlabBlock* block) const noexcept {
    const SlabBlock* const link = block->next;
    if (link != nullptr && pool_.page_of(link) != page) return;
    for (const SlabBlock* free = page->free; free != nullptr; free = free->next)
      require(free != block, Classes::name, block, "a block is freed once");
  }

  static constexpr std::size_t least_cached = 4;

  Pool& pool_;
  const std::uint64_t token_;
  const Classes sizes_;
  SlabPage* current_[Classes::count];  ///< the first of each list, or no_page
  SlabPageList lists_[Classes::count];
  SlabPageList full_;
  SlabPageList cached_;
  std::size_t pages_held_ = 0;
  std::size_t cached_count_ = 0;
};

}  // namespace heapatlas
