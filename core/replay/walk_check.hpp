// Checks what a walk says against the law of core/alloc/span.hpp and against the live blocks.
#pragma once

#include <cstdint>

#include "core/alloc/span.hpp"
#include "core/replay/live_map.hpp"
#include "core/replay/tiling.hpp"
#include "core/replay/violation.hpp"

namespace heapatlas::replay {

/// A visitor of one walk. Call finish at its end. Allocates nothing.
class WalkCheck {
 public:
  /// `at`: the operation that a fault is put down to. All three are borrowed.
  WalkCheck(const LiveMap& live, std::uint64_t at, Violation& violation) noexcept
      : live_{live}, at_{at}, violation_{violation}, tiling_{at, violation} {}

  void region(const Region& region) noexcept { tiling_.region(region); }

  void span(const Span& span) noexcept {
    tiling_.span(span);
    if (span.kind == SpanKind::used || span.kind == SpanKind::opaque) return;
    const auto begin = reinterpret_cast<std::uintptr_t>(span.address);
    if (live_.overlapping(begin, begin + span.size) != nullptr)
      violation_.set(at_, "the walk calls bytes of a live block %s", name(span.kind));
  }

  void finish() noexcept { tiling_.finish(); }

 private:
  [[nodiscard]] static const char* name(SpanKind kind) noexcept {
    switch (kind) {
      case SpanKind::free:
        return "free";
      case SpanKind::metadata:
        return "metadata";
      case SpanKind::padding:
        return "padding";
      case SpanKind::cached:
        return "cached";
      case SpanKind::reserved:
        return "reserved";
      default:
        return "something else";
    }
  }

  const LiveMap& live_;
  std::uint64_t at_;
  Violation& violation_;
  Tiling tiling_;
};

}  // namespace heapatlas::replay
