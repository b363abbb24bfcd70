// The loop that the replay kernel is weighed against: the same operations, the same window of
// addresses and the same touching, written out by hand for that one purpose.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/replay/kernel.hpp"
#include "core/replay/null.hpp"
#include "core/replay/operation.hpp"
#include "core/replay/touch.hpp"

namespace heapatlas::replay {

/// What a null allocator would do, first bytes touched. Returns the frees of empty slots.
[[gnu::noinline, gnu::aligned(64)]] inline std::uint64_t run_by_hand(
    std::span<const Operation> operations, std::byte* memory, Slot* slots) noexcept {
  std::uint64_t empty = 0;
  std::size_t at = 0;
  for (const Operation operation : operations) {
    Slot& slot = slots[operation.slot()];
    switch (operation.kind()) {
      case OperationKind::allocate:
      case OperationKind::allocate_zeroed:
        at = (at + Null::stride) % Null::window_bytes;
        slot = {memory + at, operation.size()};
        touch_byte(slot.ptr);
        break;
      case OperationKind::resize:
        slot.size = operation.size();
        break;
      case OperationKind::free:
        empty += slot.ptr == nullptr ? 1 : 0;
        break;
    }
  }
  return empty;
}

}  // namespace heapatlas::replay
