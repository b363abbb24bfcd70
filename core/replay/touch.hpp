// Touching a block as a program would: what is written to it after it was granted or grew.
//
// Memory that is never touched costs nothing, and an allocator that hands out fresh pages looks
// fast until they are. How much is touched is a setting of every timed pass.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace heapatlas::replay {

enum class Touch : std::uint8_t {
  none,
  first,  ///< the first byte of a new block
  page,   ///< one byte of every page of a new block, and of what a block grew by
  all,    ///< every byte of a new block, and of what a block grew by
};

inline constexpr std::size_t page_bytes = 4096;

/// Writes a byte that the optimiser must not drop.
inline void touch_byte(std::byte* at) noexcept {
  *static_cast<volatile std::byte*>(at) = std::byte{1};
}

/// Touches the bytes [from, size) of the block at ptr; from is 0 for a new block, the old size for
/// one that grew. Nothing to do when from >= size.
template <Touch how>
inline void touch(std::byte* ptr, std::size_t from, std::size_t size) noexcept {
  if constexpr (how == Touch::first) {
    if (from == 0) touch_byte(ptr);
  } else if constexpr (how == Touch::page) {
    if (from >= size) return;
    touch_byte(ptr + from);
    const std::size_t into_page = (reinterpret_cast<std::uintptr_t>(ptr) + from) % page_bytes;
    for (std::size_t at = from + page_bytes - into_page; at < size; at += page_bytes)
      touch_byte(ptr + at);
  } else if constexpr (how == Touch::all) {
    if (from >= size) return;
    std::memset(ptr + from, 1, size - from);
    asm volatile("" : : "r"(ptr) : "memory");
  }
}

}  // namespace heapatlas::replay
