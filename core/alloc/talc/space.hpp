// talc's chunks and gaps: taking a chunk out of the gaps, and giving it back.
//
// Invariants: chunks tile each heap; a chunk's tag tells its own size and state, and whether its
// lower neighbour is a gap; two gaps never touch; each gap is in the bin of its size, once.
//
// Cost: take is O(1) for alignments up to the unit, but for a last look through one bin when no
// larger one has a gap; give, grow and shrink are O(1).
#pragma once

#include <cstddef>

#include "core/alloc/arithmetic.hpp"
#include "core/alloc/misuse.hpp"
#include "core/alloc/talc/bins.hpp"
#include "core/alloc/talc/chunk.hpp"
#include "core/alloc/talc/heap.hpp"

namespace heapatlas::talc {

/// How hard take looks for a chunk of larger alignment than the unit.
enum class Effort : unsigned char {
  gaps_as_large,  ///< gaps that are at least as large as the alignment
  every_gap,
};

template <class ChunkLayout, Binning B>
class Space {
 public:
  using Chunk = ChunkLayout;
  using HeapOf = Heaps<Chunk>;
  using Gaps = Bins<Chunk, B>;

  /// A chunk of `size` bytes whose payload is a multiple of align, its tag written; null when no
  /// gap holds one.
  [[nodiscard]] std::byte* take(std::size_t size, std::size_t align, Effort effort) noexcept {
    if (align > Chunk::unit) return take_aligned(size, align, effort);
    std::byte* const gap = find(size);
    if (gap != nullptr) take_front(gap, Chunk::size_of(Chunk::tag(gap)), size);
    return gap;
  }

  /// Makes a used or cached chunk a gap, joined with the gaps around it, which is returned.
  std::byte* give(std::byte* p, std::size_t size) noexcept {
    const auto tag = Chunk::tag(p);
    size += absorb_above(p + size);
    if ((tag & Chunk::below_is_gap) != 0) {
      const std::size_t below = Chunk::size_below(p, tag);
      if constexpr (checked) Chunk::set_tag(p, 0);  // so that a second free meets no block
      p -= below;
      bins_.remove(p, below);
      size += below;
    }
    add_gap(p, size);
    return p;
  }

  /// Enlarges a used chunk by part of the gap above it; false when that has not so much.
  [[nodiscard]] bool grow(std::byte* p, std::size_t old_size, std::size_t new_size) noexcept {
    std::byte* const above = p + old_size;
    const auto tag = Chunk::tag(above);
    const std::size_t room = Chunk::size_of(tag);
    if (!Chunk::is_gap(tag) || room < new_size - old_size) return false;
    take_front(above, room, new_size - old_size);
    if constexpr (checked) Chunk::set_tag(above, 0);
    resize_tag(p, new_size);
    return true;
  }

  /// Makes a gap of a used chunk's end; new_size < old_size.
  void shrink(std::byte* p, std::size_t old_size, std::size_t new_size) noexcept {
    resize_tag(p, new_size);
    const std::size_t above = absorb_above(p + old_size);
    add_gap(p + new_size, old_size - new_size + above);
  }

  // Heaps.

  /// Makes a heap of a region, one gap; its end, or null when the region cannot be used.
  [[nodiscard]] Heap* claim(std::byte* region, std::size_t size, SourceRegion source) noexcept {
    const Block memory = HeapOf::usable(region, size);
    if (!memory || heaps_.overlaps(memory.ptr, memory.size, nullptr)) return nullptr;
    Heap& heap = heaps_.add(memory, source);
    add_gap(HeapOf::first(heap), HeapOf::capacity(heap));
    return &heap;
  }

  /// Moves a heap's end up, as far as `end` allows (at most the largest heap): the memory up to
  /// there is the caller's to give. Unchanged when it is no unit, wraps or is another heap's.
  void extend(Heap& heap, std::byte* end) noexcept {
    std::byte* const old_end = heap.end;
    std::size_t more = address_of(end) < address_of(old_end)
                           ? 0
                           : round_down(static_cast<std::size_t>(end - old_end), Chunk::unit);
    const std::size_t room = Chunk::max_size - HeapOf::size(heap);
    if (more > room) more = room;
    if (more == 0 || !Chunk::addressable(old_end + more)) return;
    if (heaps_.overlaps(old_end, more, &heap)) return;
    const auto below = static_cast<typename Chunk::Word>(Chunk::tag(old_end) & Chunk::below_mask);
    Chunk::set_tag(old_end,
                   static_cast<typename Chunk::Word>(Chunk::word(more, ChunkState::used) | below));
    heaps_.move_end(heap, old_end + more);
    give(old_end, more);
  }

  /// The gap that ends at a heap's end: its name, or the end itself when there is none.
  [[nodiscard]] static std::byte* top(const Heap& heap) noexcept {
    const auto tag = Chunk::tag(heap.end);
    return (tag & Chunk::below_is_gap) == 0 ? heap.end
                                            : heap.end - Chunk::size_below(heap.end, tag);
  }

  /// Moves a heap's end down to `end`, a multiple of the unit, top <= end < heap.end; a heap must
  /// keep one chunk.
  void truncate(Heap& heap, std::byte* end) noexcept {
    std::byte* const gap = top(heap);
    bins_.remove(gap, static_cast<std::size_t>(heap.end - gap));
    heaps_.move_end(heap, end);
    if (end != gap) add_gap(gap, static_cast<std::size_t>(end - gap));
  }

