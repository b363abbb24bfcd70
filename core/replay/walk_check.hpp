// Checks what a walk says against the law of core/alloc/span.hpp and against the live blocks.
#pragma once

#include <cstdint>

#include "core/alloc/span.hpp"
#include "core/replay/live_map.hpp"
#include "core/replay/violation.hpp"

namespace heapatlas::replay {

/// A visitor of one walk. Call finish at its end. Allocates nothing.
class WalkCheck {
 public:
  /// `at`: the operation that a fault is put down to. All three are borrowed.
  WalkCheck(const LiveMap& live, std::uint64_t at, Violation& violation) noexcept
      : live_{live}, at_{at}, violation_{violation} {}

  void region(const Region& region) noexcept {
    finish();
    next_ = reinterpret_cast<std::uintptr_t>(region.address);
    end_ = next_ + region.size;
    opaque_ = region.size == 0;
  }

  void span(const Span& span) noexcept {
    const auto begin = reinterpret_cast<std::uintptr_t>(span.address);
    if (span.size == 0) violation_.set(at_, "the walk reports a span of no bytes");
    if (!opaque_ && begin != next_)
      violation_.set(at_, "the walk's spans %s at offset %zu of what they must tile",
                     begin < next_ ? "overlap" : "leave a gap", offset(begin));
    if (!opaque_ && span.size > end_ - begin)
      violation_.set(at_, "the walk's spans reach beyond their region");
    next_ = begin + span.size;
    if (span.kind == SpanKind::used || span.kind == SpanKind::opaque) return;
    if (live_.overlapping(begin, next_) != nullptr)
      violation_.set(at_, "the walk calls bytes of a live block %s", name(span.kind));
  }

  void finish() noexcept {
    if (next_ != end_ && !opaque_)
      violation_.set(at_, "the walk's spans end %zu bytes before their region",
                     static_cast<std::size_t>(end_ - next_));
    next_ = end_ = 0;
  }

 private:
  [[nodiscard]] std::size_t offset(std::uintptr_t address) const noexcept {
    return static_cast<std::size_t>(address < next_ ? next_ - address : address - next_);
  }
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
  std::uintptr_t next_ = 0;
  std::uintptr_t end_ = 0;
  bool opaque_ = false;
};

}  // namespace heapatlas::replay
