// One walk, flattened: every byte of the heap in exactly one span.
//
// Combinators nest: what a slab says of its pages lies within a used span of the allocator that it
// got them from. Here the innermost word counts. What is left of a used span around a region that
// refines it serves nobody, and is padding. Address space at the end of a region that has no memory
// behind it is counted as reserved, and is no part of the region.
//
// The law is checked on the way: each region is tiled, and two regions lie apart or one of them in
// one used span of the other. Allocates nothing. Cost: some 10 ns a span, and n log n for the n
// regions.
#pragma once

#include <cstdint>
#include <span>

#include "core/alloc/span.hpp"
#include "core/replay/history.hpp"
#include "core/replay/scratch_array.hpp"
#include "core/replay/tiling.hpp"
#include "core/replay/violation.hpp"

namespace heapatlas::replay {

/// Holds the latest walk. One thread.
class WalkedHeap {
 public:
  /// A visitor for one walk; take() it when the walk is over.
  class Visitor {
   public:
    void region(const Region& region) noexcept {
      tiling_.region(region);
      heap_.regions_.push_back({address(region.address), region.size, region.node,
                                static_cast<std::uint32_t>(heap_.raw_.size()), 0});
    }
    void span(const Span& span) noexcept {
      tiling_.span(span);
      heap_.raw_.push_back({address(span.address), span.size,
                            static_cast<report::SpanKind>(span.kind), span.node, span.blocks,
                            span.requested});
      if (!heap_.regions_.empty()) ++heap_.regions_[heap_.regions_.size() - 1].spans;
    }

   private:
    friend class WalkedHeap;
    Visitor(WalkedHeap& heap, std::uint64_t at, Violation& violation) noexcept
        : heap_{heap}, tiling_{at, violation} {}
    static std::uint64_t address(const std::byte* ptr) noexcept {
      return reinterpret_cast<std::uintptr_t>(ptr);
    }
    WalkedHeap& heap_;
    Tiling tiling_;
  };

  /// Walks an allocator that can. The violation is set when the walk breaks the law; then there is
  /// nothing to be had from it. `at`: the operation that a fault is put down to.
  template <class A>
  void take(const A& allocator, std::uint64_t at, Violation& violation) noexcept {
    clear();
    Visitor visitor(*this, at, violation);
    allocator.walk(visitor);
    visitor.tiling_.finish();
    if (!violation.found) flatten(at, violation);
    if (!violation.found && overflowed()) violation.set(at, "its walk has more spans than memory");
  }

  /// Ascending, apart.
  [[nodiscard]] std::span<const report::WalkedSpan> spans() const noexcept { return flat_.span(); }
  /// The outermost regions, ascending.
  [[nodiscard]] std::span<const SeenRegion> regions() const noexcept { return outermost_.span(); }
  [[nodiscard]] const WalkFigures& figures() const noexcept { return figures_; }
  /// How much the walk said: what it costs.
  [[nodiscard]] std::size_t size() const noexcept { return raw_.size() + regions_.size(); }

 private:
  struct RawRegion {
    std::uint64_t address;
    std::uint64_t size;
    std::uint32_t node;
    std::uint32_t first;  ///< of its spans in raw_
    std::uint32_t spans;

    [[nodiscard]] std::uint64_t end() const noexcept { return address + size; }
  };

  void clear() noexcept;
  void flatten(std::uint64_t at, Violation& violation) noexcept;
  std::size_t flatten_region(std::size_t index, std::uint64_t at, Violation& violation) noexcept;
  void add(const report::WalkedSpan& span) noexcept;
  [[nodiscard]] bool overflowed() const noexcept {
    return raw_.overflowed() || regions_.overflowed() || flat_.overflowed() ||
           outermost_.overflowed();
  }

  ScratchArray<report::WalkedSpan> raw_;
  ScratchArray<RawRegion> regions_{std::size_t{1} << 24};
  ScratchArray<report::WalkedSpan> flat_;
  ScratchArray<SeenRegion> outermost_{std::size_t{1} << 24};
  WalkFigures figures_;
};

}  // namespace heapatlas::replay
