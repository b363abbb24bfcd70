// Bounds that several entries share.
#pragma once

#include <cstddef>
#include <cstdint>

namespace heapatlas::chain {

/// The largest heap that a chain may ask for in one link: 1 TiB of address space.
inline constexpr std::uint64_t max_heap_size = std::uint64_t{1} << 40;

/// How regions are aligned: generously, so that what depends on more of an address than the page
/// (a large alignment, the colour of a slab's page) has the same offset in every process.
inline constexpr std::size_t region_alignment = std::size_t{4} << 20;

}  // namespace heapatlas::chain
