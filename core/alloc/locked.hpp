// locked(A, Mutex): A, one caller at a time, for any number of threads.
//
//   Locked heap{Bump{memory, size}};                  // a spin mutex
//   Locked<Bump, std::mutex> patient{{memory, size}}; // any mutex with lock, try_lock, unlock
//   {
//     auto guard = heap.lock();                       // many calls under one lock
//     guard->allocate(...); guard->allocate(...);
//   }
//   if (auto guard = heap.try_lock()) guard->allocate(...);
//
// Every operation that touches A takes the mutex, walking and checking too; alignments are
// constants of A and need none. While a guard lives its thread must use the guard, not the
// allocator: the mutex is not recursive. A fork while a thread holds the mutex leaves it held in
// the child. Cost: the mutex, and no instruction beside it.
#pragma once

#include <cstddef>

#include "core/alloc/concepts.hpp"
#include "core/alloc/rewind.hpp"
#include "core/alloc/spin_mutex.hpp"

namespace heapatlas {

/// An aggregate of the part and its mutex, so that the part is built in place.
template <Allocator A, class Mutex = SpinMutex<>>
struct Locked {
  static constexpr Threads threads = Threads::any;
  static constexpr NodeId node_count = 1 + heapatlas::node_count<A>;

  A part;
  mutable Mutex mutex{};

  /// The part, held for as long as this lives. An empty one (try_lock) must not be dereferenced.
  class [[nodiscard]] Guard {
   public:
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    ~Guard() {
      if (owner_ != nullptr) owner_->mutex.unlock();
    }
    [[nodiscard]] explicit operator bool() const noexcept { return owner_ != nullptr; }
    [[nodiscard]] A& operator*() const noexcept { return owner_->part; }
    [[nodiscard]] A* operator->() const noexcept { return &owner_->part; }

   private:
    friend Locked;
    explicit Guard(Locked* owner) noexcept : owner_(owner) {}
    Locked* owner_;
  };

  Guard lock() noexcept {
    mutex.lock();
    return Guard{this};
  }
  /// Empty when another thread holds the mutex.
  Guard try_lock() noexcept { return Guard{mutex.try_lock() ? this : nullptr}; }

  [[nodiscard]] constexpr std::size_t min_alignment() const noexcept {
    return part.min_alignment();
  }
  [[nodiscard]] constexpr std::size_t max_alignment() const noexcept {
    return part.max_alignment();
  }
  [[nodiscard]] Block allocate(Layout layout) noexcept {
    const Holding held{mutex};
    return part.allocate(layout);
  }
  void deallocate(std::byte* ptr, Layout layout) noexcept {
    const Holding held{mutex};
    part.deallocate(ptr, layout);
  }
  [[nodiscard]] bool owns(const std::byte* ptr) const noexcept requires Owning<A> {
    const Holding held{mutex};
    return part.owns(ptr);
  }
  [[nodiscard]] Block grow(std::byte* ptr, Layout old,
                           std::size_t new_size) noexcept requires Resizing<A> {
    const Holding held{mutex};
    return part.grow(ptr, old, new_size);
  }
  [[nodiscard]] Block shrink(std::byte* ptr, Layout old,
                             std::size_t new_size) noexcept requires Resizing<A> {
    const Holding held{mutex};
    return part.shrink(ptr, old, new_size);
  }
  [[nodiscard]] Block reallocate(std::byte* ptr, Layout old,
                                 std::size_t new_size) noexcept requires Reallocating<A> {
    const Holding held{mutex};
    return part.reallocate(ptr, old, new_size);
  }
  [[nodiscard]] Block allocate_zeroed(Layout layout) noexcept requires Zeroing<A> {
    const Holding held{mutex};
    return part.allocate_zeroed(layout);
  }
  void reset() noexcept requires Resettable<A> {
    const Holding held{mutex};
    part.reset();
  }
  /// No block is live: the part starts over, if it can.
  void rewind() noexcept {
    const Holding held{mutex};
    heapatlas::rewind(part);
  }
  [[nodiscard]] std::size_t usable_size(std::byte* ptr) const noexcept requires SelfSizing<A> {
    const Holding held{mutex};
    return part.usable_size(ptr);
  }
  void deallocate(std::byte* ptr) noexcept requires SelfSizing<A> {
    const Holding held{mutex};
    part.deallocate(ptr);
  }
  template <HeapVisitor V>
  void walk(V& visitor) const {
    const Holding held{mutex};
    walk_part(part, visitor, 1);
  }
  [[nodiscard]] auto counters() const noexcept requires Counting<A> {
    const Holding held{mutex};
    return part.counters();
  }
  [[nodiscard]] const char* check() const noexcept {
    const Holding held{mutex};
    return check_part(part);
  }
};

template <class A>
Locked(A) -> Locked<A>;

}  // namespace heapatlas
