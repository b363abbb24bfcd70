// The pool of a slab: the pages that all its heaps share, and the side that any thread may use.
//
// Pages come from the backing allocator in chunks, whose length is the growth policy; a chunk whose
// pages are all spare goes back at once (hysteresis is the heaps' business). One mutex guards
// chunks and spares, and is held over calls to the backing: the backing is called by one thread at
// a time, whichever needs a page or gives one up. A backing that is borrowed (Ref) and used beside
// must therefore be one that any thread may call.
//
// `deallocate` is what other threads call: lock-free, one compare-and-swap on the block's page. The
// one that frees into a full page also returns the page to its heap, with a second one. When a heap
// has been closed, its pages stay until their last block is freed; the thread that frees it gives
// the page back, under the mutex.
//
// A reset frees all blocks and keeps as many pages as freeing them one by one would leave with a
// heap: one a class and four, those that were taken first, all spare. They serve any class, count
// against the limit, and go back to the backing with `trim`. Cost of a reset: two cache lines a
// page.
//
// Destroying the pool gives everything back, live blocks included. No call may be under way, and
// none may follow.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "core/alloc/concepts.hpp"
#include "core/alloc/made_by.hpp"
#include "core/alloc/misuse.hpp"
#include "core/alloc/resize.hpp"
#include "core/alloc/slab/chunks.hpp"
#include "core/alloc/slab/page.hpp"
#include "core/alloc/slab/page_map.hpp"
#include "core/alloc/spin_mutex.hpp"

namespace heapatlas {

struct SlabOptions {
  /// Bytes of pages held at most, at every moment: no race exceeds it, none fails below it.
  std::size_t limit = std::numeric_limits<std::size_t>::max();
  GrowthPolicy growth = GrowthPolicy::fixed;
};

template <class Pool>
class SlabHeap;
template <class Pool>
class SlabWalk;
template <class Pool>
class SlabCheck;

/// Classes: how requests become block sizes (OneClass, SizeClasses).
template <Allocator Backing, class Classes, class Mutex = SpinMutex<>>
class SlabPool {
 public:
  using Part = Backing;
  using ClassSet = Classes;
  using MutexType = Mutex;

  /// The backing is made in place from what follows the options.
  template <class... BackingArguments>
  SlabPool(Classes classes, SlabOptions options, BackingArguments&&... backing)
      : classes_(classes),
        options_(options),
        backing_{static_cast<BackingArguments&&>(backing)...} {}
  template <class F>
  SlabPool(Classes classes, SlabOptions options, MadeBy<F> backing)
      : classes_(classes), options_(options), backing_(backing.make()) {}
  SlabPool(const SlabPool&) = delete;
  SlabPool& operator=(const SlabPool&) = delete;
  ~SlabPool() {
    while (chunks_.first() != nullptr) release(chunks_.first());
    map_.for_each_table(
        [this](std::byte* table, Layout layout) { backing_.deallocate(table, layout); });
  }

  /// Frees a block from any thread.
  void deallocate(std::byte* ptr, Layout layout) noexcept {
    require_block(ptr, layout.size);
    require_valid(layout, Classes::name, ptr);
    free_remotely(page_of(ptr), ptr);
  }
  /// Frees a block if it is of this pool; false: it is not, and nothing was done.
  [[nodiscard]] bool try_deallocate(std::byte* ptr, Layout layout) noexcept {
    if (map_.page(ptr) == nullptr) return false;
    deallocate(ptr, layout);
    return true;
  }
  void deallocate(std::byte* ptr) noexcept {
    require_block(ptr, 0);
    free_remotely(page_of(ptr), ptr);
  }

  /// True for every address in a page that heaps have blocks in, less its head.
  [[nodiscard]] bool owns(const std::byte* ptr) const noexcept {
    if (map_.page(ptr) == nullptr) return false;
    return (address_of(ptr) & (classes_.page_size() - 1)) >= SlabPage::head_size;
  }

