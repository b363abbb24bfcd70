// What every combinator over one part passes on, written once.
//
// `Wrapper` holds the part and answers what only the part knows: alignments, ownership, walk,
// check. `Forwarding` is a Wrapper that passes every operation on as well. A combinator derives
// from the one or the other and hides what it does differently; one that must watch every operation
// takes Wrapper, so that an operation it has never heard of is absent and not unwatched.
//
// Both are aggregates of the part and of what the combinator keeps beside it. A combinator has one
// of them as its only base and no members of its own: so it is written `Limit{Bump{...}, 1000}`,
// without inner braces, and the part, which cannot move, is built in its place. `Held` may be a
// reference: then the part lives elsewhere. Cost: what is held, and no instruction of its own.
#pragma once

#include <cstddef>
#include <type_traits>

#include "core/alloc/concepts.hpp"
#include "core/alloc/resize.hpp"
#include "core/alloc/rewind.hpp"

namespace heapatlas {

struct Nothing {};

template <class Held, class State = Nothing>
struct Wrapper {
  using Part = std::remove_reference_t<Held>;
  static_assert(Allocator<Part>);

  /// Remote frees go past a combinator, so only a part that anyone may call stays shared; a
  /// combinator that forwards `remote` says so itself.
  static constexpr Threads threads = Part::threads == Threads::any ? Threads::any : Threads::one;
  static constexpr NodeId node_count = 1 + heapatlas::node_count<Part>;

  Held part;
  [[no_unique_address]] State state{};

  [[nodiscard]] constexpr std::size_t min_alignment() const noexcept {
    return part.min_alignment();
  }
  [[nodiscard]] constexpr std::size_t max_alignment() const noexcept {
    return part.max_alignment();
  }
  [[nodiscard]] constexpr bool owns(const std::byte* ptr) const noexcept requires Owning<Part> {
    return part.owns(ptr);
  }
  template <HeapVisitor V>
  constexpr void walk(V& visitor) const {
    walk_part(part, visitor, 1);
  }
  [[nodiscard]] constexpr const char* check() const noexcept { return check_part(part); }
  /// No block is live: the part starts over, if it can.
  constexpr void rewind() noexcept { heapatlas::rewind(part); }
};

template <class Held>
struct Forwarding : Wrapper<Held> {
  using typename Wrapper<Held>::Part;
  using Wrapper<Held>::part;
  static constexpr Threads threads = Part::threads;

  [[nodiscard]] constexpr Block allocate(Layout layout) noexcept { return part.allocate(layout); }
  constexpr void deallocate(std::byte* ptr, Layout layout) noexcept {
    part.deallocate(ptr, layout);
  }
  [[nodiscard]] constexpr bool try_deallocate(std::byte* ptr,
                                              Layout layout) noexcept requires Routing<Part> {
    return part.try_deallocate(ptr, layout);
  }
  [[nodiscard]] constexpr Block grow(std::byte* ptr, Layout old,
                                     std::size_t new_size) noexcept requires Resizing<Part> {
    return part.grow(ptr, old, new_size);
  }
  [[nodiscard]] constexpr Block shrink(std::byte* ptr, Layout old,
                                       std::size_t new_size) noexcept requires Resizing<Part> {
    return part.shrink(ptr, old, new_size);
  }
  [[nodiscard]] constexpr Block reallocate(
      std::byte* ptr, Layout old, std::size_t new_size) noexcept requires Reallocating<Part> {
    return part.reallocate(ptr, old, new_size);
  }
  [[nodiscard]] constexpr Block resize_by_owner(
      std::byte* ptr, Layout old, std::size_t new_size) noexcept requires Reallocating<Part> {
    return heapatlas::resize_by_owner(part, ptr, old, new_size);
  }
  [[nodiscard]] constexpr Block allocate_zeroed(Layout layout) noexcept requires Zeroing<Part> {
    return part.allocate_zeroed(layout);
  }
  constexpr void reset() noexcept requires Resettable<Part> { part.reset(); }
  [[nodiscard]] constexpr std::size_t usable_size(const std::byte* ptr) const noexcept requires
      SelfSizing<Part> {
    return part.usable_size(ptr);
  }
  constexpr void deallocate(std::byte* ptr) noexcept requires SelfSizing<Part> {
    part.deallocate(ptr);
  }
  [[nodiscard]] constexpr auto counters() const noexcept requires Counting<Part> {
    return part.counters();
  }
  [[nodiscard]] constexpr decltype(auto) remote() noexcept
      requires(Part::threads == Threads::remote_free) {
    return part.remote();
  }
};

}  // namespace heapatlas
