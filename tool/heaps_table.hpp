// How the heaps of runs looked, as a table for people: of runs whose placements were recorded.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "core/report/document.hpp"

namespace heapatlas::tool {

/// The table and what its columns mean, an empty line ahead; nothing when no run has a heap. Names
/// of chains are cut to chain_width cells.
[[nodiscard]] std::string heaps_table(std::span<const report::Run> runs, std::size_t chain_width);

}  // namespace heapatlas::tool
