// The memory of a stalloc: how many blocks of which size, and where.
//
// Blocks are numbered from 0. A block's size is a power of two and its address a multiple of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "core/alloc/arithmetic.hpp"

namespace heapatlas::stalloc {

/// No block.
inline constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

inline constexpr std::size_t largest_block_size = std::size_t{1} << 29;

inline constexpr std::size_t largest_block_count = std::numeric_limits<std::uint32_t>::max();

/// The narrowest number that can count so many blocks, at most largest_block_count.
template <std::size_t Count>
using IndexFor = std::conditional_t<(Count <= std::numeric_limits<std::uint16_t>::max()),
                                    std::uint16_t, std::uint32_t>;

/// Count blocks of Size bytes inside the object itself. In static storage they start as zeros, so
/// they take no room in the program's file; elsewhere they start as they are.
template <std::size_t Count, std::size_t Size>
class InlineBlocks {
  static_assert(Count >= 1 && Count <= largest_block_count);
  static_assert(is_power_of_two(Size) && Size >= 4 && Size <= largest_block_size);

 public:
  constexpr InlineBlocks() noexcept : unset{} {}

  [[nodiscard]] static constexpr std::size_t count() noexcept { return Count; }
  [[nodiscard]] static constexpr std::size_t size() noexcept { return Size; }
  [[nodiscard]] static constexpr unsigned shift() noexcept { return floor_log2(Size); }
  [[nodiscard]] const std::byte* data() const noexcept { return bytes; }
  [[nodiscard]] std::byte* data() noexcept {
    return static_cast<std::byte*>(__builtin_assume_aligned(bytes, Size));  // g++ does not see it
  }

 private:
  union {
    unsigned char unset;
    alignas(Size) std::byte bytes[Count * Size];
  };
};

/// Blocks over memory that lives elsewhere; sizes known at run time.
class BorrowedBlocks {
 public:
  /// As many whole, aligned blocks as fit in size bytes at memory, at most max_count. block_size:
  /// a power of two.
  constexpr BorrowedBlocks(std::byte* memory, std::size_t size, std::size_t block_size,
                           std::size_t max_count) noexcept
      : shift_(floor_log2(block_size)) {
    const std::size_t gap =
        memory == nullptr ? 0 : gap_to_alignment(address_of(memory), block_size);
    if (gap >= size) return;
    data_ = memory + gap;
    count_ = (size - gap) >> shift_;
    if (count_ > max_count) count_ = max_count;
  }

  [[nodiscard]] constexpr std::size_t count() const noexcept { return count_; }
  [[nodiscard]] constexpr std::size_t size() const noexcept { return std::size_t{1} << shift_; }
  [[nodiscard]] constexpr unsigned shift() const noexcept { return shift_; }
  [[nodiscard]] constexpr std::byte* data() const noexcept { return data_; }

 private:
  std::byte* data_ = nullptr;
  std::size_t count_ = 0;
  unsigned shift_;
};

/// Blocks to skip from block `at` to the next one at a multiple of align bytes.
template <class Blocks>
[[nodiscard]] inline std::size_t gap_at(const Blocks& blocks, std::size_t at,
                                        std::size_t align) noexcept {
  if (align <= blocks.size()) return 0;
  const std::uintptr_t address = address_of(blocks.data()) + (at << blocks.shift());
  return gap_to_alignment(address, align) >> blocks.shift();
}

}  // namespace heapatlas::stalloc
