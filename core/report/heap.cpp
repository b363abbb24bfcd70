#include "core/report/heap.hpp"

#include <algorithm>

namespace heapatlas::report {

std::uint64_t Region::size_at(Event at) const {
  if (!stands_at(at)) return 0;
  const auto next = std::upper_bound(extents.begin(), extents.end(), at,
                                     [](Event t, const Extent& e) { return t < e.from; });
  return std::prev(next)->size;
}

std::uint64_t Region::largest_size() const {
  std::uint64_t largest = 0;
  for (const Extent& extent : extents) largest = std::max(largest, extent.size);
  return largest;
}

const Snapshot* Heap::snapshot_at(Event at) const {
  const auto found = std::lower_bound(snapshots.begin(), snapshots.end(), at,
                                      [](const Snapshot& s, Event t) { return s.at < t; });
  return found != snapshots.end() && found->at == at ? &*found : nullptr;
}

const Series* Heap::find_series(std::string_view name) const {
  const auto found = std::find_if(series.begin(), series.end(),
                                  [name](const Series& one) { return one.name == name; });
  return found != series.end() ? &*found : nullptr;
}

}  // namespace heapatlas::report
