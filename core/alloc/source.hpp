// Sources: where an allocator gets the regions it hands out in parts.
//
// | expression              | gives        | meaning                                           |
// |-------------------------|--------------|---------------------------------------------------|
// | s.acquire(min, align)   | SourceRegion | >= min bytes at a multiple of align; empty when   |
// |                         |              | it has none (Source)                              |
// | s.release(region,align) | void         | gives it back, as acquired or extended            |
// |                         |              | (ReleasingSource)                                 |
// | s.extend(region, min)   | SourceRegion | the region made >= min bytes, same ptr; empty =   |
// |                         |              | unchanged (ExtendingSource)                       |
// | s.commit(ptr, size)     | bool         | makes a part usable (CommittingSource)            |
// | s.decommit(ptr, size)   | void         | takes its memory away, its bytes are lost         |
// | s.granularity()         | size         | what ptr and size of both are multiples of        |
// | s.step()                | size         | how much to commit at once, at least              |
// | s.region_size()         | size         | what a region measures unless min is larger; an   |
// |                         |              | empty region larger than it is not worth keeping  |
// |                         |              | (SizedSource)                                     |
//
// A region of a CommittingSource is address space: none of it is usable before it is committed.
// Any other region is usable at once. Regions of one source never overlap.
//
// Whoever calls a source trusts nothing: a success that adds no usable memory (a null, wrapping,
// overlapping or too small region) counts as failure and is never a reason to ask again.
// No thread-safety: a source belongs to its allocator.
#pragma once

#include <concepts>
#include <cstddef>

namespace heapatlas {

/// A region as its source gave it.
struct SourceRegion {
  std::byte* ptr = nullptr;
  std::size_t size = 0;  ///< bytes
  std::size_t note = 0;  ///< the source's own; comes back to it unread

  [[nodiscard]] explicit constexpr operator bool() const noexcept { return ptr != nullptr; }
};

template <class S>
concept Source = requires(S& s, std::size_t min, std::size_t align) {
  { s.acquire(min, align) }
  noexcept->std::same_as<SourceRegion>;
};

template <class S>
concept ReleasingSource = Source<S> && requires(S& s, SourceRegion region, std::size_t align) {
  { s.release(region, align) }
  noexcept->std::same_as<void>;
};

template <class S>
concept ExtendingSource = Source<S> && requires(S& s, SourceRegion region, std::size_t min) {
  { s.extend(region, min) }
  noexcept->std::same_as<SourceRegion>;
};

template <class S>
concept CommittingSource = Source<S> &&
    requires(S& s, const S& constant, std::byte* ptr, std::size_t size) {
  { s.commit(ptr, size) }
  noexcept->std::same_as<bool>;
  { s.decommit(ptr, size) }
  noexcept->std::same_as<void>;
  { constant.granularity() }
  noexcept->std::same_as<std::size_t>;
  { constant.step() }
  noexcept->std::same_as<std::size_t>;
};

template <class S>
concept SizedSource = Source<S> && requires(const S& s) {
  { s.region_size() }
  noexcept->std::same_as<std::size_t>;
};

}  // namespace heapatlas
