// talc's dealings with its source: when to ask for memory, when to give it back.
//
// Hysteresis: of the heaps that fall empty one is kept, unless it is twice as large as the
// source's usual region; the top of a committed heap is given back when more than sixteen steps
// and a quarter of the heap are free there, and half of that stays. What a trim gave back and the
// heap then asks for again adds twice its size to the sixteen steps, up to eight times as many: had
// that much stayed, nothing would have been asked for. Use that comes and goes pays for its page
// faults once.
#pragma once

#include <cstddef>

#include "core/alloc/arithmetic.hpp"
#include "core/alloc/concepts.hpp"
#include "core/alloc/source.hpp"
#include "core/alloc/talc/heap.hpp"

namespace heapatlas::talc {

/// How many nodes of a walk the allocator behind a source is.
template <class S>
inline constexpr NodeId parent_nodes = [] {
  if constexpr (requires { S::node_count; }) {
    return NodeId{S::node_count};
  } else {
    return NodeId{0};
  }
}();

template <Source S, class Space>
class Supply {
  using Chunk = typename Space::Chunk;
  using HeapOf = typename Space::HeapOf;
  static constexpr bool commits = CommittingSource<S>;

 public:
  template <class... Args>
  explicit constexpr Supply(Args&&... args) noexcept : source_(static_cast<Args&&>(args)...) {}

  [[nodiscard]] constexpr S& source() noexcept { return source_; }
  [[nodiscard]] constexpr const S& source() const noexcept { return source_; }

  /// Gets memory that a chunk of `size` bytes fits in at this alignment; false: there is none.
  /// The source is asked once to extend and once for a region.
  [[nodiscard]] bool expand(Space& space, std::size_t size, std::size_t align) noexcept {
    const std::size_t slack = align > Chunk::unit ? align - Chunk::unit : 0;
    const CheckedSize needed = CheckedSize{size} + slack;
    if (!needed.fits(Chunk::max_size - HeapOf::header)) return false;
    if constexpr (commits || ExtendingSource<S>) {
      Heap* const newest = space.heaps().newest();
      if (newest != nullptr && newest->region && extend(space, *newest, needed.saturated()))
        return true;
    }
    return acquire(space, needed.saturated());
  }

  /// Gives back what a new gap allows to.
  void settle(Space& space, const std::byte* gap) noexcept {
    if constexpr (commits || ReleasingSource<S>) {
      const std::byte* const above = gap + Chunk::size_of(Chunk::tag(gap));
      if (!Chunk::is_end(Chunk::tag(above))) return;
      Heap& heap = HeapOf::of_end(above);
      if (!heap.region) return;
      if constexpr (ReleasingSource<S>) {
        if (HeapOf::empty(heap) && !keep(heap)) return drop(space, heap);
      }
      if constexpr (commits) trim(space, heap);
    }
  }

  /// Gives every region back; the space is not used afterwards.
  void release_all([[maybe_unused]] Space& space) noexcept {
    if constexpr (ReleasingSource<S>) {
      for (Heap* heap = space.heaps().newest(); heap != nullptr;) {
        Heap* const after = heap->next;
        if (heap->region) source_.release(heap->region, Chunk::unit);
        heap = after;
      }
    }
  }

 private:
  /// True when the heap is the one empty heap to keep.
  bool keep(Heap& heap) noexcept requires ReleasingSource<S> {
    if constexpr (SizedSource<S>) {
      if (heap.region.size / 2 > source_.region_size()) return false;
    }
    if (spare_ != nullptr && spare_ != &heap && HeapOf::empty(*spare_)) return false;
    spare_ = &heap;
    return true;
  }

  void drop(Space& space, Heap& heap) noexcept requires ReleasingSource<S> {
    if (spare_ == &heap) spare_ = nullptr;
    const SourceRegion region = heap.region;
    space.remove(heap);
    source_.release(region, Chunk::unit);
  }

