// From the blocks that a child wrote down to the placements of a heap.
#pragma once

#include <span>
#include <vector>

#include "core/base/error.hpp"
#include "core/replay/history.hpp"
#include "core/replay/trace_index.hpp"
#include "core/replay/workload.hpp"
#include "core/report/heap.hpp"

namespace heapatlas::replay {

struct PlacedBlocks {
  report::Placements placements;       ///< addresses of the child; regions not set
  std::vector<report::Series> series;  ///< what is live, over time
};

/// Replays the operations on what was granted. A resized block is two placements, also when it
/// stayed where it was; a failed allocation none; a failed resize leaves the block as it was.
/// The series are exact at the walks, which ascend. bad_input when the grants do not fit the
/// operations.
[[nodiscard]] base::Result<PlacedBlocks> place_blocks(const WorkloadView& workload,
                                                      std::span<const Grant> grants,
                                                      const TraceIndex& index,
                                                      std::span<const report::Event> walks);

}  // namespace heapatlas::replay
