// What a heap must be before anything else looks at it.
#include <fmt/format.h>

#include <algorithm>

#include "core/report/document.hpp"

namespace heapatlas::report {
namespace {

using base::Status;

/// Half-open [address, address + size) lies below max_number.
bool in_range(std::uint64_t address, std::uint64_t size) {
  return size <= max_number && address <= max_number - size;
}

template <class... Parts>
auto fault(fmt::format_string<Parts...> text, Parts&&... parts) {
  return base::bad_input(fmt::format(text, std::forward<Parts>(parts)...));
}

Status validate_region(const Region& region, std::size_t i, const Heap& heap) {
  if (region.extents.empty()) return fault("region {} has no size", i);
  if (region.death != forever && region.death > heap.events)
    return fault("region {} dies after the last event", i);
  if (region.death <= region.birth()) return fault("region {} dies before it is born", i);
  for (std::size_t e = 0; e < region.extents.size(); ++e) {
    if (!in_range(region.address, region.extents[e].size))
      return fault("region {} reaches beyond 2^53", i);
    if (e > 0 && region.extents[e].from <= region.extents[e - 1].from)
      return fault("region {} changes its size at descending events", i);
  }
  if (region.node >= heap.nodes.size()) return fault("region {} names an unknown node", i);
  return {};
}

bool known(std::uint32_t id, const std::vector<std::string>& names) {
  return id == unknown || id < names.size();
}

Status validate_placement(const Heap& heap, std::size_t i) {
  const Placement& one = heap.placements[i];
  if (i > 0 && one.birth < heap.placements[i - 1].birth)
    return fault("placement {} is born before the one ahead of it", i);
  if (one.death <= one.birth) return fault("placement {} dies before it is born", i);
  if (one.birth >= heap.events) return fault("placement {} is born after the last event", i);
  if (one.requested < 1) return fault("placement {} has size 0", i);
  if (one.granted < one.requested)
    return fault("placement {} was granted less than was requested", i);
  if (!in_range(one.address, one.granted)) return fault("placement {} reaches beyond 2^53", i);
  if (one.node >= heap.nodes.size()) return fault("placement {} names an unknown node", i);
  if (!known(one.thread, heap.threads)) return fault("placement {} names an unknown thread", i);
  if (!known(one.site, heap.sites)) return fault("placement {} names an unknown site", i);
  return {};
}

Status validate_snapshot(const Heap& heap, std::size_t i) {
  const Snapshot& snapshot = heap.snapshots[i];
  if (i > 0 && snapshot.at < heap.snapshots[i - 1].at)
    return fault("snapshot {} is older than the one ahead of it", i);
  std::uint64_t end = 0;
  for (const WalkedSpan& span : snapshot.spans) {
    if (span.size == 0 || !in_range(span.address, span.size))
      return fault("snapshot {} has a span of impossible size", i);
    if (span.address < end) return fault("snapshot {} has spans that overlap or descend", i);
    if (span.node >= heap.nodes.size()) return fault("snapshot {} names an unknown node", i);
    end = span.address + span.size;
  }
  return {};
}

Status validate_series(const Series& series) {
  if (series.at.size() != series.value.size())
    return fault("series '{}' has more times than values, or fewer", series.name);
  if (!std::is_sorted(series.at.begin(), series.at.end()))
    return fault("series '{}' runs backwards", series.name);
  return {};
}

}  // namespace

Status validate(const Heap& heap) {
  if (heap.events > max_number) return fault("the heap has more than 2^53 events");
  for (std::size_t i = 0; i < heap.regions.size(); ++i)
    HEAPATLAS_TRY(validate_region(heap.regions[i], i, heap));
  if (heap.placements.size() >= unknown)
    return fault("{} placements are more than can be shown", heap.placements.size());
  for (std::size_t i = 0; i < heap.placements.size(); ++i)
    HEAPATLAS_TRY(validate_placement(heap, i));
  for (std::size_t i = 0; i < heap.snapshots.size(); ++i) HEAPATLAS_TRY(validate_snapshot(heap, i));
  for (const Series& series : heap.series) HEAPATLAS_TRY(validate_series(series));
  return {};
}

}  // namespace heapatlas::report
