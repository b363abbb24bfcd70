// What is asked of an allocator, and what it grants.
#pragma once

#include <cstddef>

#include "core/alloc/arithmetic.hpp"

namespace heapatlas {

/// A request: size bytes (>= 1) at an address that is a multiple of align (a power of two).
///
/// The layout that frees a block is the original alignment and the size *last requested*
/// successfully, by allocate, grow, shrink or reallocate; never the granted size.
struct Layout {
  std::size_t size = 1;
  std::size_t align = 1;

  [[nodiscard]] constexpr bool valid() const noexcept {
    return size >= 1 && is_power_of_two(align);
  }
  [[nodiscard]] constexpr Layout with_size(std::size_t new_size) const noexcept {
    return {new_size, align};
  }
  friend constexpr bool operator==(const Layout&, const Layout&) = default;
};

/// The layout of count objects of type T; size SIZE_MAX, which no allocator grants, when their
/// bytes overflow. count >= 1.
template <class T>
[[nodiscard]] constexpr Layout layout_of(std::size_t count = 1) noexcept {
  return {(CheckedSize{sizeof(T)} * count).saturated(), alignof(T)};
}

/// A grant: size >= the size requested, all of it usable. Empty (null) means failure, and a
/// failure leaves the allocator as it was.
struct Block {
  std::byte* ptr = nullptr;
  std::size_t size = 0;

  [[nodiscard]] explicit constexpr operator bool() const noexcept { return ptr != nullptr; }
  friend constexpr bool operator==(const Block&, const Block&) = default;
};

/// Who may call an allocator's methods at the same time.
enum class Threads : unsigned char {
  one,          ///< one thread at a time does everything
  remote_free,  ///< one thread at a time does everything; any thread may free through `remote()`
  any,          ///< any thread does anything
};

}  // namespace heapatlas
