// The law of a walk, core/alloc/span.hpp: the spans of a region ascend, never overlap, and tile it
// exactly.
#pragma once

#include <cstdint>

#include "core/alloc/span.hpp"
#include "core/replay/violation.hpp"

namespace heapatlas::replay {

/// A visitor of one walk, that says what is wrong with it. Call finish at its end. Allocates
/// nothing.
class Tiling {
 public:
  /// `at`: the operation that a fault is put down to. The violation is borrowed.
  Tiling(std::uint64_t at, Violation& violation) noexcept : at_{at}, violation_{violation} {}

  void region(const Region& region) noexcept {
    finish();
    begin_ = next_ = reinterpret_cast<std::uintptr_t>(region.address);
    end_ = next_ + region.size;
    node_ = region.node;
    opaque_ = region.size == 0;
  }

  void span(const Span& span) noexcept {
    const auto begin = reinterpret_cast<std::uintptr_t>(span.address);
    if (span.size == 0) fault("the walk reports a span of no bytes");
    if (!opaque_) {
      if (begin < next_) fault("the walk's spans overlap", next_);
      if (begin > next_) fault("the walk's spans leave a gap", next_);
      if (span.size > end_ - begin) fault("the walk's spans reach beyond their region", begin);
    }
    next_ = begin + span.size;
  }

  void finish() noexcept {
    if (next_ != end_ && !opaque_ && !violation_.found) {
      violation_.set(at_, "the walk's spans end %zu bytes before their region",
                     static_cast<std::size_t>(end_ - next_));
      violation_.node = node_;
    }
    begin_ = next_ = end_ = 0;
  }

  /// For what else may be wrong with the region under way.
  void fault(const char* what) noexcept {
    if (violation_.found) return;
    violation_.set(at_, "%s", what);
    violation_.node = node_;
  }

 private:
  void fault(const char* what, std::uintptr_t where) noexcept {
    if (violation_.found) return;
    violation_.set(at_, "%s at offset %zu", what, static_cast<std::size_t>(where - begin_));
    violation_.node = node_;
  }

  std::uint64_t at_;
  Violation& violation_;
  std::uintptr_t begin_ = 0;
  std::uintptr_t next_ = 0;
  std::uintptr_t end_ = 0;
  NodeId node_ = 0;
  bool opaque_ = false;
};

}  // namespace heapatlas::replay