  /// Bytes of the block at ptr. Any thread that holds the block may ask, and resize it.
  [[nodiscard]] std::size_t usable_size(const std::byte* ptr) const noexcept {
    require_block(ptr, 0);
    return page_of(ptr)->block_size;
  }
  /// Within the block, which neither moves nor is cut.
  [[nodiscard]] Block grow(std::byte* ptr, Layout old, std::size_t new_size) noexcept {
    require_block(ptr, old.size);
    require(new_size >= old.size, Classes::name, ptr, "a block grows to a larger size");
    const std::size_t size = page_of(ptr)->block_size;
    return new_size <= size ? Block{ptr, size} : Block{};
  }
  [[nodiscard]] Block shrink(std::byte* ptr, Layout old, std::size_t new_size) noexcept {
    require_block(ptr, old.size);
    require(new_size >= 1 && new_size <= old.size, Classes::name, ptr,
            "a block shrinks to a smaller size, at least 1");
    return {ptr, page_of(ptr)->block_size};
  }

  [[nodiscard]] const Classes& classes() const noexcept { return classes_; }
  [[nodiscard]] Backing& backing() noexcept { return backing_; }
  [[nodiscard]] const Backing& backing() const noexcept { return backing_; }

  [[nodiscard]] SlabCounters counters() const noexcept {
    const Holding held{mutex_};
    return chunks_.counters();
  }

  /// Needs quiet.
  template <HeapVisitor V>
  void walk(V& visitor) const {
    SlabWalk<SlabPool>{*this}.run(visitor);
  }
  [[nodiscard]] const char* check() const noexcept { return SlabCheck<SlabPool>{*this}.run(); }

  // The rest is for the heaps of this pool.

  [[nodiscard]] SlabPage* page_of(const void* ptr) const noexcept {
    return SlabPage::of(ptr, classes_.page_size());
  }

  /// The page of a pointer that may be anybody's; null when it is not of this pool.
  [[nodiscard]] SlabPage* find_page(const void* ptr) const noexcept { return map_.page(ptr); }

  /// A spare page, or null at the limit or when the backing has none.
  [[nodiscard]] SlabPage* take() noexcept {
    const Holding held{mutex_};
    if (spares_.first() == nullptr && !grow()) return nullptr;
    SlabPage* const page = spares_.first();
    spares_.remove(page);
    --page->chunk->chunk_spares;
    map_.set(page->base(classes_.page_size()), classes_.page_size(), page);
    return page;
  }

  /// Takes back a page that no live block is in.
  void give(SlabPage* page) noexcept {
    const Holding held{mutex_};
    make_spare(page);
    SlabPage* const chunk = page->chunk;
    if (++chunk->chunk_spares == chunk->chunk_pages) release_spares(chunk);
  }

  /// Memory from the backing that is not a page.
  [[nodiscard]] Block allocate_aside(Layout layout) noexcept {
    const Holding held{mutex_};
    return backing_.allocate(layout);
  }
  void deallocate_aside(std::byte* ptr, Layout layout) noexcept {
    const Holding held{mutex_};
    backing_.deallocate(ptr, layout);
  }

  /// The lock-free free. The page may be gone when it returns.
  void free_remotely(SlabPage* page, std::byte* ptr) noexcept {
    std::byte* const base = page->base(classes_.page_size());
    auto* const block = reinterpret_cast<SlabBlock*>(ptr);
    std::uint64_t seen = page->remote.load(std::memory_order_relaxed);
    RemoteWord was;
    RemoteWord now;
    do {
      was = RemoteWord{seen};
      if (was.detached()) {
        now = RemoteWord::of_detached_page(was.count() - 1);
      } else {
        block->next =
            was.count() == 0 ? nullptr : reinterpret_cast<SlabBlock*>(base + was.offset());
        now = was.with_block(static_cast<std::uint32_t>(ptr - base));
      }
    } while (!page->remote.compare_exchange_weak(seen, now.bits(), std::memory_order_acq_rel,
                                                 std::memory_order_relaxed));
    // A page whose flag we cleared stays for us to return; any other may be gone by now.
    if (was.full()) return_page(*page->owner, page);
    if (was.detached() && was.count() == 1) give(page);
  }

  /// Checked builds: stops unless ptr can be a live block of at least `size` bytes.
  void require_block([[maybe_unused]] const std::byte* ptr,
                     [[maybe_unused]] std::size_t size) const noexcept {
    if constexpr (checked) {
      require(owns(ptr), Classes::name, ptr, "a block is freed to the allocator that granted it");
      const SlabPage* const page = page_of(ptr);
      const auto offset = static_cast<std::size_t>(ptr - page->base(classes_.page_size()));
      require(page->capacity != 0 && offset % page->block_size == 0 &&
                  offset >= page->cells_begin && offset < page->cells_end,
              Classes::name, ptr, "a pointer to a block is what allocate returned");
      require(size <= page->block_size, Classes::name, ptr,
              "the size that frees a block is the size last requested");
    }
  }

