// proxy(A, Logger): tells a logger what is asked of A and what came of it.
//
// Five callbacks, and a sixth for loggers that care:
//
// | callback                                    | when |
// |---------------------------------------------|------------------------------------------------|
// | allocated(layout, zeroed, block)            | after a grant; zeroed: by allocate_zeroed      |
// | allocate_failed(layout, zeroed)             | after a refusal                                |
// | deallocating(ptr, layout)                   | *before* the block goes back: whoever gets the |
// |                                             | same address next is logged after it           |
// | reallocated(ptr, old, new_size, block)      | after a resize; in place when block.ptr == ptr |
// | reallocate_failed(ptr, old, new_size)       | after a refusal, of grow and shrink too        |
// | reset()              (only if it is there)  | before every block goes at once                |
//
// A logger is noexcept, says who may call it (`threads`), and must not use the proxy. The proxy is
// transparent: it supports what A supports, so putting one in never moves a block. Absent are a
// free without a layout (SelfSizing), as a logger is told sizes, and try_deallocate (Routing), of
// which it could be told only afterwards. The proxy may be shared when both A and the logger may.
// `Logger` may be a reference, to a logger that lives elsewhere. Cost: the callbacks.
#pragma once

#include <concepts>
#include <cstddef>
#include <type_traits>

#include "core/alloc/forwarding.hpp"

namespace heapatlas {

template <class L>
concept ProxyLogger = requires(L& logger, std::byte* ptr, Layout layout, Block block,
                               std::size_t new_size, bool zeroed) {
  { logger.allocated(layout, zeroed, block) }
  noexcept;
  { logger.allocate_failed(layout, zeroed) }
  noexcept;
  { logger.deallocating(ptr, layout) }
  noexcept;
  { logger.reallocated(ptr, layout, new_size, block) }
  noexcept;
  { logger.reallocate_failed(ptr, layout, new_size) }
  noexcept;
  { L::threads } -> std::convertible_to<Threads>;
};

template <Allocator A, class Logger>
requires ProxyLogger<std::remove_reference_t<Logger>>
struct Proxy : Wrapper<A, Logger> {
  using Wrapper<A, Logger>::part;
  static constexpr Threads threads =
      A::threads == Threads::any && std::remove_reference_t<Logger>::threads == Threads::any
          ? Threads::any
          : Threads::one;

  [[nodiscard]] constexpr auto& logger() noexcept { return this->state; }
  [[nodiscard]] constexpr const auto& logger() const noexcept { return this->state; }

  [[nodiscard]] constexpr Block allocate(Layout layout) noexcept {
    return tell_allocated(layout, false, part.allocate(layout));
  }
  [[nodiscard]] constexpr Block allocate_zeroed(Layout layout) noexcept requires Zeroing<A> {
    return tell_allocated(layout, true, part.allocate_zeroed(layout));
  }
  constexpr void deallocate(std::byte* ptr, Layout layout) noexcept {
    logger().deallocating(ptr, layout);
    part.deallocate(ptr, layout);
  }
  [[nodiscard]] constexpr Block grow(std::byte* ptr, Layout old,
                                     std::size_t new_size) noexcept requires Resizing<A> {
    return tell_resized(ptr, old, new_size, part.grow(ptr, old, new_size));
  }
  [[nodiscard]] constexpr Block shrink(std::byte* ptr, Layout old,
                                       std::size_t new_size) noexcept requires Resizing<A> {
    return tell_resized(ptr, old, new_size, part.shrink(ptr, old, new_size));
  }
  [[nodiscard]] constexpr Block reallocate(std::byte* ptr, Layout old,
                                           std::size_t new_size) noexcept requires Reallocating<A> {
    return tell_resized(ptr, old, new_size, part.reallocate(ptr, old, new_size));
  }
  constexpr void reset() noexcept requires Resettable<A> {
    if constexpr (requires { logger().reset(); }) logger().reset();
    part.reset();
  }
  [[nodiscard]] constexpr auto counters() const noexcept requires Counting<A> {
    return part.counters();
  }

 private:
  constexpr Block tell_allocated(Layout layout, bool zeroed, Block block) noexcept {
    if (block) {
      logger().allocated(layout, zeroed, block);
    } else {
      logger().allocate_failed(layout, zeroed);
    }
    return block;
  }
  constexpr Block tell_resized(std::byte* ptr, Layout old, std::size_t new_size,
                               Block block) noexcept {
    if (block) {
      logger().reallocated(ptr, old, new_size, block);
    } else {
      logger().reallocate_failed(ptr, old, new_size);
    }
    return block;
  }
};

template <class A, class Logger>
Proxy(A, Logger) -> Proxy<A, Logger>;

}  // namespace heapatlas
