// One compiled operation: what the timed loop reads.
//
// Eight bytes, so that the loop's own traffic stays small beside the allocator's:
//
//   bits 0-1    kind
//   bits 2-6    log2 of the alignment
//   bits 7-31   slot: where the block's address is kept
//   bits 32-63  size in bytes, or `wide_size`: the next entry of the workload's wide sizes
//
// A free carries no size: the slot knows the size last requested successfully, which the compiler
// of traces cannot (a resize may fail).
#pragma once

#include <cstddef>
#include <cstdint>

namespace heapatlas::replay {

enum class OperationKind : std::uint8_t { allocate, allocate_zeroed, resize, free };

class Operation {
 public:
  static constexpr std::uint32_t wide_size = 0xFFFFFFFF;
  static constexpr std::uint32_t max_slots = std::uint32_t{1} << 25;
  static constexpr unsigned max_align_log2 = 31;

  constexpr Operation() noexcept = default;

  /// slot < max_slots, align_log2 <= max_align_log2; size >= 1, or 0 for a free.
  constexpr Operation(OperationKind kind, std::uint32_t slot, unsigned align_log2,
                      std::uint64_t size) noexcept
      : bits_{static_cast<std::uint64_t>(kind) | std::uint64_t{align_log2} << 2 |
              std::uint64_t{slot} << 7 | (size < wide_size ? size : wide_size) << 32} {}

  [[nodiscard]] constexpr OperationKind kind() const noexcept {
    return static_cast<OperationKind>(bits_ & 3);
  }
  [[nodiscard]] constexpr std::size_t align() const noexcept {
    return std::size_t{1} << ((bits_ >> 2) & 31);
  }
  [[nodiscard]] constexpr std::uint32_t slot() const noexcept {
    return static_cast<std::uint32_t>(bits_) >> 7;
  }
  /// The size in bytes; wide() says that it is elsewhere.
  [[nodiscard]] constexpr std::uint32_t size() const noexcept {
    return static_cast<std::uint32_t>(bits_ >> 32);
  }
  [[nodiscard]] constexpr bool wide() const noexcept { return size() == wide_size; }

  friend constexpr bool operator==(const Operation&, const Operation&) = default;

 private:
  std::uint64_t bits_ = 0;
};

static_assert(sizeof(Operation) == 8);

}  // namespace heapatlas::replay
