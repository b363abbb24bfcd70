// per_thread(A): a heap of A's own for each thread; blocks travel freely between threads.
//
//   PerThread<Slabs<Os>, os::ThisThread> heap{SizeClasses{16, 1024}};
//
// A is an allocator that divides: a Pool that all threads share and Heaps that serve one thread at
// a time (slab, slabs). A thread gets its heap at its first allocation, and finds it through a
// thread-local entry. A block goes back to its page: on the heap's own thread with plain stores, on
// any other by the lock-free remote free of the pool.
//
// When a thread ends, its heap gives up empty pages and waits for the next new thread, which takes
// it over with all that is live or free in it: memory is not lost to threads that are gone, and
// there are never more heaps than there were threads at once.
//
// How threads are told apart is a policy, so that this file needs no operating system:
//
//   ThisThread::entries<P>()  the calling thread's own array of thread_entries ThreadEntry for the
//                             type P of PerThread, empty at first
//   ThisThread::id()          an address that no other living thread has
//   ThisThread::watch(w), unwatch(w)   w.left(w, id) is called in every thread that ends after it
//                             called announce(), until unwatch returns
//   ThisThread::announce()    this thread uses some allocator: its end is to be watched
//
// Instances of one type that a thread uses in turn take a few instructions more. Destroying one
// gives everything back at once, live blocks included: no call may be under way, and none may
// follow. walk, check, reset and trim need quiet. Cost over A: an allocation finds the entry; a
// free, in the pool's map, whose the page is.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>

#include "core/alloc/concepts.hpp"
#include "core/alloc/misuse.hpp"
#include "core/alloc/slab/page.hpp"
#include "core/alloc/slab/page_map.hpp"
#include "core/alloc/spin_mutex.hpp"

namespace heapatlas {

/// One for the instance used last, and a small table of others.
inline constexpr unsigned thread_entries = 1 + 8;

/// What a thread remembers of one instance.
struct ThreadEntry {
  std::uint64_t instance = 0;  ///< serial number, never used again; 0: none
  void* heap = nullptr;
  std::uint64_t token = 0;  ///< the heap's; never used again
};

/// Is told when threads end.
struct ThreadWatcher {
  void (*left)(ThreadWatcher&, const void* thread) noexcept = nullptr;
  ThreadWatcher* next = nullptr;  ///< the policy's
  ThreadWatcher* prev = nullptr;
};

inline constinit std::atomic<std::uint64_t> last_per_thread_serial = 0;

/// A: BasicSlab or another allocator with Pool and Heap. Its arguments are the pool's.
template <class A, class ThisThread>
class PerThread {
 public:
  using Pool = typename A::Pool;
  using Heap = typename A::Heap;
  static constexpr Threads threads = Threads::any;
  static constexpr NodeId node_count = 1 + heapatlas::node_count<A>;

  template <class... Arguments>
  explicit PerThread(Arguments&&... arguments) : pool_(static_cast<Arguments&&>(arguments)...) {
    watcher_.owner = this;
    watcher_.left = [](ThreadWatcher& watcher, const void* thread) noexcept {
      static_cast<Watcher&>(watcher).owner->leave(thread);
    };
    ThisThread::watch(watcher_);
  }
  PerThread(const PerThread&) = delete;
  PerThread& operator=(const PerThread&) = delete;
  ~PerThread() {
    ThisThread::unwatch(watcher_);
    while (Record* const record = records_) {
      records_ = record->next;
      record->heap.forget();
      discard(record);
    }
  }

  [[nodiscard]] std::size_t min_alignment() const noexcept {
    return pool_.classes().min_alignment();
  }
  [[nodiscard]] std::size_t max_alignment() const noexcept {
    return pool_.classes().max_alignment();
  }

  [[nodiscard]] Block allocate(Layout layout) noexcept {
    const ThreadEntry& entry = entries()[0];
    if (entry.instance != serial_) [[unlikely]]
      return allocate_first(layout);
    return static_cast<Heap*>(entry.heap)->allocate(layout);
  }
  void deallocate(std::byte* ptr, Layout layout) noexcept {
    require_valid(layout, Pool::ClassSet::name, ptr);
    pool_.require_block(ptr, layout.size);
    free(pool_.page_of(ptr), ptr);
  }
  void deallocate(std::byte* ptr) noexcept {
    pool_.require_block(ptr, 0);
    free(pool_.page_of(ptr), ptr);
  }
  /// Frees a block if it is of this allocator; false: it is not, and nothing was done.
  [[nodiscard]] bool try_deallocate(std::byte* ptr, Layout layout) noexcept {
    if (pool_.find_page(ptr) == nullptr) return false;
    // The page is worked out again: what follows need not wait for the map.
    deallocate(ptr, layout);
    return true;
  }
  [[nodiscard]] bool owns(const std::byte* ptr) const noexcept { return pool_.owns(ptr); }
  [[nodiscard]] std::size_t usable_size(const std::byte* ptr) const noexcept {
    return pool_.usable_size(ptr);
  }
  [[nodiscard]] Block grow(std::byte* ptr, Layout old, std::size_t new_size) noexcept {
    return pool_.grow(ptr, old, new_size);
  }
  [[nodiscard]] Block shrink(std::byte* ptr, Layout old, std::size_t new_size) noexcept {
    return pool_.shrink(ptr, old, new_size);
  }
  /// Frees every block, and keeps a few pages: see SlabPool.
  void reset() noexcept {
    // The heaps stay, empty: other threads' entries name them.
    for (Record* record = records_; record != nullptr; record = record->next) record->heap.forget();
    pool_.reset();
  }
  /// Gives every heap's empty pages back to the backing.
  void trim() noexcept {
    for (Record* record = records_; record != nullptr; record = record->next) record->heap.trim();
    pool_.trim();
  }
  [[nodiscard]] auto counters() const noexcept { return pool_.counters(); }

