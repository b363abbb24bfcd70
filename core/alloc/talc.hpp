// talc: a general allocator with boundary tags, binned gaps and quick lists, over any source.
//
// A block's chunk holds a tag and the block, rounded up to the unit (talc/chunk.hpp). A small
// request first takes a cached chunk of its size (talc/quick.hpp), else, like every other, the
// front of a gap: the last one that was put in the first bin whose every gap is large enough
// (talc/bins.hpp). A freed chunk is cached if small, else joined with the gaps around it. Heaps
// (talc/heap.hpp) are claimed by hand or come from the source when nothing else is left; an empty
// heap goes back to its source, but for one that is kept; the top of a heap whose source commits
// memory is decommitted when it falls free.
//
// Cost: allocate and deallocate are O(1), but for requests that empty the quick lists, ask the
// source, or look for a large alignment in a crowded heap; each chunk that is emptied out of a
// quick list was freed since the last time. `owns` is O(heaps). With 16-byte units a block costs
// 4 bytes and its rounding, a heap 48 bytes; the object itself about 3 KiB.
//
// Heaps claimed by hand belong to the caller, who must not free their memory before the allocator
// is gone or `truncate` gave it back. Regions of the source go back when the allocator is
// destroyed, its live blocks with them.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "core/alloc/arithmetic.hpp"
#include "core/alloc/concepts.hpp"
#include "core/alloc/misuse.hpp"
#include "core/alloc/source.hpp"
#include "core/alloc/talc/binning.hpp"
#include "core/alloc/talc/check.hpp"
#include "core/alloc/talc/counters.hpp"
#include "core/alloc/talc/options.hpp"
#include "core/alloc/talc/quick.hpp"
#include "core/alloc/talc/space.hpp"
#include "core/alloc/talc/supply.hpp"
#include "core/alloc/talc/walk.hpp"

namespace heapatlas {

template <Source S, talc::Binning B = talc::FineBinning, class O = talc::Options>
class Talc {
  using Chunk = typename O::Chunk;
  using Space = talc::Space<Chunk, B>;
  using Quick = talc::QuickLists<Chunk>;
  using HeapOf = typename Space::HeapOf;
  using Supply = talc::Supply<S, Space>;
  static constexpr bool resizes = O::grow_in_place || O::shrink_in_place;
  static constexpr bool has_parent = requires(S & s) { s.parent(); };

 public:
  static constexpr Threads threads = Threads::one;
  static constexpr NodeId node_count = 1 + talc::parent_nodes<S>;
  /// The largest block that may be granted.
  static constexpr std::size_t max_block = Chunk::max_payload - Space::HeapOf::header;
  /// The smallest region, at a multiple of `min_alignment()`, that claim makes a heap of.
  static constexpr std::size_t min_heap_size = Space::HeapOf::min_size;

  /// The source is built in place from args.
  template <class... Args>
  explicit constexpr Talc(Args&&... args) noexcept : supply_(static_cast<Args&&>(args)...) {}
  Talc(const Talc&) = delete;
  Talc& operator=(const Talc&) = delete;
  ~Talc() { supply_.release_all(space_); }

  [[nodiscard]] constexpr S& source() noexcept { return supply_.source(); }
  [[nodiscard]] constexpr const S& source() const noexcept { return supply_.source(); }

  [[nodiscard]] static constexpr std::size_t min_alignment() noexcept { return Chunk::unit; }
  [[nodiscard]] static constexpr std::size_t max_alignment() noexcept {
    return std::bit_floor(Chunk::max_size);
  }

  [[nodiscard]] Block allocate(Layout layout) noexcept {
    require_valid(layout, name, nullptr);
    if (caches && layout.size <= Chunk::payload_of(Quick::max_chunk)) {
      const std::size_t size = Chunk::size_for(layout.size);
      if (std::byte* const p = quick_.pop(size, layout.align)) return granted(p, size, layout.size);
    }
    return allocate_from_gaps(layout);
  }

  void deallocate(std::byte* ptr, Layout layout) noexcept {
    check_block(ptr, layout);
    const std::size_t size = Chunk::size_for(layout.size);
    if constexpr (O::counters) live_.remove(layout.size);
    if (caches && size <= Quick::max_chunk) {
      quick_.push(ptr, size);
      if (quick_.bytes() > O::cache_limit) [[unlikely]]
        relieve(size);
      return;
    }
    give(ptr, size);
  }

