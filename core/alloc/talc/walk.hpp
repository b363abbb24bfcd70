// Walking talc's heaps: every tag is metadata, every gap free, every cached chunk cached.
#pragma once

#include <cstddef>

#include "core/alloc/span.hpp"
#include "core/alloc/talc/heap.hpp"

namespace heapatlas::talc {

/// Reports one region; rest: what lies between the heap's end and its region's.
template <class Chunk, HeapVisitor V>
void walk_heap(const Heap& heap, SpanKind rest, V& visitor) {
  const auto say = [&visitor](const std::byte* from, const std::byte* to, SpanKind kind) {
    if (from == to) return;
    const std::size_t blocks = kind == SpanKind::used ? 1 : 0;
    visitor.span(Span{from, static_cast<std::size_t>(to - from), kind, blocks, 0, 0});
  };
  const std::byte* const base = heap.base();
  const SourceRegion region = heap.region ? heap.region
                                          : SourceRegion{const_cast<std::byte*>(base),
                                                         static_cast<std::size_t>(heap.end - base)};
  visitor.region(Region{region.ptr, region.size, 0});
  say(region.ptr, base, SpanKind::padding);

  const std::byte* p = Heaps<Chunk>::first(heap);
  const std::byte* metadata = base;  // begins a run of it that ends before p
  for (; p != heap.end; p += Chunk::size_of(Chunk::tag(p))) {
    const std::byte* const above = p + Chunk::size_of(Chunk::tag(p));
    switch (Chunk::state_of(Chunk::tag(p))) {
      case ChunkState::used:
        say(metadata, p, SpanKind::metadata);
        say(p, above - Chunk::tag_size, SpanKind::used);
        break;
      case ChunkState::cached:
      case ChunkState::gap:
      case ChunkState::end: {
        const bool gap = Chunk::is_gap(Chunk::tag(p));
        say(metadata, p - Chunk::tag_size, SpanKind::metadata);
        say(p - Chunk::tag_size, above - Chunk::tag_size, gap ? SpanKind::free : SpanKind::cached);
        break;
      }
    }
    metadata = above - Chunk::tag_size;
  }
  say(metadata, heap.end, SpanKind::metadata);
  say(heap.end, region.ptr + region.size, rest);
}

}  // namespace heapatlas::talc
