// The null allocator: what the replay loop costs by itself.
//
// It hands out addresses of a small window, chosen by the size so that the compiler cannot foresee
// them, and takes nothing back. It keeps no state: a counter would be loaded and stored in every
// operation, and that is not the loop's cost. Blocks overlap, alignments are ignored and zeroed
// blocks are not zeroed: it stands for "no allocator at all" and serves no other purpose. Every
// page behind the window up to the largest block of the trace is real memory, so that blocks can
// be touched as any other's.
//
// Cost: a shift, a mask and an addition. It refuses nothing: a comparison of the size alone would
// add a fifth to what the loop costs.
#pragma once

#include <cstddef>

#include "core/alloc/concepts.hpp"

namespace heapatlas::replay {

class Null {
 public:
  static constexpr Threads threads = Threads::one;
  static constexpr std::size_t stride = 64;
  static constexpr std::size_t window_bytes = std::size_t{16} << 10;  ///< stays in a first cache

  /// The memory is the caller's and outlives this: window_bytes, and as many bytes behind them as
  /// the largest request asks for.
  explicit Null(std::byte* memory) noexcept : memory_{memory} {}
  Null(const Null&) = delete;
  Null& operator=(const Null&) = delete;

  [[nodiscard]] static constexpr std::size_t min_alignment() noexcept { return stride; }
  [[nodiscard]] static constexpr std::size_t max_alignment() noexcept { return stride; }

  [[nodiscard]] Block allocate(Layout layout) const noexcept {
    return {memory_ + (layout.size * stride) % window_bytes, layout.size};
  }
  [[nodiscard]] Block allocate_zeroed(Layout layout) const noexcept { return allocate(layout); }
  [[nodiscard]] static Block reallocate(std::byte* ptr, Layout, std::size_t new_size) noexcept {
    return {ptr, new_size};
  }
  static void deallocate(std::byte*, Layout) noexcept {}

 private:
  std::byte* memory_;
};

static_assert(Allocator<Null> && Zeroing<Null> && Reallocating<Null>);

}  // namespace heapatlas::replay
