// One compiled operation: what the timed loop reads.
//
// Eight bytes, so that the loop's own traffic stays small beside the allocator's:
//
//   bits 0-1    kind
//   bits 2-6    log2 of the alignment
//   bits 7-31   slot: where the block's address is kept
//   bits 32-62  size in bytes, or `wide_size`: the next entry of the workload's wide sizes
//   bit  63     the operation is a free, as its kind says too
//
// A free carries no size: the slot knows the size last requested successfully, which the compiler
// of traces cannot (a resize may fail). Whether an operation is one is asked of every operation,
// so it is the sign of the word: what a processor tests without taking the word apart.
#pragma once

#include <cstddef>
#include <cstdint>

namespace heapatlas::replay {

enum class OperationKind : std::uint8_t { allocate = 0, allocate_zeroed = 1, resize = 2, free = 3 };

class Operation {
 public:
  static constexpr std::uint32_t wide_size = 0x7FFFFFFF;
  static constexpr std::uint32_t max_slots = std::uint32_t{1} << 25;
  static constexpr unsigned max_align_log2 = 31;

  constexpr Operation() noexcept = default;

  /// slot < max_slots, align_log2 <= max_align_log2; size >= 1, of a free without meaning.
  constexpr Operation(OperationKind kind, std::uint32_t slot, unsigned align_log2,
                      std::uint64_t size) noexcept
      : bits_{static_cast<std::uint64_t>(kind) | std::uint64_t{align_log2} << 2 |
              std::uint64_t{slot} << 7 |
              (kind == OperationKind::free ? free_bit
                                           : (size < wide_size ? size : wide_size) << 32)} {}

  [[nodiscard]] constexpr bool is_free() const noexcept { return (bits_ & free_bit) != 0; }
  [[nodiscard]] constexpr OperationKind kind() const noexcept {
    return static_cast<OperationKind>(bits_ & 3);
  }
  [[nodiscard]] constexpr std::size_t align() const noexcept {
    return std::size_t{1} << ((bits_ >> 2) & 31);
  }
  [[nodiscard]] constexpr std::uint32_t slot() const noexcept {
    return static_cast<std::uint32_t>(bits_) >> 7;
  }

  // Of one that is no free, in an instruction each:

  [[nodiscard]] constexpr bool is_resize() const noexcept { return (bits_ & 2) != 0; }
  /// The size in bytes; wide() says that it is elsewhere.
  [[nodiscard]] constexpr std::uint32_t size() const noexcept {
    return static_cast<std::uint32_t>(bits_ >> 32);
  }
  [[nodiscard]] constexpr bool wide() const noexcept {
    return bits_ >= std::uint64_t{wide_size} << 32;
  }

  friend constexpr bool operator==(const Operation&, const Operation&) = default;

 private:
  static constexpr std::uint64_t free_bit = std::uint64_t{1} << 63;
  std::uint64_t bits_ = 0;
};

static_assert(sizeof(Operation) == 8);

}  // namespace heapatlas::replay