  bool extend(Space& space, Heap& heap, std::size_t needed) noexcept {
    const auto top = static_cast<std::size_t>(heap.end - Space::top(heap));
    const std::size_t missing = needed > top ? needed - top : Chunk::unit;
    const auto used = static_cast<std::size_t>(heap.end - heap.region.ptr);
    if constexpr (commits) {
      const std::size_t more = commitment(missing, heap.region.size - used);
      const std::size_t room = Chunk::max_size - HeapOf::size(heap);
      if (more == 0 || more > room || !source_.commit(heap.end, more)) return false;
      const std::size_t again = more < trimmed_ ? more : trimmed_;
      trimmed_ -= again;
      regretted_ += again;
      space.extend(heap, heap.end + more);
    } else {
      const CheckedSize wanted = CheckedSize{used} + missing;
      if (wanted.overflowed()) return false;
      const SourceRegion region = source_.extend(heap.region, wanted.saturated());
      if (region.ptr != heap.region.ptr || region.size < wanted.saturated()) return false;
      heap.region = region;
      space.extend(heap, region.ptr + region.size);
    }
    return static_cast<std::size_t>(heap.end - Space::top(heap)) >= needed;
  }

  bool acquire(Space& space, std::size_t needed) noexcept {
    const std::size_t least = needed + HeapOf::header;
    const SourceRegion region = source_.acquire(least, Chunk::unit);
    if (!region) return false;
    std::size_t usable = region.size;
    if constexpr (commits) {
      usable = is_aligned(address_of(region.ptr), source_.granularity())
                   ? commitment(least, region.size)
                   : 0;
      if (usable != 0 && !source_.commit(region.ptr, usable)) usable = 0;
    }
    Heap* const heap = space.claim(region.ptr, usable, region);
    if (heap != nullptr && HeapOf::capacity(*heap) >= needed) return true;
    if constexpr (ReleasingSource<S>) {
      if (heap != nullptr) {
        drop(space, *heap);
      } else if (!space.heaps().overlaps(region.ptr, region.size, nullptr)) {
        source_.release(region, Chunk::unit);
      }
    }
    return false;
  }

  /// How much to commit for `least` bytes when `room` are reserved; 0: they do not fit.
  [[nodiscard]] std::size_t commitment(std::size_t least, std::size_t room) const noexcept {
    const std::size_t page = source_.granularity();
    const std::size_t wanted = least > source_.step() ? least : source_.step();
    const std::size_t limit = round_down(room < Chunk::max_size ? room : Chunk::max_size, page);
    const std::size_t rounded = CheckedSize{wanted}.rounded_up(page).saturated();
    if (rounded <= limit) return rounded;
    return least <= limit ? limit : 0;
  }

  /// Decommits the free top of a heap when it is worth it.
  void trim(Space& space, Heap& heap) noexcept {
    const std::byte* const top = Space::top(heap);
    const std::size_t share = HeapOf::size(heap) / 4;
    const std::size_t patience = patience_now();
    const std::size_t enough = share > patience ? share : patience;
    const auto free = static_cast<std::size_t>(heap.end - top);
    if (free <= enough) return;
    const std::size_t used = static_cast<std::size_t>(top - heap.region.ptr) + enough / 2;
    const std::size_t kept = CheckedSize{used}.rounded_up(source_.granularity()).saturated();
    std::byte* const old_end = heap.end;
    std::byte* const new_end = heap.region.ptr + kept;
    if (new_end >= old_end) return;
    space.truncate(heap, new_end);
    const auto given = static_cast<std::size_t>(old_end - new_end);
    trimmed_ += given;
    source_.decommit(new_end, given);
  }

  /// Bytes that may be free at the top of a small heap before a trim.
  [[nodiscard]] std::size_t patience_now() const noexcept {
    const std::size_t least = min_patience * source_.step();
    const std::size_t most = max_patience * source_.step();
    return regretted_ < (most - least) / 2 ? least + 2 * regretted_ : most;
  }

  // In steps of the source.
  static constexpr std::size_t min_patience = 16;
  static constexpr std::size_t max_patience = 8 * min_patience;

  S source_;
  Heap* spare_ = nullptr;      // the heap that last fell empty and was kept
  std::size_t trimmed_ = 0;    // bytes that trims gave back and were not asked for again
  std::size_t regretted_ = 0;  // bytes that were
};

}  // namespace heapatlas::talc
