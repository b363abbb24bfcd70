// The null allocator: what the replay loop costs by itself.
//
// It hands out addresses of a small window in turn, which the compiler cannot foresee, and takes
// nothing back. Blocks overlap, alignments are ignored and zeroed blocks are not zeroed: it stands
// for "no allocator at all" and serves no other purpose. Every page behind the window up to the
// largest block of the trace is real memory, so that blocks can be touched as any other's.
//
// Cost: an addition, a mask and a store. It refuses nothing: a comparison of the size alone would
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

  [[nodiscard]] Block allocate(Layout layout) noexcept {
    at_ = (at_ + stride) % window_bytes;
    return {memory_ + at_, layout.size};
  }
  [[nodiscard]] Block allocate_zeroed(Layout layout) noexcept { return allocate(layout); }
  [[nodiscard]] static Block reallocate(std::byte* ptr, Layout, std::size_t new_size) noexcept {
    return {ptr, new_size};
  }
  static void deallocate(std::byte*, Layout) noexcept {}

 private:
  std::byte* memory_;
  std::size_t at_ = 0;
};

static_assert(Allocator<Null> && Zeroing<Null> && Reallocating<Null>);

}  // namespace heapatlas::replay
