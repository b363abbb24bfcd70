// Bounds that several entries share.
#pragma once

#include <cstdint>

namespace heapatlas::chain {

/// The largest heap that a chain may ask for in one link: 1 TiB of address space.
inline constexpr std::uint64_t max_heap_size = std::uint64_t{1} << 40;

}  // namespace heapatlas::chain
