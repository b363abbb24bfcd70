// ref(A): borrows an allocator that lives elsewhere, so that several chains can share it.
//
// Forwards what A supports and nothing more. The allocator must outlive the reference. Cost: the
// pointer.
#pragma once

#include <cstddef>

#include "core/alloc/concepts.hpp"

namespace heapatlas {

template <Allocator A>
class Ref {
 public:
  static constexpr Threads threads = A::threads;
  static constexpr NodeId node_count = 1 + heapatlas::node_count<A>;

  explicit constexpr Ref(A& target) noexcept : target_(&target) {}

  [[nodiscard]] constexpr A& target() const noexcept { return *target_; }

  [[nodiscard]] constexpr std::size_t min_alignment() const noexcept {
    return target_->min_alignment();
  }
  [[nodiscard]] constexpr std::size_t max_alignment() const noexcept {
    return target_->max_alignment();
  }
  [[nodiscard]] constexpr Block allocate(Layout layout) noexcept {
    return target_->allocate(layout);
  }
  constexpr void deallocate(std::byte* ptr, Layout layout) noexcept {
    target_->deallocate(ptr, layout);
  }
  [[nodiscard]] constexpr bool owns(const std::byte* ptr) const noexcept requires Owning<A> {
    return target_->owns(ptr);
  }
  [[nodiscard]] constexpr Block grow(std::byte* ptr, Layout old,
                                     std::size_t new_size) noexcept requires Resizing<A> {
    return target_->grow(ptr, old, new_size);
  }
  [[nodiscard]] constexpr Block shrink(std::byte* ptr, Layout old,
                                       std::size_t new_size) noexcept requires Resizing<A> {
    return target_->shrink(ptr, old, new_size);
  }
  [[nodiscard]] constexpr Block reallocate(std::byte* ptr, Layout old,
                                           std::size_t new_size) noexcept requires Reallocating<A> {
    return target_->reallocate(ptr, old, new_size);
  }
  [[nodiscard]] constexpr Block allocate_zeroed(Layout layout) noexcept requires Zeroing<A> {
    return target_->allocate_zeroed(layout);
  }
  constexpr void reset() noexcept requires Resettable<A> { target_->reset(); }
  [[nodiscard]] constexpr std::size_t usable_size(const std::byte* ptr) const noexcept requires
      SelfSizing<A> {
    return target_->usable_size(ptr);
  }
  constexpr void deallocate(std::byte* ptr) noexcept requires SelfSizing<A> {
    target_->deallocate(ptr);
  }
  template <HeapVisitor V>
  constexpr void walk(V& visitor) const {
    walk_part(*target_, visitor, 1);
  }
  [[nodiscard]] constexpr auto counters() const noexcept requires Counting<A> {
    return target_->counters();
  }
  [[nodiscard]] constexpr const char* check() const noexcept { return check_part(*target_); }

 private:
  A* target_;
};

}  // namespace heapatlas