  /// Forgets an empty heap; its memory is the caller's again.
  void remove(Heap& heap) noexcept {
    bins_.remove(HeapOf::first(heap), HeapOf::capacity(heap));
    heaps_.remove(heap);
  }

  /// Makes each heap one gap.
  void reset() noexcept {
    bins_.clear();
    for (Heap* heap = heaps_.newest(); heap != nullptr; heap = heap->next) {
      heaps_.move_end(*heap, heap->end);
      add_gap(HeapOf::first(*heap), HeapOf::capacity(*heap));
    }
  }

  [[nodiscard]] const HeapOf& heaps() const noexcept { return heaps_; }
  [[nodiscard]] const Gaps& bins() const noexcept { return bins_; }

 private:
  void add_gap(std::byte* p, std::size_t size) noexcept {
    Chunk::make_gap(p, size);
    bins_.insert(p, size);
  }

  /// Unbins the chunk at p if it is a gap: its size, else 0.
  std::size_t absorb_above(std::byte* p) noexcept {
    const auto tag = Chunk::tag(p);
    if (!Chunk::is_gap(tag)) return 0;
    const std::size_t size = Chunk::size_of(tag);
    bins_.remove(p, size);
    return size;
  }

  static void resize_tag(std::byte* p, std::size_t size) noexcept {
    const auto below = static_cast<typename Chunk::Word>(Chunk::tag(p) & Chunk::below_mask);
    Chunk::set_tag(p,
                   static_cast<typename Chunk::Word>(Chunk::word(size, ChunkState::used) | below));
  }

  /// Makes the front of a gap a used chunk; what is left stays a gap.
  void take_front(std::byte* gap, std::size_t gap_size, std::size_t size) noexcept {
    const std::size_t rest = gap_size - size;
    if (rest == 0) {
      bins_.remove(gap, gap_size);
      Chunk::clear_below(gap + size);
    } else if (const unsigned bin = Gaps::bin_of(gap_size); bin == Gaps::bin_of(rest)) {
      bins_.replace(gap, gap + size, bin);
      Chunk::make_gap(gap + size, rest);
    } else {
      bins_.remove(gap, gap_size);
      add_gap(gap + size, rest);
    }
    Chunk::set_tag(gap, Chunk::word(size, ChunkState::used));
  }

  /// A gap of at least size bytes; null when there is none.
  [[nodiscard]] std::byte* find(std::size_t size) const noexcept {
    const unsigned bin = bins_.next_bin(Gaps::search_from(size));
    if (bin < Gaps::count) return bins_.head(bin);
    return search(Gaps::bin_of(size), Gaps::search_from(size), size, 1);
  }

  [[nodiscard]] static bool holds(std::byte* gap, std::size_t size, std::size_t align) noexcept {
    const std::size_t front = gap_to_alignment(address_of(gap), align);
    const std::size_t room = Chunk::size_of(Chunk::tag(gap));
    return front <= room && room - front >= size;
  }

  /// The first gap of bins [from, to) that holds an aligned chunk; null when there is none.
  [[nodiscard]] std::byte* search(unsigned from, unsigned to, std::size_t size,
                                  std::size_t align) const noexcept {
    for (unsigned bin = bins_.next_bin(from); bin < to; bin = bins_.next_bin(bin + 1)) {
      for (std::byte* gap = bins_.head(bin); gap != nullptr; gap = Gaps::next(gap, bin)) {
        if (holds(gap, size, align)) return gap;
      }
    }
    return nullptr;
  }

  /// A gap that holds a chunk of larger alignment than the unit. First the heads of a few bins,
  /// which may happen to lie well; then gaps that are large enough wherever they lie; then, one
  /// by one, the smaller ones.
  [[nodiscard]] std::byte* find_aligned(std::size_t size, std::size_t align,
                                        Effort effort) const noexcept {
    unsigned bin = bins_.next_bin(Gaps::bin_of(size));
    for (int probes = 0; probes < 4 && bin < Gaps::count; ++probes) {
      if (holds(bins_.head(bin), size, align)) return bins_.head(bin);
      bin = bins_.next_bin(bin + 1);
    }
    const std::size_t sure = (CheckedSize{size} + (align - Chunk::unit)).saturated();
    unsigned to = Gaps::count;
    if (sure <= Chunk::max_size) {
      to = Gaps::search_from(sure);
      const unsigned large = bins_.next_bin(to);
      if (large < Gaps::count) return bins_.head(large);
    }
    const std::size_t least = effort == Effort::every_gap || align < size ? size : align;
    return least <= Chunk::max_size ? search(Gaps::bin_of(least), to, size, align) : nullptr;
  }

  [[nodiscard]] std::byte* take_aligned(std::size_t size, std::size_t align,
                                        Effort effort) noexcept {
    std::byte* const gap = find_aligned(size, align, effort);
    if (gap == nullptr) return nullptr;
    const std::size_t room = Chunk::size_of(Chunk::tag(gap));
    const std::size_t front = gap_to_alignment(address_of(gap), align);
    if (front == 0) {
      take_front(gap, room, size);
      return gap;
    }
    std::byte* const p = gap + front;
    const std::size_t rest = room - front - size;
    bins_.remove(gap, room);
    Chunk::set_tag(p, Chunk::word(size, ChunkState::used));
    add_gap(gap, front);  // tells p
    if (rest != 0) {
      add_gap(p + size, rest);
    } else {
      Chunk::clear_below(p + size);
    }
    return p;
  }

  Gaps bins_;
  HeapOf heaps_;
};

}  // namespace heapatlas::talc
