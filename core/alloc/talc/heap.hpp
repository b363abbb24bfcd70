// talc's heaps: the regions it tiles with chunks.
//
//     | Heap | tag chunk | tag chunk | ... | tag |
//     base        first                         end
//
// A heap begins with its description, at a multiple of the unit, and ends with the end tag, whose
// size is the heap's: so an end address leads to its heap. The heaps of an allocator form a
// list, newest first. Finding the heap of an address is O(heaps), and so is removing one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>

#include "core/alloc/layout.hpp"
#include "core/alloc/source.hpp"
#include "core/alloc/talc/chunk.hpp"

namespace heapatlas::talc {

struct Heap {
  Heap* next;
  std::byte* end;       ///< the name of the end tag; a multiple of the unit
  SourceRegion region;  ///< what the source gave; empty when claimed by hand

  [[nodiscard]] std::byte* base() noexcept { return reinterpret_cast<std::byte*>(this); }
  [[nodiscard]] const std::byte* base() const noexcept {
    return reinterpret_cast<const std::byte*>(this);
  }
};

template <class Chunk>
class Heaps {
 public:
  /// From a heap's base to its first chunk.
  static constexpr std::size_t header =
      round_down(sizeof(Heap) + Chunk::tag_size + (Chunk::unit - 1), Chunk::unit);
  /// The smallest heap: one chunk of one unit.
  static constexpr std::size_t min_size = header + Chunk::unit;

  [[nodiscard]] static std::byte* first(const Heap& heap) noexcept {
    return const_cast<std::byte*>(heap.base()) + header;
  }
  [[nodiscard]] static std::size_t size(const Heap& heap) noexcept {
    return static_cast<std::size_t>(heap.end - heap.base());
  }
  /// The bytes of its chunks.
  [[nodiscard]] static std::size_t capacity(const Heap& heap) noexcept {
    return size(heap) - header;
  }
  /// The heap that ends at end.
  [[nodiscard]] static Heap& of_end(const std::byte* end) noexcept {
    std::byte* const base = const_cast<std::byte*>(end) - Chunk::size_of(Chunk::tag(end));
    return *std::launder(reinterpret_cast<Heap*>(base));
  }
  /// True when one gap fills the heap.
  [[nodiscard]] static bool empty(const Heap& heap) noexcept {
    const auto tag = Chunk::tag(first(heap));
    return Chunk::is_gap(tag) && Chunk::size_of(tag) == capacity(heap);
  }

  /// The part of a region that a heap can use: empty when it is null, wraps, cannot be addressed
  /// or holds no smallest heap.
  [[nodiscard]] static Block usable(std::byte* region, std::size_t size) noexcept {
    const std::uintptr_t start = address_of(region);
    const std::uintptr_t last = start + (size - 1);
    if (region == nullptr || size == 0 || last < start || last == UINTPTR_MAX) return {};
    const std::size_t gap = gap_to_alignment(start, Chunk::unit);
    if (size < gap) return {};
    std::size_t length = round_down(size - gap, Chunk::unit);
    if (length > Chunk::max_size) length = Chunk::max_size;
    if (length < min_size) return {};
    if (!Chunk::addressable(region + gap) || !Chunk::addressable(region + gap + length)) return {};
    return {region + gap, length};
  }

  /// Makes a heap of usable memory; its end tag is written, its chunks are not.
  Heap& add(Block memory, SourceRegion region) noexcept {
    std::byte* const end = memory.ptr + memory.size;
    Heap* const heap = ::new (memory.ptr) Heap{newest_, end, region};
    newest_ = heap;
    ever_ += 1;
    ever_bytes_ += memory.size;
    Chunk::set_tag(end, Chunk::word(memory.size, ChunkState::end));
    return *heap;
  }
  void remove(const Heap& heap) noexcept {
    Heap** link = &newest_;
    while (*link != &heap) link = &(*link)->next;
    *link = heap.next;
  }
  /// Moves the end; the end tag is written anew.
  void move_end(Heap& heap, std::byte* end) noexcept {
    if (end > heap.end) ever_bytes_ += static_cast<std::size_t>(end - heap.end);
    heap.end = end;
    Chunk::set_tag(end, Chunk::word(size(heap), ChunkState::end));
  }

  [[nodiscard]] Heap* newest() const noexcept { return newest_; }
  /// How many heaps there ever were, and their bytes as they were claimed and extended.
  [[nodiscard]] std::size_t ever() const noexcept { return ever_; }
  [[nodiscard]] std::size_t ever_bytes() const noexcept { return ever_bytes_; }

  /// The heap whose chunks an address lies in; null when there is none.
  [[nodiscard]] const Heap* holding(const std::byte* address) const noexcept {
    for (const Heap* heap = newest_; heap != nullptr; heap = heap->next) {
      const auto offset = static_cast<std::size_t>(address_of(address) - address_of(heap->base()));
      if (offset < size(*heap)) return heap;
    }
    return nullptr;
  }
  /// True when [from, from + size) touches a heap other than `except`.
  [[nodiscard]] bool overlaps(const std::byte* from, std::size_t size,
                              const Heap* except) const noexcept {
    for (const Heap* heap = newest_; heap != nullptr; heap = heap->next) {
      if (heap != except && address_of(heap->base()) < address_of(from) + size &&
          address_of(from) < address_of(heap->end))
        return true;
    }
    return false;
  }

 private:
  Heap* newest_ = nullptr;
  std::size_t ever_ = 0;
  std::size_t ever_bytes_ = 0;
};

}  // namespace heapatlas::talc
