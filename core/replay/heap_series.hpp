// Quantities of the heap over time that follow from its walks and its regions.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "core/replay/history.hpp"
#include "core/report/heap.hpp"

namespace heapatlas::replay {

/// A walk's figures, and the event just after which it was taken.
using DatedFigures = std::pair<report::Event, WalkFigures>;

/// What the walks show: free, largest_free, external_fragmentation, metadata, reserved. One point
/// a walk; events ascend. Nothing without walks.
[[nodiscard]] std::vector<report::Series> series_of(std::span<const DatedFigures> walks);

/// committed: the bytes of all regions, over time; exact at the walks, which ascend.
[[nodiscard]] report::Series committed_of(const report::Heap& heap,
                                          std::span<const report::Event> walks);

}  // namespace heapatlas::replay
