// Resizing and zeroing for any allocator, from whatever it supports.
#pragma once

#include <cstddef>

#include "core/alloc/concepts.hpp"
#include "core/alloc/memory.hpp"

namespace heapatlas {

/// Grows or shrinks a block in place. Empty: a cannot, and the block is untouched.
template <Allocator A>
[[nodiscard]] constexpr Block resize_in_place(A& a, std::byte* ptr, Layout old,
                                              std::size_t new_size) noexcept {
  if constexpr (Resizing<A>) {
    return new_size >= old.size ? a.grow(ptr, old, new_size) : a.shrink(ptr, old, new_size);
  } else {
    return {};
  }
}

/// Allocates new_size bytes at the old alignment, copies what both hold, frees the old block.
/// Empty: the old block is untouched.
template <Allocator A>
[[nodiscard]] constexpr Block move_block(A& a, std::byte* ptr, Layout old,
                                         std::size_t new_size) noexcept {
  const Block moved = a.allocate(old.with_size(new_size));
  if (!moved) return {};
  copy_bytes(moved.ptr, ptr, old.size < new_size ? old.size : new_size);
  a.deallocate(ptr, old);
  return moved;
}

/// Resizes a block: by the allocator's own reallocate if it has one; else in place; else by
/// moving it. Empty: the old block is untouched.
template <Allocator A>
[[nodiscard]] constexpr Block reallocate(A& a, std::byte* ptr, Layout old,
                                         std::size_t new_size) noexcept {
  if constexpr (Reallocating<A>) {
    return a.reallocate(ptr, old, new_size);
  } else {
    if (const Block same = resize_in_place(a, ptr, old, new_size)) return same;
    return move_block(a, ptr, old, new_size);
  }
}

/// Resizes a block as its owner does by itself: by a reallocate of its own, else in place. In a row
/// of links no other one takes the block over. Empty: the old block is untouched.
template <Allocator A>
[[nodiscard]] constexpr Block resize_by_owner(A& a, std::byte* ptr, Layout old,
                                              std::size_t new_size) noexcept {
  if constexpr (requires { a.resize_by_owner(ptr, old, new_size); }) {
    return a.resize_by_owner(ptr, old, new_size);
  } else if constexpr (Reallocating<A>) {
    return a.reallocate(ptr, old, new_size);
  } else {
    return resize_in_place(a, ptr, old, new_size);
  }
}

/// Allocates with every granted byte 0.
template <Allocator A>
[[nodiscard]] constexpr Block allocate_zeroed(A& a, Layout layout) noexcept {
  if constexpr (Zeroing<A>) {
    return a.allocate_zeroed(layout);
  } else {
    const Block block = a.allocate(layout);
    if (block) zero_bytes(block.ptr, block.size);
    return block;
  }
}

/// Resizes a block; the bytes from old.size to the end of the grant are 0. Empty: untouched.
template <Allocator A>
[[nodiscard]] constexpr Block reallocate_zeroed(A& a, std::byte* ptr, Layout old,
                                                std::size_t new_size) noexcept {
  const Block block = reallocate(a, ptr, old, new_size);
  if (block && block.size > old.size) zero_bytes(block.ptr + old.size, block.size - old.size);
  return block;
}

}  // namespace heapatlas