  /// Frees a block whose layout the caller does not know.
  void deallocate(std::byte* ptr) noexcept requires(!O::counters) {
    if constexpr (checked) require(owns(ptr), name, ptr, foreign);
    deallocate(ptr, Layout{usable_size(ptr), 1});
  }
  [[nodiscard]] static std::size_t usable_size(const std::byte* ptr) noexcept {
    return Chunk::payload_of(Chunk::size_of(Chunk::tag(ptr)));
  }

  /// O(1). The block keeps its chunk, or takes what it needs of the gap above.
  [[nodiscard]] Block grow(std::byte* ptr, Layout old, std::size_t new_size) noexcept
      requires(resizes) {
    check_block(ptr, old);
    require(new_size >= old.size, name, ptr, "a block grows to at least its size");
    if (new_size > max_block) return {};
    const std::size_t old_chunk = Chunk::size_for(old.size);
    const std::size_t new_chunk = Chunk::size_for(new_size);
    if (new_chunk != old_chunk) {
      if (!O::grow_in_place || !space_.grow(ptr, old_chunk, new_chunk)) return {};
    }
    if constexpr (O::counters) live_.resize(old.size, new_size);
    return {ptr, Chunk::payload_of(new_chunk)};
  }

  /// O(1). What the block has too much becomes a gap.
  [[nodiscard]] Block shrink(std::byte* ptr, Layout old, std::size_t new_size) noexcept
      requires(resizes) {
    check_block(ptr, old);
    require(new_size >= 1 && new_size <= old.size, name, ptr, "a block shrinks to 1 or more bytes");
    const std::size_t old_chunk = Chunk::size_for(old.size);
    const std::size_t new_chunk = Chunk::size_for(new_size);
    if (new_chunk != old_chunk) {
      if (!O::shrink_in_place) return {};
      space_.shrink(ptr, old_chunk, new_chunk);
    }
    if constexpr (O::counters) live_.resize(old.size, new_size);
    return {ptr, Chunk::payload_of(new_chunk)};
  }

  /// True when ptr lies in one of its heaps. O(heaps).
  [[nodiscard]] bool owns(const std::byte* ptr) const noexcept {
    return space_.heaps().holding(ptr) != nullptr;
  }

  /// Every block is gone; the heaps stay.
  void reset() noexcept {
    quick_.clear();
    space_.reset();
    live_.clear();
  }

  /// Makes gaps of all cached chunks, and gives the source what can be given back.
  [[gnu::noinline]] void flush() noexcept {
    quick_.drain([this](std::byte* p, std::size_t size) { give(p, size); });
  }

  // Heaps by hand. A heap is named by its end, which claim, extend, truncate and resize return.
  // Those that came from the source are not to be touched.

  /// Makes a heap of [region, region + size) and returns its end: the region is used from the
  /// first multiple of the unit to the last, up to 4 GiB with 4-byte tags (claim the rest as
  /// another heap). Null, and nothing is changed, when the region is null, wraps, is too small or
  /// overlaps a heap. Heaps that touch are not merged.
  std::byte* claim(std::byte* region, std::size_t size) noexcept {
    talc::Heap* const heap = space_.claim(region, size, {});
    return heap == nullptr ? nullptr : heap->end;
  }

  struct Reserved {
    std::byte* up_to;  ///< truncate stops here: the heap's last block lies below
    bool any;          ///< false: the heap has no blocks, and can be truncated to nothing
  };
  /// How much of a heap is in use. Cached chunks are given up first.
  [[nodiscard]] Reserved reserved(std::byte* heap_end) noexcept {
    talc::Heap& heap = heap_by_hand(heap_end);
    flush();
    return {Space::top(heap), !HeapOf::empty(heap)};
  }

  /// Moves a heap's end up to new_end: the memory up to there is the allocator's from now on.
  /// Returns the heap's end, which is the old one when new_end lies below, or another heap does.
  std::byte* extend(std::byte* heap_end, std::byte* new_end) noexcept {
    talc::Heap& heap = heap_by_hand(heap_end);
    space_.extend(heap, new_end);
    return heap.end;
  }

  /// Moves a heap's end down to new_end, but never below what is reserved. Returns the heap's
  /// end; null when the heap has no blocks and would be too small for one: then it is gone, and
  /// all its memory is the caller's.
  std::byte* truncate(std::byte* heap_end, std::byte* new_end) noexcept {
    talc::Heap& heap = heap_by_hand(heap_end);
    flush();
    const std::uintptr_t base = address_of(heap.base());
    const std::uintptr_t wanted = round_down(address_of(new_end), Chunk::unit);
    if (wanted >= address_of(heap.end)) return heap.end;
    if (HeapOf::empty(heap) && wanted < base + min_heap_size) {
      space_.remove(heap);
      return nullptr;
    }
    std::byte* const top = Space::top(heap);
    std::byte* const end = wanted < address_of(top) ? top : heap.base() + (wanted - base);
    if (end != heap.end) space_.truncate(heap, end);
    return heap.end;
  }

