// Units: a plain first fit over 64 units of 16 bytes, and the ways to break it.
//
// It supports every refinement, so each Defect, a way in which real allocators have been broken,
// shows what the suite finds. Defect::none is honest.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>

#include "core/alloc/arithmetic.hpp"
#include "core/alloc/concepts.hpp"
#include "core/alloc/memory.hpp"
#include "tests/alloc/conformance/subject.hpp"

namespace heapatlas::conformance {

enum class Defect {
  none,
  refuses_everything,
  overlaps,
  ignores_alignment,
  grants_too_little,
  loses_last_unit_of_a_free,
  owns_everything,
  owns_its_end,
  denies_ownership,
  failure_takes_a_unit,
  refuses_exact_fit,
  size_wraps,
  grows_into_neighbour,
  grows_by_moving,
  moving_shrink_copies_old_size,
  reallocate_loses_bytes,
  failed_reallocate_frees,
  zeroed_is_not_zero,
  reset_keeps_a_unit,
  walk_leaves_a_gap,
  walk_descends,
  walk_calls_live_free,
  walk_miscounts_blocks,
  walk_splits_free_memory,
  walk_reports_freed_as_used,
  check_complains,
  usable_size_too_small,
  unsized_free_keeps_a_unit,
};

template <Defect D>
class Units {
 public:
  static constexpr std::size_t unit = 16;
  static constexpr std::size_t count = 64;
  static constexpr Threads threads = Threads::one;

  explicit Units(std::byte* memory) noexcept : memory_(memory) {}
  Units(const Units&) = delete;
  Units& operator=(const Units&) = delete;

  static std::size_t min_alignment() noexcept { return unit; }
  static std::size_t max_alignment() noexcept { return 4096; }

  Block allocate(Layout layout) noexcept {
    const std::size_t n = units_of(layout.size);
    if (D == Defect::refuses_everything || n > count) return failure();
    if (D == Defect::refuses_exact_fit && n == count) return failure();
    for (std::size_t first = 0; first + n <= count; ++first) {
      const bool aligned = is_aligned(address_of(memory_ + first * unit), layout.align);
      if ((!aligned && D != Defect::ignores_alignment) || !all_free(first, n)) continue;
      take(first, n);
      const std::size_t granted = D == Defect::grants_too_little && n > 1 ? unit : n * unit;
      return {memory_ + first * unit, granted};
    }
    return failure();
  }

  Block allocate_zeroed(Layout layout) noexcept {
    const Block block = allocate(layout);
    if (block) zero_bytes(block.ptr, D == Defect::zeroed_is_not_zero ? 1 : block.size);
    return block;
  }

  void deallocate(std::byte* ptr, Layout layout) noexcept {
    std::size_t n = units_of(layout.size);
    if (D == Defect::loses_last_unit_of_a_free && n > 1) --n;
    release(index_of(ptr), n);
  }
  void deallocate(std::byte* ptr) noexcept {
    const std::size_t n = usable_units(ptr);
    release(index_of(ptr), D == Defect::unsized_free_keeps_a_unit && n > 1 ? n - 1 : n);
  }
  std::size_t usable_size(const std::byte* ptr) const noexcept {
    return D == Defect::usable_size_too_small ? 1 : usable_units(ptr) * unit;
  }

  Block grow(std::byte* ptr, Layout old, std::size_t new_size) noexcept {
    const std::size_t first = index_of(ptr), n = units_of(new_size), had = units_of(old.size);
    if (n > count || first + n > count) return {};
    if (D == Defect::grows_by_moving && n > had) {
      if (const Block moved = allocate(old.with_size(new_size))) {
        copy_bytes(moved.ptr, ptr, old.size);
        release(first, had);
        return moved;
      }
    }
    if (D != Defect::grows_into_neighbour && !all_free(first + had, n - had)) return {};
    extend(first, had, n);
    return {ptr, n * unit};
  }
  Block shrink(std::byte* ptr, Layout old, std::size_t new_size) noexcept {
    const std::size_t n = units_of(new_size), had = units_of(old.size);
    release(index_of(ptr) + n, had - n);
    return {ptr, n * unit};
  }

  Block reallocate(std::byte* ptr, Layout old, std::size_t new_size) noexcept {
    const Block moved = allocate(old.with_size(new_size));
    if (!moved) {
      if (D == Defect::failed_reallocate_frees) deallocate(ptr, old);
      return {};
    }
    std::size_t kept = std::min(old.size, new_size);
    if (D == Defect::moving_shrink_copies_old_size) kept = old.size;
    if (D == Defect::reallocate_loses_bytes) kept /= 2;
    kept = std::min(kept, static_cast<std::size_t>(memory_ + count * unit - moved.ptr));
    std::memmove(moved.ptr, ptr, kept);  // with a defect the two may overlap
    deallocate(ptr, old);
    return moved;
  }