  /// Frees every block, and gives all but some pages back to the backing. Needs quiet.
  void reset() noexcept {
    while (chunks_.counters().page_bytes > max_kept * classes_.page_size()) {
      for_each_page(chunks_.first(), [this](SlabPage* page) {
        if (page->state == SlabPageState::spare) spares_.remove(page);
        map_.set(page->base(classes_.page_size()), classes_.page_size(), nullptr);
      });
      release(chunks_.first());
    }
    // Pushed from the last to the first: they will be taken in the order they came in.
    for (SlabPage* chunk = chunks_.first(); chunk != nullptr; chunk = chunk->chunk_next) {
      if (chunk->chunk_spares == chunk->chunk_pages) continue;
      for_each_page(chunk, [this](SlabPage* page) {
        if (page->state != SlabPageState::spare) make_spare(page);
      });
      chunk->chunk_spares = chunk->chunk_pages;
    }
  }

  /// Gives back the chunks that a reset kept and that no heap has used since.
  void trim() noexcept {
    const Holding held{mutex_};
    for (SlabPage* chunk = chunks_.first(); chunk != nullptr;) {
      SlabPage* const next = chunk->chunk_next;
      if (chunk->chunk_spares == chunk->chunk_pages) release_spares(chunk);
      chunk = next;
    }
  }

 private:
  friend class SlabWalk<SlabPool>;
  friend class SlabCheck<SlabPool>;

  /// Pages held over a reset at most.
  static constexpr std::size_t max_kept = Classes::count + 4;

  static void return_page(SlabOwner& owner, SlabPage* page) noexcept {
    SlabPage* head = owner.returned.load(std::memory_order_relaxed);
    do {
      page->returned_next = head;
    } while (!owner.returned.compare_exchange_weak(head, page, std::memory_order_release,
                                                   std::memory_order_relaxed));
  }

  template <class Visit>
  void for_each_page(SlabPage* chunk, Visit visit) const {
    SlabChunks::for_each_page(chunk, classes_.page_size(), visit);
  }

  /// Adds a chunk of spare pages: as long as the policy says, less when the limit or the backing
  /// allows only less.
  bool grow() noexcept {
    const std::size_t page_size = classes_.page_size();
    if (page_size == 0) return false;
    const std::size_t allowed = (options_.limit - chunks_.counters().page_bytes) / page_size;
    const std::size_t wanted = chunks_.pages_wanted(options_.growth);
    for (std::size_t pages = wanted < allowed ? wanted : allowed; pages > 0; pages /= 2) {
      const Layout layout{(CheckedSize{pages} * page_size).saturated(), page_size};
      const Block memory = backing_.allocate(layout);
      if (!memory) continue;
      if (!map_.prepare(
              memory.ptr, layout.size,
              [this](Layout table) { return allocate_zeroed(backing_, table).ptr; },
              [this](std::byte* table, Layout taken) { backing_.deallocate(table, taken); })) {
        backing_.deallocate(memory.ptr, layout);
        return false;
      }
      chunks_.add(memory.ptr, pages, page_size, [this](SlabPage* page) { spares_.append(page); });
      return true;
    }
    return false;
  }

  void make_spare(SlabPage* page) noexcept {
    map_.set(page->base(classes_.page_size()), classes_.page_size(), nullptr);
    page->state = SlabPageState::spare;
    page->remote.store(0, std::memory_order_relaxed);
    spares_.push(page);
  }

  /// Gives a chunk whose pages are all spare to the backing.
  void release_spares(SlabPage* chunk) noexcept {
    for_each_page(chunk, [this](SlabPage* spare) { spares_.remove(spare); });
    release(chunk);
  }

  /// Gives a chunk to the backing; its pages are on no list.
  void release(SlabPage* chunk) noexcept {
    std::byte* const base = chunk->base(classes_.page_size());
    backing_.deallocate(base, chunks_.remove(chunk, classes_.page_size()));
  }

  [[no_unique_address]] Classes classes_;
  PageMap map_;
  mutable Mutex mutex_;
  SlabOptions options_;
  SlabPageList spares_;
  SlabChunks chunks_;
  Backing backing_;
};

}  // namespace heapatlas