  /// How many heaps there are, with a thread or waiting for one.
  [[nodiscard]] std::size_t heaps() const noexcept {
    const Holding held{mutex_};
    std::size_t count = 0;
    for (const Record* record = records_; record != nullptr; record = record->next) ++count;
    return count;
  }

  template <HeapVisitor V>
  void walk(V& visitor) const {
    ShiftedVisitor<V> shifted{visitor, 1};
    pool_.walk(shifted);
    for (const Record* record = records_; record != nullptr; record = record->next) {
      const auto* const bytes = reinterpret_cast<const std::byte*>(record);
      visitor.region(Region{bytes, sizeof(Record), 0});
      visitor.span(Span{bytes, sizeof(Record), SpanKind::metadata, 0, 0, 0});
    }
  }
  [[nodiscard]] const char* check() const noexcept {
    for (const Record* record = records_; record != nullptr; record = record->next) {
      if (const char* broken = record->heap.check()) return broken;
    }
    return pool_.check();
  }

 private:
  /// A heap, and the thread that it serves now; null: it waits for one.
  struct Record {
    explicit Record(Pool& pool) noexcept : heap(pool) {}
    Heap heap;
    const void* thread = nullptr;
    Record* next = nullptr;
  };
  struct Watcher : ThreadWatcher {
    PerThread* owner = nullptr;
  };

  [[nodiscard]] static ThreadEntry* entries() noexcept {
    return ThisThread::template entries<PerThread>();
  }

  void free(SlabPage* page, std::byte* ptr) noexcept {
    const ThreadEntry& entry = entries()[0];
    if (page->token == entry.token) [[likely]] {
      static_cast<Heap*>(entry.heap)->free_locally(page, ptr);
    } else {
      free_elsewhere(page, ptr);
    }
  }

  /// A free of another heap's block, or by a thread that used another instance last.
  [[gnu::noinline]] void free_elsewhere(SlabPage* page, std::byte* ptr) noexcept {
    if (entries()[0].instance != serial_) {
      if (Heap* const heap = find(); heap != nullptr && heap->token() == page->token) {
        heap->free_locally(page, ptr);
        return;
      }
    }
    pool_.free_remotely(page, ptr);
  }

  [[gnu::noinline]] Block allocate_first(Layout layout) noexcept {
    if (pool_.classes().index(layout) == Pool::ClassSet::none) return {};
    if (Heap* const heap = find()) return heap->allocate(layout);
    Heap* const heap = join();
    if (heap == nullptr) return {};
    const Block block = heap->allocate(layout);
    if (!block) leave(ThisThread::id());
    return block;
  }

  /// This thread's heap, null when it has none; puts it into the first entry. That there is none is
  /// remembered in the table, for threads that only free.
  Heap* find() noexcept {
    ThreadEntry& known = entries()[1 + serial_ % (thread_entries - 1)];
    if (known.instance != serial_) {
      const Holding held{mutex_};
      Record* record = records_;
      while (record != nullptr && record->thread != ThisThread::id()) record = record->next;
      if (record != nullptr) return remember(*record);
      known = {serial_, nullptr, 0};
    }
    if (known.heap != nullptr) entries()[0] = known;
    return static_cast<Heap*>(known.heap);
  }

  /// Gives this thread a heap: one that waits, or a new one. Null: there is no memory.
  Heap* join() noexcept {
    ThisThread::announce();
    const Holding held{mutex_};
    Record* record = records_;
    while (record != nullptr && record->thread != nullptr) record = record->next;
    if (record == nullptr) {
      const Block memory = pool_.allocate_aside(layout_of<Record>());
      if (!memory) return nullptr;
      record = ::new (static_cast<void*>(memory.ptr)) Record{pool_};
      record->next = records_;
      records_ = record;
    }
    record->thread = ThisThread::id();
    return remember(*record);
  }

  Heap* remember(Record& record) noexcept {
    entries()[0] = {serial_, &record.heap, record.heap.token()};
    entries()[1 + serial_ % (thread_entries - 1)] = entries()[0];
    return &record.heap;
  }

  /// The calling thread ends, or has no use for its heap: the heap waits for another thread, unless
  /// it is the newest and has no page.
  void leave(const void* thread) noexcept {
    for (unsigned i = 0; i < thread_entries; ++i) {
      if (entries()[i].instance == serial_) entries()[i] = {};
    }
    const Holding held{mutex_};
    for (Record* record = records_; record != nullptr; record = record->next) {
      if (record->thread != thread) continue;
      record->heap.trim();
      record->thread = nullptr;
    }
    if (records_ == nullptr || records_->thread != nullptr || !records_->heap.empty()) return;
    Record* const newest = records_;
    records_ = newest->next;
    discard(newest);
  }

  void discard(Record* record) noexcept {
    record->~Record();
    pool_.deallocate_aside(reinterpret_cast<std::byte*>(record), layout_of<Record>());
  }

  Pool pool_;
  const std::uint64_t serial_ = last_per_thread_serial.fetch_add(1, std::memory_order_relaxed) + 1;
  mutable typename Pool::MutexType mutex_;
  Record* records_ = nullptr;
  Watcher watcher_;
};

}  // namespace heapatlas