  /// extend or truncate, whichever new_end asks for.
  std::byte* resize(std::byte* heap_end, std::byte* new_end) noexcept {
    return address_of(new_end) > address_of(heap_end) ? extend(heap_end, new_end)
                                                      : truncate(heap_end, new_end);
  }

  /// Its heaps, then its source's parent.
  template <HeapVisitor V>
  void walk(V& visitor) const {
    for (const auto* heap = space_.heaps().newest(); heap != nullptr; heap = heap->next) {
      talc::walk_heap<Chunk>(*heap, CommittingSource<S> ? SpanKind::reserved : SpanKind::padding,
                             visitor);
    }
    if constexpr (has_parent) walk_part(source().parent(), visitor, 1);
  }

  /// O(heap).
  [[nodiscard]] const char* check() const noexcept {
    if (const char* broken = talc::check(space_, quick_)) return broken;
    if constexpr (has_parent) return check_part(source().parent());
    return nullptr;
  }

  /// O(gaps).
  [[nodiscard]] talc::Counters counters() const noexcept requires(O::counters) {
    return talc::count(live_, space_, quick_);
  }

 private:
  static constexpr bool caches = O::cache_limit > 0;
  static constexpr const char* name = "talc";
  static constexpr const char* foreign = "a block is freed to the allocator that granted it";

  [[gnu::noinline]] Block allocate_from_gaps(Layout layout) noexcept {
    if (layout.size > max_block || layout.align > max_alignment()) return {};
    const std::size_t size = Chunk::size_for(layout.size);
    std::byte* p = space_.take(size, layout.align, talc::Effort::gaps_as_large);
    if (p == nullptr && quick_.bytes() > 0) {
      flush();
      p = space_.take(size, layout.align, talc::Effort::gaps_as_large);
    }
    if (p == nullptr && supply_.expand(space_, size, layout.align))
      p = space_.take(size, layout.align, talc::Effort::gaps_as_large);
    if (p == nullptr && layout.align > Chunk::unit)
      p = space_.take(size, layout.align, talc::Effort::every_gap);
    return p == nullptr ? Block{} : granted(p, size, layout.size);
  }

  /// Caches less: empties the list that grew last. When that had not much the others are stale,
  /// and go too.
  [[gnu::noinline]] void relieve(std::size_t size) noexcept {
    quick_.drain_list(size, [this](std::byte* p, std::size_t chunk) { give(p, chunk); });
    if (quick_.bytes() > O::cache_limit - O::cache_limit / 8) flush();
  }

  Block granted(std::byte* p, std::size_t chunk_size, std::size_t requested) noexcept {
    if constexpr (O::counters) live_.add(requested);
    return {p, Chunk::payload_of(chunk_size)};
  }

  void give(std::byte* p, std::size_t size) noexcept {
    supply_.settle(space_, space_.give(p, size));
  }

  talc::Heap& heap_by_hand(std::byte* end) noexcept {
    talc::Heap& heap = HeapOf::of_end(end);
    require(heap.end == end && !heap.region, name, end, "a heap is named by the end claim gave");
    return heap;
  }

  /// Checked builds: stops unless ptr is a live block of this layout.
  void check_block([[maybe_unused]] const std::byte* ptr,
                   [[maybe_unused]] Layout layout) const noexcept {
    if constexpr (checked) {
      require_valid(layout, name, ptr);
      require(owns(ptr), name, ptr, foreign);
      require(is_aligned(address_of(ptr), Chunk::unit) && is_aligned(address_of(ptr), layout.align),
              name, ptr, "a block is freed by the address and alignment it was granted with");
      const auto state = Chunk::state_of(Chunk::tag(ptr));
      require(state == talc::ChunkState::used, name, ptr, "a block is freed once");
      require(layout.size <= max_block &&
                  Chunk::size_for(layout.size) == Chunk::size_of(Chunk::tag(ptr)),
              name, ptr, "a block is freed with the size last requested");
    }
  }

  Quick quick_;
  Space space_;
  Supply supply_;
  talc::Live live_;
};

}  // namespace heapatlas
