// An allocator of the family as a standard Allocator, for containers without a virtual call.
//
//   Stalloc<512, 8> heap;
//   std::vector<int, StdAllocator<int, Stalloc<512, 8>>> numbers{heap};
//
// Borrows the allocator, which must outlive every container over it. Two are equal when they
// borrow the same one. Containers take it along when they are moved or swapped, not when they are
// copied over. Cost: the pointer.
#pragma once

#include <cstddef>
#include <new>
#include <type_traits>

#include "core/alloc/concepts.hpp"

namespace heapatlas {

template <class T, Allocator A>
class StdAllocator {
 public:
  using value_type = T;
  using propagate_on_container_move_assignment = std::true_type;
  using propagate_on_container_swap = std::true_type;
  using is_always_equal = std::false_type;

  StdAllocator(A& allocator) noexcept : allocator_(&allocator) {}  // NOLINT: containers{heap}
  template <class U>
  StdAllocator(const StdAllocator<U, A>& other) noexcept  // NOLINT: required to convert
      : allocator_(&other.allocator()) {}

  [[nodiscard]] A& allocator() const noexcept { return *allocator_; }

  /// Room for count objects. Throws std::bad_array_new_length when their bytes overflow,
  /// std::bad_alloc when the allocator fails.
  [[nodiscard]] T* allocate(std::size_t count) {
    const Layout layout = layout_for(count);
    if (layout.size / sizeof(T) < count) throw std::bad_array_new_length();
    const Block block = allocator_->allocate(layout);
    if (!block) throw std::bad_alloc();
    return reinterpret_cast<T*>(block.ptr);
  }
  void deallocate(T* ptr, std::size_t count) noexcept {
    allocator_->deallocate(reinterpret_cast<std::byte*>(ptr), layout_for(count));
  }

  template <class U>
  [[nodiscard]] friend bool operator==(const StdAllocator& a,
                                       const StdAllocator<U, A>& b) noexcept {
    return &a.allocator() == &b.allocator();
  }

 private:
  static Layout layout_for(std::size_t count) noexcept {
    return layout_of<T>(count == 0 ? 1 : count);
  }

  A* allocator_;
};

}  // namespace heapatlas