  bool owns(const std::byte* ptr) const noexcept {
    if (D == Defect::owns_everything) return true;
    if (D == Defect::denies_ownership) return false;
    return address_of(ptr) - address_of(memory_) < count * unit + (D == Defect::owns_its_end);
  }

  void reset() noexcept {
    state_ = {};
    if (D == Defect::reset_keeps_a_unit) take(0, 1);
  }

  template <HeapVisitor V>
  void walk(V& visitor) const {
    visitor.region(Region{memory_, count * unit, 0});
    if (D == Defect::walk_descends) {
      visitor.span(Span{memory_ + 32 * unit, 32 * unit, SpanKind::opaque, 0, 0, 0});
      visitor.span(Span{memory_, 32 * unit, SpanKind::opaque, 0, 0, 0});
      return;
    }
    for (std::size_t at = 0; at < count;) {
      const std::size_t n = run_length(at);
      visit_run(visitor, at, n);
      at += n;
    }
  }

  const char* check() const noexcept {
    return D == Defect::check_complains && state_[5] != State::free ? "the fifth unit is free"
                                                                    : nullptr;
  }

 private:
  enum class State : unsigned char { free, first, rest };

  static std::size_t units_of(std::size_t size) noexcept {
    if (D == Defect::size_wraps) return std::max<std::size_t>((size + unit - 1) / unit, 1);
    return units_for(size, unit);
  }
  std::size_t index_of(const std::byte* ptr) const noexcept {
    return static_cast<std::size_t>(ptr - memory_) / unit;
  }
  bool all_free(std::size_t first, std::size_t n) const noexcept {
    const std::size_t looked_at = D == Defect::overlaps && n > 2 ? n - 1 : n;
    for (std::size_t i = 0; i < looked_at; ++i)
      if (state_[first + i] != State::free) return false;
    return true;
  }
  void take(std::size_t first, std::size_t n) noexcept { extend(first, 0, n); }
  void extend(std::size_t first, std::size_t had, std::size_t n) noexcept {
    for (std::size_t i = had; i < n; ++i) state_[first + i] = i == 0 ? State::first : State::rest;
  }
  void release(std::size_t first, std::size_t n) noexcept {
    for (std::size_t i = 0; i < n; ++i) state_[first + i] = State::free;
    if (n > 1) cut_ = n;
  }
  Block failure() noexcept {
    if (D == Defect::failure_takes_a_unit) {
      for (std::size_t i = 0; i < count; ++i)
        if (state_[i] == State::free) return take(i, 1), Block{};
    }
    return {};
  }
  std::size_t run_length(std::size_t at) const noexcept {
    const State next = state_[at] == State::free ? State::free : State::rest;
    std::size_t n = 1;
    while (at + n < count && state_[at + n] == next) ++n;
    return n;
  }
  std::size_t usable_units(const std::byte* ptr) const noexcept {
    return run_length(index_of(ptr));
  }

  template <HeapVisitor V>
  void visit_run(V& visitor, std::size_t at, std::size_t n) const {
    const bool used = state_[at] != State::free;
    const std::byte* address = memory_ + at * unit;
    if (D == Defect::walk_leaves_a_gap && !used) return;
    if (D == Defect::walk_splits_free_memory && !used && n > cut_) {
      visitor.span(Span{address, cut_ * unit, SpanKind::free, 0, 0, 0});
      visitor.span(Span{address + cut_ * unit, (n - cut_) * unit, SpanKind::free, 0, 0, 0});
      return;
    }
    SpanKind kind = used ? SpanKind::used : SpanKind::free;
    if (D == Defect::walk_calls_live_free) kind = SpanKind::free;
    if (D == Defect::walk_reports_freed_as_used) kind = SpanKind::used;
    const std::size_t blocks = used ? (D == Defect::walk_miscounts_blocks ? 2U : 1U) : 0U;
    visitor.span(Span{address, n * unit, kind, blocks, 0, 0});
  }

  std::byte* memory_;
  std::array<State, count> state_{};
  std::size_t cut_ = count;  ///< units up to where free memory was last cut
};

template <Defect D>
class UnitsSubject {
 public:
  static constexpr auto name = "units";
  static constexpr Facts facts{.capacity = 1024, .exact_fit = 1024, .unit = 16};
  Units<D>& allocator() { return units_; }

 private:
  alignas(4096) std::byte memory_[1024];
  Units<D> units_{memory_};
};

}  // namespace heapatlas::conformance
