// Walking a heap: what an allocator says about every byte it manages.
//
// walk(visitor) reports regions, and within each region its spans. The law: the spans of a region
// ascend, never overlap, and tile it exactly. A region that lies inside a used span of another
// region of the same walk refines that span (a slab's page inside the block it got from its
// backing). An allocator that cannot say what it covers reports a region of size 0: opaque.
//
// Walking changes nothing and allocates nothing; nobody may use the allocator meanwhile.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

namespace heapatlas {

enum class SpanKind : unsigned char {
  used,      ///< live blocks, as granted
  free,      ///< can satisfy a request
  metadata,  ///< the allocator's own headers, tags and tables
  padding,   ///< lost to alignment; comes back when its neighbour is freed
  cached,    ///< freed, but kept for one purpose (a size class, a thread)
  reserved,  ///< address space without memory behind it
  opaque,    ///< unknown
};

/// Spans count nodes in preorder: a combinator is its own first node, then come its parts, left
/// to right. A leaf is node 0 of itself.
using NodeId = std::uint32_t;

struct Span {
  const std::byte* address = nullptr;
  std::size_t size = 0;  ///< bytes, >= 1
  SpanKind kind = SpanKind::opaque;
  std::size_t blocks = 0;     ///< live blocks in a used span; 0 = unknown
  std::size_t requested = 0;  ///< bytes asked for in a used span; 0 = unknown
  NodeId node = 0;            ///< which allocator of a chain says so

  [[nodiscard]] const std::byte* end() const noexcept { return address + size; }
};

struct Region {
  const std::byte* address = nullptr;
  std::size_t size = 0;  ///< bytes; 0 = opaque, the extent is unknown
  NodeId node = 0;
};

/// What a walk calls: region first, then each of its spans.
template <class V>
concept HeapVisitor = requires(V& visitor, const Region& region, const Span& span) {
  visitor.region(region);
  visitor.span(span);
};

/// Passes a part's walk on to a combinator's visitor, its nodes counted from `first`.
template <HeapVisitor V>
class ShiftedVisitor {
 public:
  ShiftedVisitor(V& visitor, NodeId first) noexcept : visitor_(visitor), first_(first) {}
  void region(Region region) {
    region.node += first_;
    visitor_.region(region);
  }
  void span(Span span) {
    span.node += first_;
    visitor_.span(span);
  }

 private:
  V& visitor_;
  NodeId first_;
};

}  // namespace heapatlas
