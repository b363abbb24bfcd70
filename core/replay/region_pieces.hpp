// The pieces of the address space that a region history makes, and the laws that hold of them in
// the end, whatever was seen or missed: a region is as old as its blocks, outlives them and holds
// them, and no two regions have the same address at the same time.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/report/heap.hpp"

namespace heapatlas::replay {

struct RegionPiece {
  report::Region region;
  report::Event last_death = 0;  ///< of its blocks; forever when one outlives the run
  bool held_a_block = false;
  std::uint32_t merged_into = report::unknown;  ///< a later piece
};

/// Stretches every region over its blocks: placements of these numbers, whose `region` is that of a
/// piece. True when one had to be, and so may overlap another. O(blocks).
[[nodiscard]] bool cover_blocks(std::vector<RegionPiece>& pieces,
                                const report::Placements& placements,
                                std::span<const std::uint32_t> blocks);

/// A piece that became one with an older one is as old as that, and may so cover addresses that
/// another one had meanwhile: then they are one as well. True when some were, and others may be.
[[nodiscard]] bool unite_overlaps(std::vector<RegionPiece>& pieces);

}  // namespace heapatlas::replay
