// fallback(A, B): A answers; what it cannot grant, B does. Longer chains nest to the right.
//
// A block goes back to the link that granted it: A says what it owns, the rest is B's. A request
// that A refuses, for want of memory or because it cannot serve the alignment, goes to B. So the
// chain guarantees the smaller of the two min_alignments, and may satisfy the larger of the two
// max_alignments.
//
// Resizing: the owner's own reallocate, or in place where it lies; else the block moves to the
// first link that has room for it, A before B, whichever it came from; in a longer chain that is
// the first link of all. Another combinator around several links is one link of the chain: a block
// of theirs may move among them first. When all fail the block is untouched where it was.
//
// An aggregate of its links, which cannot move and are built in their places:
// `Fallback{Bump{memory, size}, System{}}`. Cost: A's owns() for each free or resize
// (its try_deallocate for a free, if it has that); no state.
// Threads may share it when they may share both links.
#pragma once

#include <cstddef>

#include "core/alloc/concepts.hpp"
#include "core/alloc/misuse.hpp"
#include "core/alloc/resize.hpp"
#include "core/alloc/rewind.hpp"

namespace heapatlas {

template <Owning A, Allocator B>
struct Fallback {
  static constexpr Threads threads =
      A::threads == Threads::any && B::threads == Threads::any ? Threads::any : Threads::one;
  static constexpr NodeId node_count = 1 + heapatlas::node_count<A> + heapatlas::node_count<B>;

  A first;
  B second;

  [[nodiscard]] constexpr std::size_t min_alignment() const noexcept {
    const std::size_t a = first.min_alignment(), b = second.min_alignment();
    return a < b ? a : b;
  }
  [[nodiscard]] constexpr std::size_t max_alignment() const noexcept {
    const std::size_t a = first.max_alignment(), b = second.max_alignment();
    return a > b ? a : b;
  }

  [[nodiscard]] constexpr Block allocate(Layout layout) noexcept {
    if (const Block block = first.allocate(layout)) [[likely]]
      return block;
    if constexpr (Routing<A>) {
      return allocate_beyond(layout);
    } else {
      return second.allocate(layout);
    }
  }
  [[nodiscard]] constexpr Block allocate_zeroed(Layout layout) noexcept
      requires(Zeroing<A> || Zeroing<B>) {
    if (const Block block = heapatlas::allocate_zeroed(first, layout)) return block;
    return heapatlas::allocate_zeroed(second, layout);
  }

  constexpr void deallocate(std::byte* ptr, Layout layout) noexcept {
    if constexpr (Routing<A> && !checked) {
      if (!first.try_deallocate(ptr, layout)) [[unlikely]]
        deallocate_beyond(ptr, layout);
    } else if (owned_by_first(ptr)) {
      first.deallocate(ptr, layout);
    } else {
      second.deallocate(ptr, layout);
    }
  }

  [[nodiscard]] constexpr Block grow(std::byte* ptr, Layout old, std::size_t new_size) noexcept
      requires(Resizing<A> || Resizing<B>) {
    return in_place(ptr, old, new_size);
  }
  [[nodiscard]] constexpr Block shrink(std::byte* ptr, Layout old, std::size_t new_size) noexcept
      requires(Resizing<A> || Resizing<B>) {
    return in_place(ptr, old, new_size);
  }
  /// Without a link that reallocates by itself, heapatlas::reallocate does the same.
  [[nodiscard]] constexpr Block reallocate(std::byte* ptr, Layout old,
                                           std::size_t new_size) noexcept
      requires(Reallocating<A> || Reallocating<B>) {
    const Block block = resize_by_owner(ptr, old, new_size);
    return block ? block : move_block(*this, ptr, old, new_size);
  }
  /// For a fallback that this one is the rest of: it moves the block itself, from its first link
  /// on.
  [[nodiscard]] constexpr Block resize_by_owner(std::byte* ptr, Layout old,
                                                std::size_t new_size) noexcept
      requires(Reallocating<A> || Reallocating<B>) {
    return owned_by_first(ptr) ? heapatlas::resize_by_owner(first, ptr, old, new_size)
                               : heapatlas::resize_by_owner(second, ptr, old, new_size);
  }

  [[nodiscard]] constexpr bool owns(const std::byte* ptr) const noexcept requires Owning<B> {
    return first.owns(ptr) || second.owns(ptr);
  }
  constexpr void reset() noexcept requires(Resettable<A>&& Resettable<B>) {
    first.reset();
    second.reset();
  }
  /// No block is live: each link starts over, if it can.
  constexpr void rewind() noexcept {
    heapatlas::rewind(first);
    heapatlas::rewind(second);
  }
  [[nodiscard]] constexpr std::size_t usable_size(const std::byte* ptr) const noexcept
      requires(SelfSizing<A>&& SelfSizing<B>) {
    return owned_by_first(ptr) ? first.usable_size(ptr) : second.usable_size(ptr);
  }
  constexpr void deallocate(std::byte* ptr) noexcept requires(SelfSizing<A>&& SelfSizing<B>) {
    if (owned_by_first(ptr)) {
      first.deallocate(ptr);
    } else {
      second.deallocate(ptr);
    }
  }

  template <HeapVisitor V>
  constexpr void walk(V& visitor) const {
    walk_part(first, visitor, 1);
    walk_part(second, visitor, 1 + heapatlas::node_count<A>);
  }
  [[nodiscard]] constexpr const char* check() const noexcept {
    const char* const broken = check_part(first);
    return broken != nullptr ? broken : check_part(second);
  }

 private:
  // A routing first link is short and serves nearly everything: the second one, when inlined beside
  // it, costs it more registers than a call costs the second.
  [[gnu::noinline]] constexpr Block allocate_beyond(Layout layout) noexcept {
    return second.allocate(layout);
  }
  [[gnu::noinline]] constexpr void deallocate_beyond(std::byte* ptr, Layout layout) noexcept {
    second.deallocate(ptr, layout);
  }

  [[nodiscard]] constexpr bool owned_by_first(const std::byte* ptr) const noexcept {
    const bool owned = first.owns(ptr);
    if constexpr (checked && Owning<B>)
      require(owned || second.owns(ptr), "fallback", ptr,
              "a block is freed to the allocator that granted it");
    return owned;
  }
  constexpr Block in_place(std::byte* ptr, Layout old, std::size_t new_size) noexcept {
    return owned_by_first(ptr) ? resize_in_place(first, ptr, old, new_size)
                               : resize_in_place(second, ptr, old, new_size);
  }
};

template <class A, class B>
Fallback(A, B) -> Fallback<A, B>;

}  // namespace heapatlas
