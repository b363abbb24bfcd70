// limit(A, bytes): A, but never more than `bytes` requested bytes live at once.
//
// Exact: counted are the bytes asked for, of live blocks, through every resize; a request that
// reaches the limit exactly succeeds, one byte more fails and changes nothing. While a block is
// moved its old and its new place are both live, and both count. If A may be shared the count is
// atomic, and the limit holds at every moment. Cost: an addition and a comparison an operation
// (one compare-exchange when shared), and two words.
//
// Not SelfSizing, even over a part that is: without a layout the size asked for is unknown. Write
// sized(limit(A)).
#pragma once

#include <cstddef>

#include "core/alloc/forwarding.hpp"
#include "core/alloc/misuse.hpp"
#include "core/alloc/tally.hpp"

namespace heapatlas {

/// So many bytes, some of them taken. Converts from a number of bytes, and cannot move.
template <bool shared>
class Budget {
 public:
  constexpr Budget(std::size_t bytes) noexcept : bytes_(bytes) {}  // NOLINT: Limit{A{...}, bytes}

  [[nodiscard]] constexpr std::size_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] constexpr std::size_t taken() const noexcept { return taken_.value(); }

  [[nodiscard]] constexpr bool take(std::size_t amount) noexcept {
    return taken_.add_within(amount, bytes_);
  }
  constexpr void give_back(std::size_t amount) noexcept { taken_.subtract(amount); }
  constexpr void give_back_all() noexcept { taken_.set(0); }

 private:
  const std::size_t bytes_;
  Tally<shared> taken_;
};

template <Allocator A>
struct Limit : Wrapper<A, Budget<A::threads == Threads::any>> {
  using Base = Wrapper<A, Budget<A::threads == Threads::any>>;
  using Base::part;
  using Base::state;

  /// Requested bytes live now, and how many may be.
  [[nodiscard]] constexpr std::size_t used() const noexcept { return state.taken(); }
  [[nodiscard]] constexpr std::size_t limit() const noexcept { return state.bytes(); }

  [[nodiscard]] constexpr Block allocate(Layout layout) noexcept {
    return within(layout.size, [&] { return part.allocate(layout); });
  }
  [[nodiscard]] constexpr Block allocate_zeroed(Layout layout) noexcept requires Zeroing<A> {
    return within(layout.size, [&] { return part.allocate_zeroed(layout); });
  }
  constexpr void deallocate(std::byte* ptr, Layout layout) noexcept {
    require(layout.size <= used(), "limit", ptr, "no more bytes are freed than were asked for");
    part.deallocate(ptr, layout);
    state.give_back(layout.size);
  }
  [[nodiscard]] constexpr bool try_deallocate(std::byte* ptr,
                                              Layout layout) noexcept requires Routing<A> {
    if (!part.try_deallocate(ptr, layout)) return false;
    require(layout.size <= used(), "limit", ptr, "no more bytes are freed than were asked for");
    state.give_back(layout.size);
    return true;
  }
  [[nodiscard]] constexpr Block grow(std::byte* ptr, Layout old,
                                     std::size_t new_size) noexcept requires Resizing<A> {
    return within(new_size - old.size, [&] { return part.grow(ptr, old, new_size); });
  }
  [[nodiscard]] constexpr Block shrink(std::byte* ptr, Layout old,
                                       std::size_t new_size) noexcept requires Resizing<A> {
    const Block block = part.shrink(ptr, old, new_size);
    if (block) state.give_back(old.size - new_size);
    return block;
  }
  [[nodiscard]] constexpr Block reallocate(std::byte* ptr, Layout old,
                                           std::size_t new_size) noexcept requires Reallocating<A> {
    if (new_size > old.size) {
      return within(new_size - old.size, [&] { return part.reallocate(ptr, old, new_size); });
    }
    const Block block = part.reallocate(ptr, old, new_size);
    if (block) state.give_back(old.size - new_size);
    return block;
  }
  constexpr void reset() noexcept requires Resettable<A> {
    part.reset();
    state.give_back_all();
  }
  [[nodiscard]] constexpr const char* check() const noexcept {
    if (used() > limit()) return "limit: more bytes are live than the limit allows";
    return check_part(part);
  }

 private:
  /// Sets `more` bytes aside for request(), and takes them back when it fails.
  template <class Request>
  constexpr Block within(std::size_t more, Request request) noexcept {
    if (!state.take(more)) return {};
    const Block block = request();
    if (!block) state.give_back(more);
    return block;
  }
};

template <class A>
Limit(A, std::size_t) -> Limit<A>;

}  // namespace heapatlas
