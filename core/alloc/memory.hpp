// Copying and filling bytes where there is no <cstring>.
#pragma once

#include <cstddef>
#include <cstdint>

namespace heapatlas {

/// Copies size bytes; the ranges must not overlap.
inline void copy_bytes(std::byte* to, const std::byte* from, std::size_t size) noexcept {
  if (size > PTRDIFF_MAX) __builtin_unreachable();  // no object is so large; g++ warns of it
  __builtin_memcpy(to, from, size);
}

/// Sets size bytes to 0.
inline void zero_bytes(std::byte* to, std::size_t size) noexcept {
  __builtin_memset(to, 0, size);
}

}  // namespace heapatlas
