// Bounds that several entries share.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace heapatlas::chain {

/// The largest heap that a chain may ask for in one link: 1 TiB of address space.
inline constexpr std::uint64_t max_heap_size = std::uint64_t{1} << 40;

/// How a region of that size is aligned: generously, so that what is aligned in it has the same
/// offset in every process.
[[nodiscard]] constexpr std::size_t alignment_of_region(std::size_t size) {
  constexpr std::size_t page = 4096;
  constexpr std::size_t huge_page = std::size_t{2} << 20;
  return std::clamp(std::bit_floor(size), page, huge_page);
}

}  // namespace heapatlas::chain
