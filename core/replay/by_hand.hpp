// The loop that the replay kernel is weighed against: the same operations, the same window of
// addresses and the same touching, written out by hand for that one purpose.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/replay/null.hpp"
#include "core/replay/operation.hpp"
#include "core/replay/touch.hpp"

namespace heapatlas::replay {

/// What a null allocator would do, first bytes touched. Returns the frees of empty slots.
[[gnu::noinline]] inline std::uint64_t run_by_hand(std::span<const Operation> operations,
                                                   std::byte* memory, std::byte** blocks) noexcept {
  std::uint64_t empty = 0;
  std::size_t at = 0;
  for (const Operation operation : operations) {
    std::byte*& block = blocks[operation.slot()];
    switch (operation.kind()) {
      case OperationKind::allocate:
      case OperationKind::allocate_zeroed:
        at = (at + Null::stride) % Null::window_bytes;
        block = memory + at;
        touch_byte(block);
        break;
      case OperationKind::resize:
        break;
      case OperationKind::free:
        empty += block == nullptr ? 1 : 0;
        break;
    }
  }
  return empty;
}

}  // namespace heapatlas::replay
