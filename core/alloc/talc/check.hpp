// Every invariant of talc's heaps, bins and quick lists, restated. O(heap).
#pragma once

#include <cstddef>

#include "core/alloc/talc/quick.hpp"
#include "core/alloc/talc/space.hpp"

namespace heapatlas::talc {

/// What a scan of the heaps finds, to compare with what the lists hold.
struct Census {
  std::size_t gaps = 0;
  std::size_t gap_bytes = 0;
  std::size_t cached = 0;
  std::size_t cached_bytes = 0;
};

/// Scans one heap; null, or the rule that is broken.
template <class Chunk>
[[nodiscard]] const char* check_heap(const Heap& heap, Census& census) noexcept {
  using HeapOf = Heaps<Chunk>;
  if (!is_aligned(address_of(heap.base()), Chunk::unit) ||
      !is_aligned(address_of(heap.end), Chunk::unit))
    return "a heap begins and ends at multiples of the unit";
  if (HeapOf::size(heap) < HeapOf::min_size || HeapOf::size(heap) > Chunk::max_size)
    return "a heap holds at least a chunk, and not more than a tag can tell";
  if (heap.region &&
      (heap.base() < heap.region.ptr || heap.end > heap.region.ptr + heap.region.size))
    return "a heap lies in its region";

  std::size_t gap_below = 0;
  const std::byte* p = HeapOf::first(heap);
  for (;;) {
    const auto tag = Chunk::tag(p);
    const bool says_gap = (tag & Chunk::below_is_gap) != 0;
    if (says_gap != (gap_below != 0)) return "a tag tells whether its lower neighbour is a gap";
    if (says_gap && Chunk::size_below(p, tag) != gap_below)
      return "the size below a tag is that of the gap there";
    const bool says_unit = (tag & Chunk::below_mask & ~Chunk::below_is_gap) != 0;
    if (Chunk::packs_unit_gaps && says_unit != (gap_below == Chunk::unit))
      return "a tag tells whether its lower neighbour is a gap of one unit";
    if (p == heap.end) break;

    const std::size_t size = Chunk::size_of(tag);
    if (size < Chunk::unit || size > static_cast<std::size_t>(heap.end - p))
      return "chunks tile the heap";
    const ChunkState state = Chunk::state_of(tag);
    if (state == ChunkState::end) return "only the end of a heap is tagged so";
    if (state == ChunkState::gap) {
      if (gap_below != 0) return "two gaps never touch";
      census.gaps += 1;
      census.gap_bytes += size;
    }
    if (state == ChunkState::cached) {
      census.cached += 1;
      census.cached_bytes += size;
    }
    gap_below = state == ChunkState::gap ? size : 0;
    p += size;
  }
  if (!Chunk::is_end(Chunk::tag(heap.end)) ||
      Chunk::size_of(Chunk::tag(heap.end)) != HeapOf::size(heap))
    return "the end tag tells the heap's size";
  return nullptr;
}

/// Each gap is in its bin, linked both ways, and every binned gap was found in a heap.
template <class Space>
[[nodiscard]] const char* check_bins(const Space& space, const Census& census) noexcept {
  using Chunk = typename Space::Chunk;
  using Gaps = typename Space::Gaps;
  if (const char* broken = space.bins().check()) return broken;
  Census found;
  for (unsigned bin = 0; bin < Gaps::count; ++bin) {
    const std::byte* before = nullptr;
    for (const std::byte* p = space.bins().head(bin); p != nullptr; p = Gaps::next(p, bin)) {
      if (space.heaps().holding(p) == nullptr) return "a binned gap lies in a heap";
      const auto tag = Chunk::tag(p);
      if (!Chunk::is_gap(tag)) return "what is binned is a gap";
      if (Gaps::bin_of(Chunk::size_of(tag)) != bin) return "a gap is in the bin of its size";
      if (Gaps::previous(p, bin) != before) return "a bin is linked both ways";
      found.gaps += 1;
      found.gap_bytes += Chunk::size_of(tag);
      if (found.gaps > census.gaps) return "a gap is binned once";
      before = p;
    }
  }
  return found.gaps == census.gaps && found.gap_bytes == census.gap_bytes ? nullptr
                                                                          : "every gap is binned";
}

template <class Space, class Quick>
[[nodiscard]] const char* check_quick(const Space& space, const Quick& quick,
                                      const Census& census) noexcept {
  using Chunk = typename Space::Chunk;
  Census found;
  for (std::size_t list = 0; list < Quick::count; ++list) {
    for (const std::byte* p = quick.head(list); p != nullptr; p = Quick::next(p)) {
      if (space.heaps().holding(p) == nullptr) return "a cached chunk lies in a heap";
      const auto tag = Chunk::tag(p);
      if (Chunk::state_of(tag) != ChunkState::cached) return "what a quick list holds is cached";
      if (Chunk::size_of(tag) != (list + 1) * Chunk::unit)
        return "a cached chunk is in the list of its size";
      found.cached += 1;
      found.cached_bytes += Chunk::size_of(tag);
      if (found.cached > census.cached) return "a chunk is cached once";
    }
  }
  if (found.cached != census.cached) return "every cached chunk is in a quick list";
  return found.cached_bytes == quick.bytes() ? nullptr : "the quick lists know what they hold";
}

/// The first broken invariant; null when there is none.
template <class Space, class Quick>
[[nodiscard]] const char* check(const Space& space, const Quick& quick) noexcept {
  Census census;
  for (const Heap* heap = space.heaps().newest(); heap != nullptr; heap = heap->next) {
    if (space.heaps().overlaps(heap->base(), Space::HeapOf::size(*heap), heap))
      return "heaps never overlap";
    if (const char* broken = check_heap<typename Space::Chunk>(*heap, census)) return broken;
  }
  if (const char* broken = check_bins(space, census)) return broken;
  return check_quick(space, quick, census);
}

}  // namespace heapatlas::talc
