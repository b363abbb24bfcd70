#include "core/replay/heap_series.hpp"

#include <algorithm>
#include <string>

#include "core/replay/live_series.hpp"

namespace heapatlas::replay {
namespace {

using report::Unit;

struct Change {
  report::Event at;
  std::uint64_t by;  ///< wraps when it shrinks
};

std::vector<Change> changes_of(const report::Heap& heap) {
  std::vector<Change> changes;
  for (const report::Region& region : heap.regions) {
    std::uint64_t size = 0;
    for (const report::Extent& extent : region.extents) {
      changes.push_back({extent.from, extent.size - size});
      size = extent.size;
    }
    if (region.death < heap.events) changes.push_back({region.death, 0 - size});
  }
  std::sort(changes.begin(), changes.end(),
            [](const Change& a, const Change& b) { return a.at < b.at; });
  return changes;
}

}  // namespace

std::vector<report::Series> series_of(std::span<const DatedFigures> walks) {
  if (walks.empty()) return {};
  const auto series = [&](std::string name, Unit unit, auto value) {
    report::Series made{std::move(name), unit, {}, {}};
    for (const auto& [at, figures] : walks) {
      made.at.push_back(at);
      made.value.push_back(static_cast<double>(value(figures)));
    }
    return made;
  };
  return {
      series("free", Unit::bytes, [](const WalkFigures& w) { return w.free; }),
      series("largest_free", Unit::bytes, [](const WalkFigures& w) { return w.largest_free; }),
      series("external_fragmentation", Unit::share,
             [](const WalkFigures& w) { return w.external_fragmentation(); }),
      series("metadata", Unit::bytes, [](const WalkFigures& w) { return w.metadata; }),
      series("reserved", Unit::bytes, [](const WalkFigures& w) { return w.reserved; }),
  };
}

report::Series committed_of(const report::Heap& heap, std::span<const report::Event> walks) {
  LiveSeries committed("committed", Unit::bytes, heap.events, walks);
  const std::vector<Change> changes = changes_of(heap);
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    bytes += changes[i].by;
    if (i + 1 == changes.size() || changes[i + 1].at != changes[i].at)
      committed.add(changes[i].at, bytes);
  }
  return std::move(committed).finish();
}

}  // namespace heapatlas::replay
