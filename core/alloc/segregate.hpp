// segregate(threshold, small, large): requests of at most `threshold` bytes go to small, the rest
// to large.
//
// Routing is by the size *requested*, for a free by the size last requested, so it needs no
// ownership and no header. Every live block is therefore on the side its size belongs to: a resize
// across the threshold is refused in place, even where the side could, and moves between the
// sides in `heapatlas::reallocate`; when the move fails the block is untouched. A side that cannot
// serve a request is not helped by the other: put a fallback inside. Cost: one comparison.
#pragma once

#include <cstddef>

#include "core/alloc/concepts.hpp"
#include "core/alloc/misuse.hpp"
#include "core/alloc/resize.hpp"
#include "core/alloc/rewind.hpp"

namespace heapatlas {

template <Allocator Small, Allocator Large>
struct Segregate {
  static constexpr Threads threads =
      Small::threads == Threads::any && Large::threads == Threads::any ? Threads::any
                                                                       : Threads::one;
  static constexpr NodeId node_count =
      1 + heapatlas::node_count<Small> + heapatlas::node_count<Large>;

  std::size_t threshold;  ///< the largest size that small serves
  Small small;
  Large large;

  [[nodiscard]] constexpr std::size_t min_alignment() const noexcept {
    return small.min_alignment() < large.min_alignment() ? small.min_alignment()
                                                         : large.min_alignment();
  }
  [[nodiscard]] constexpr std::size_t max_alignment() const noexcept {
    return small.max_alignment() > large.max_alignment() ? small.max_alignment()
                                                         : large.max_alignment();
  }
  [[nodiscard]] constexpr Block allocate(Layout layout) noexcept {
    return is_small(layout.size) ? small.allocate(layout) : large.allocate(layout);
  }
  constexpr void deallocate(std::byte* ptr, Layout layout) noexcept {
    require_side(ptr, layout);
    if (is_small(layout.size)) {
      small.deallocate(ptr, layout);
    } else {
      large.deallocate(ptr, layout);
    }
  }
  [[nodiscard]] constexpr bool try_deallocate(std::byte* ptr, Layout layout) noexcept
      requires(Routing<Small>&& Routing<Large>) {
    return is_small(layout.size) ? small.try_deallocate(ptr, layout)
                                 : large.try_deallocate(ptr, layout);
  }
  [[nodiscard]] constexpr bool owns(const std::byte* ptr) const noexcept
      requires(Owning<Small>&& Owning<Large>) {
    return small.owns(ptr) || large.owns(ptr);
  }
  [[nodiscard]] constexpr Block grow(std::byte* ptr, Layout old, std::size_t new_size) noexcept
      requires(Resizing<Small> || Resizing<Large>) {
    return in_place(ptr, old, new_size);
  }
  [[nodiscard]] constexpr Block shrink(std::byte* ptr, Layout old, std::size_t new_size) noexcept
      requires(Resizing<Small> || Resizing<Large>) {
    return in_place(ptr, old, new_size);
  }
  [[nodiscard]] constexpr Block reallocate(std::byte* ptr, Layout old,
                                           std::size_t new_size) noexcept
      requires(Reallocating<Small> || Reallocating<Large>) {
    require_side(ptr, old);
    if (is_small(old.size) != is_small(new_size)) return move_block(*this, ptr, old, new_size);
    return is_small(old.size) ? heapatlas::reallocate(small, ptr, old, new_size)
                              : heapatlas::reallocate(large, ptr, old, new_size);
  }
  [[nodiscard]] constexpr Block allocate_zeroed(Layout layout) noexcept
      requires(Zeroing<Small> || Zeroing<Large>) {
    return is_small(layout.size) ? heapatlas::allocate_zeroed(small, layout)
                                 : heapatlas::allocate_zeroed(large, layout);
  }
  constexpr void reset() noexcept requires(Resettable<Small>&& Resettable<Large>) {
    small.reset();
    large.reset();
  }
  /// No block is live: each side starts over, if it can.
  constexpr void rewind() noexcept {
    heapatlas::rewind(small);
    heapatlas::rewind(large);
  }
  /// Without a layout the side is found by who owns the block.
  [[nodiscard]] constexpr std::size_t usable_size(const std::byte* ptr) const noexcept
      requires(SelfSizing<Small>&& SelfSizing<Large>&& Owning<Small>) {
    return small.owns(ptr) ? small.usable_size(ptr) : large.usable_size(ptr);
  }
  constexpr void deallocate(std::byte* ptr) noexcept
      requires(SelfSizing<Small>&& SelfSizing<Large>&& Owning<Small>) {
    if (small.owns(ptr)) {
      small.deallocate(ptr);
    } else {
      large.deallocate(ptr);
    }
  }
  template <HeapVisitor V>
  constexpr void walk(V& visitor) const {
    walk_part(small, visitor, 1);
    walk_part(large, visitor, 1 + heapatlas::node_count<Small>);
  }
  [[nodiscard]] constexpr const char* check() const noexcept {
    const char* const broken = check_part(small);
    return broken != nullptr ? broken : check_part(large);
  }

 private:
  [[nodiscard]] constexpr bool is_small(std::size_t size) const noexcept {
    return size <= threshold;
  }
  constexpr Block in_place(std::byte* ptr, Layout old, std::size_t new_size) noexcept {
    require_side(ptr, old);
    if (is_small(old.size) != is_small(new_size)) return {};
    return is_small(old.size) ? resize_in_place(small, ptr, old, new_size)
                              : resize_in_place(large, ptr, old, new_size);
  }
  constexpr void require_side(const std::byte* ptr, Layout layout) const noexcept {
    if constexpr (checked && Owning<Small>) {
      require(small.owns(ptr) == is_small(layout.size), "segregate", ptr,
              "a block is freed with the size last requested");
    }
    if constexpr (checked && Owning<Large>) {
      require(large.owns(ptr) != is_small(layout.size), "segregate", ptr,
              "a block is freed with the size last requested");
    }
  }
};

template <class Small, class Large>
Segregate(std::size_t, Small, Large) -> Segregate<Small, Large>;

}  // namespace heapatlas
