// The allocator concept and its refinements.
//
// clang-format off
// | expression                       | gives | meaning                                             |
// |----------------------------------|-------|-----------------------------------------------------|
// | a.allocate(layout)               | Block | empty when it cannot; then a is as it was           |
// | a.deallocate(ptr, layout)        | void  | layout: original align, size last requested         |
// | a.min_alignment()                | size  | every grant is at least so aligned                  |
// | a.max_alignment()                | size  | a larger alignment is never granted                 |
// | A::threads                       |Threads| who may call at once                                |
// | a.owns(ptr)                      | bool  | ptr lies in a block of a (Owning)                   |
// | a.try_deallocate(ptr, layout)    | bool  | deallocate, if a owns it; else false (Routing)      |
// | a.grow(ptr, old, new_size)       | Block | in place, same ptr; empty = unchanged (Resizing)    |
// | a.shrink(ptr, old, new_size)     | Block | in place, same ptr; empty = unchanged (Resizing)    |
// | a.reallocate(ptr, old, new_size) | Block | may move; empty = unchanged (Reallocating)          |
// | a.allocate_zeroed(layout)        | Block | every granted byte is 0 (Zeroing)                   |
// | a.reset()                        | void  | every block is gone at once (Resettable)            |
// | a.usable_size(ptr)               | size  | the size granted (SelfSizing)                       |
// | a.deallocate(ptr)                | void  | without a layout (SelfSizing)                       |
// | a.walk(visitor)                  | void  | see span.hpp (Introspectable)                       |
// | a.counters()                     | any   | running totals (Counting)                           |
// | a.check()                        | text  | null, or the invariant that is broken (Checkable)   |
// clang-format on
//
// A missing method means "unsupported"; no method always fails. Everything but walk is noexcept.
// Sizes are in bytes. Size 0, an invalid layout, a foreign pointer or a wrong size are misuse
// (misuse.hpp). Allocators do not move after first use: they are neither copied nor moved, and
// combinators build their parts in place.
#pragma once

#include <concepts>
#include <cstddef>

#include "core/alloc/layout.hpp"
#include "core/alloc/span.hpp"

namespace heapatlas {

template <class A>
concept Allocator = requires(A& a, const A& constant, std::byte* ptr, Layout layout) {
  { a.allocate(layout) }
  noexcept->std::same_as<Block>;
  { a.deallocate(ptr, layout) }
  noexcept->std::same_as<void>;
  { constant.min_alignment() }
  noexcept->std::same_as<std::size_t>;
  { constant.max_alignment() }
  noexcept->std::same_as<std::size_t>;
  { A::threads } -> std::convertible_to<Threads>;
};

template <class A>
concept Owning = Allocator<A> && requires(const A& a, const std::byte* ptr) {
  { a.owns(ptr) }
  noexcept->std::same_as<bool>;
};

/// Finds out whose a block is and frees it in one step: for an Owning allocator whose answer is the
/// way to the block.
template <class A>
concept Routing = Owning<A> && requires(A& a, std::byte* ptr, Layout layout) {
  { a.try_deallocate(ptr, layout) }
  noexcept->std::same_as<bool>;
};

template <class A>
concept Resizing = Allocator<A> && requires(A& a, std::byte* ptr, Layout old, std::size_t size) {
  { a.grow(ptr, old, size) }
  noexcept->std::same_as<Block>;
  { a.shrink(ptr, old, size) }
  noexcept->std::same_as<Block>;
};

template <class A>
concept Reallocating = Allocator<A> &&
    requires(A& a, std::byte* ptr, Layout old, std::size_t size) {
  { a.reallocate(ptr, old, size) }
  noexcept->std::same_as<Block>;
};

template <class A>
concept Zeroing = Allocator<A> && requires(A& a, Layout layout) {
  { a.allocate_zeroed(layout) }
  noexcept->std::same_as<Block>;
};

template <class A>
concept Resettable = Allocator<A> && requires(A& a) {
  { a.reset() }
  noexcept->std::same_as<void>;
};

template <class A>
concept SelfSizing = Allocator<A> && requires(A& a, const A& constant, std::byte* ptr) {
  { constant.usable_size(ptr) }
  noexcept->std::same_as<std::size_t>;
  { a.deallocate(ptr) }
  noexcept->std::same_as<void>;
};

/// A visitor that ignores what it sees; the archetype that Introspectable is checked with.
struct IgnoringVisitor {
  void region(const Region&) noexcept {}
  void span(const Span&) noexcept {}
};

template <class A>
concept Introspectable = Allocator<A> && requires(const A& a, IgnoringVisitor& visitor) {
  a.walk(visitor);
};

template <class A>
concept Counting = Allocator<A> && requires(const A& a) {
  a.counters();
};

template <class A>
concept Checkable = Allocator<A> && requires(const A& a) {
  { a.check() }
  noexcept->std::same_as<const char*>;
};

/// How many nodes a (composite) allocator counts in a walk: combinators declare `node_count`.
template <class A>
inline constexpr NodeId node_count = [] {
  if constexpr (requires { A::node_count; }) {
    return NodeId{A::node_count};
  } else {
    return NodeId{1};
  }
}();

/// Walks a part of a combinator, its nodes counted from `first`; a part that cannot walk is an
/// opaque region.
template <Allocator A, HeapVisitor V>
void walk_part(const A& part, V& visitor, NodeId first) {
  if constexpr (Introspectable<A>) {
    ShiftedVisitor<V> shifted{visitor, first};
    part.walk(shifted);
  } else {
    visitor.region(Region{nullptr, 0, first});
  }
}

/// The first broken invariant of a part, null when it has none or cannot be checked.
template <Allocator A>
[[nodiscard]] const char* check_part(const A& part) noexcept {
  if constexpr (Checkable<A>) {
    return part.check();
  } else {
    return nullptr;
  }
}

}  // namespace heapatlas
