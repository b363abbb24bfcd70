// A ProxyLogger that keeps the last `capacity` events in memory it was built with: what to read in
// a debugger, or after a failed request. One thread at a time: lock the proxy to share it.
// Cost: a 56-byte store an event, 56 bytes each.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/alloc/layout.hpp"

namespace heapatlas {

struct ProxyEvent {
  enum class Kind : unsigned char {
    allocated,
    allocate_failed,
    deallocated,
    reallocated,
    reallocate_failed,
    reset,
  };

  Kind kind = Kind::reset;
  bool zeroed = false;             ///< asked for by allocate_zeroed
  Layout layout = {0, 1};          ///< as asked; of a resize: the old layout; of a reset: size 0
  std::size_t new_size = 0;        ///< of a resize
  const std::byte* ptr = nullptr;  ///< freed or resized; of an allocation: what was granted
  Block block = {};                ///< granted; empty on a failure and a free
};

template <std::size_t capacity>
class RingLogger {
 public:
  static_assert(capacity >= 1);
  static constexpr Threads threads = Threads::one;

  constexpr RingLogger() noexcept = default;
  RingLogger(const RingLogger&) = delete;
  RingLogger& operator=(const RingLogger&) = delete;

  constexpr void allocated(Layout layout, bool zeroed, Block block) noexcept {
    keep({ProxyEvent::Kind::allocated, zeroed, layout, 0, block.ptr, block});
  }
  constexpr void allocate_failed(Layout layout, bool zeroed) noexcept {
    keep({ProxyEvent::Kind::allocate_failed, zeroed, layout, 0, nullptr, {}});
  }
  constexpr void deallocating(std::byte* ptr, Layout layout) noexcept {
    keep({ProxyEvent::Kind::deallocated, false, layout, 0, ptr, {}});
  }
  constexpr void reallocated(std::byte* ptr, Layout old, std::size_t new_size,
                             Block block) noexcept {
    keep({ProxyEvent::Kind::reallocated, false, old, new_size, ptr, block});
  }
  constexpr void reallocate_failed(std::byte* ptr, Layout old, std::size_t new_size) noexcept {
    keep({ProxyEvent::Kind::reallocate_failed, false, old, new_size, ptr, {}});
  }
  constexpr void reset() noexcept {
    keep({ProxyEvent::Kind::reset, false, {0, 1}, 0, nullptr, {}});
  }

  /// Events ever logged.
  [[nodiscard]] constexpr std::uint64_t total() const noexcept { return total_; }
  /// Events still kept: at most capacity.
  [[nodiscard]] constexpr std::size_t size() const noexcept {
    return total_ < capacity ? static_cast<std::size_t>(total_) : capacity;
  }
  /// The event that was logged `age` events before the last one; age < size().
  [[nodiscard]] constexpr const ProxyEvent& recent(std::size_t age) const noexcept {
    return events_[(total_ - 1 - age) % capacity];
  }

 private:
  constexpr void keep(const ProxyEvent& event) noexcept { events_[total_++ % capacity] = event; }

  ProxyEvent events_[capacity];
  std::uint64_t total_ = 0;
};

}  // namespace heapatlas
