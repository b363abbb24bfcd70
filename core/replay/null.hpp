// The null allocator: what the replay loop costs by itself.
//
// It hands out addresses of a small window in turn, which the compiler cannot foresee, and takes
// nothing back. Blocks overlap, alignments are ignored and zeroed blocks are not zeroed: it stands
// for "no allocator at all" and serves no other purpose. Every page behind the window up to the
// largest block of the trace is real memory, so that blocks can be touched as any other's.
#pragma once

#include <cstddef>

#include "core/alloc/concepts.hpp"

namespace heapatlas::replay {

class Null {
 public:
  static constexpr Threads threads = Threads::one;
  static constexpr std::size_t stride = 64;
  static constexpr std::size_t window_bytes = std::size_t{16} << 10;  ///< stays in a first cache

  /// The memory, window_bytes + max_size bytes, is the caller's and outlives this. Requests of
  /// more than max_size bytes fail.
  Null(std::byte* memory, std::size_t max_size) noexcept : memory_{memory}, max_size_{max_size} {}
  Null(const Null&) = delete;
  Null& operator=(const Null&) = delete;

  [[nodiscard]] static constexpr std::size_t min_alignment() noexcept { return stride; }
  [[nodiscard]] static constexpr std::size_t max_alignment() noexcept { return stride; }

  [[nodiscard]] Block allocate(Layout layout) noexcept {
    if (layout.size > max_size_) return {};
    at_ = (at_ + stride) % window_bytes;
    return {memory_ + at_, layout.size};
  }
  [[nodiscard]] Block allocate_zeroed(Layout layout) noexcept { return allocate(layout); }
  [[nodiscard]] Block reallocate(std::byte* ptr, Layout, std::size_t new_size) const noexcept {
    if (new_size > max_size_) return {};
    return {ptr, new_size};
  }
  static void deallocate(std::byte*, Layout) noexcept {}

 private:
  std::byte* memory_;
  std::size_t max_size_;
  std::size_t at_ = 0;
};

static_assert(Allocator<Null> && Zeroing<Null> && Reallocating<Null>);

}  // namespace heapatlas::replay
