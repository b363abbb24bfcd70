// What a heap must be before anything else looks at it.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

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
  if (region.birth() > heap.events) return fault("region {} is born after the last event", i);
  if (region.death != forever && region.death > heap.events)
    return fault("region {} dies after the last event", i);
  if (region.death <= region.birth()) return fault("region {} dies before it is born", i);
  for (std::size_t e = 0; e < region.extents.size(); ++e) {
    if (!in_range(region.address, region.extents[e].size))
      return fault("region {} reaches beyond 2^53", i);
    if (e > 0 && region.extents[e].from <= region.extents[e - 1].from)
      return fault("region {} changes its size at descending events", i);
    if (region.extents[e].from >= region.death)
      return fault("region {} changes its size after its death", i);
  }
  if (region.node >= heap.nodes.size()) return fault("region {} names an unknown node", i);
  return {};
}

/// The smallest size of a region between two events, in O(log n): of ever longer runs of extents,
/// the smallest each. Regions that never shrink, most of them, need none of that.
class SmallestSize {
 public:
  explicit SmallestSize(const Region& region) : region_(region) {
    const auto& extents = region.extents;
    if (std::is_sorted(extents.begin(), extents.end(),
                       [](const Extent& a, const Extent& b) { return a.size < b.size; }))
      return;
    std::vector<std::uint64_t> sizes;
    sizes.reserve(extents.size());
    for (const Extent& extent : extents) sizes.push_back(extent.size);
    runs_.push_back(std::move(sizes));
    for (std::size_t half = 1; 2 * half <= extents.size(); half *= 2) {
      const auto& shorter = runs_.back();
      std::vector<std::uint64_t> longer;
      for (std::size_t i = 0; i + half < shorter.size(); ++i)
        longer.push_back(std::min(shorter[i], shorter[i + half]));
      runs_.push_back(std::move(longer));
    }
  }

  /// In [from, to), both within the region's life.
  [[nodiscard]] std::uint64_t between(Event from, Event to) const {
    if (runs_.empty()) return region_.size_at(from);
    const std::size_t first = extents_until(from) - 1;
    const std::size_t last = extents_until(to - 1);
    const auto level = static_cast<std::size_t>(std::bit_width(last - first)) - 1;
    return std::min(runs_[level][first], runs_[level][last - (std::size_t{1} << level)]);
  }

 private:
  /// How many extents have begun by then.
  [[nodiscard]] std::size_t extents_until(Event at) const {
    const auto& extents = region_.extents;
    return static_cast<std::size_t>(
        std::upper_bound(extents.begin(), extents.end(), at,
                         [](Event t, const Extent& e) { return t < e.from; }) -
        extents.begin());
  }

  const Region& region_;
  std::vector<std::vector<std::uint64_t>> runs_;  ///< [k][i]: the smallest of i, ..., i + 2^k - 1
};

bool known(std::uint32_t id, const std::vector<std::string>& names) {
  return id == unknown || id < names.size();
}

/// A block lies in its region from its birth to its death, whatever the region's size does.
Status validate_place(const Heap& heap, const std::vector<SmallestSize>& sizes, std::size_t i) {
  const Placement& one = heap.placements[i];
  if (one.region >= heap.regions.size()) return fault("placement {} names an unknown region", i);
  const Region& region = heap.regions[one.region];
  if (one.birth < region.birth() || one.death > region.death)
    return fault("placement {} lives when its region does not", i);
  const bool single = region.extents.size() == 1;
  const std::uint64_t size =
      single ? region.extents.front().size : sizes[one.region].between(one.birth, one.death);
  if (one.address < region.address || one.granted > size ||
      one.address - region.address > size - one.granted)
    return fault("placement {} reaches beyond its region", i);
  return {};
}

Status validate_placement(const Heap& heap, std::size_t i) {
  const Placement& one = heap.placements[i];
  if (i > 0 && one.birth < heap.placements[i - 1].birth)
    return fault("placement {} is born before the one ahead of it", i);
  if (one.death <= one.birth) return fault("placement {} dies before it is born", i);
  if (one.birth >= heap.events) return fault("placement {} is born after the last event", i);
  if (one.death != forever && one.death > heap.events)
    return fault("placement {} dies after the last event", i);
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
  if (snapshot.at > heap.events) return fault("snapshot {} is taken after the last event", i);
  std::uint64_t end = 0;
  for (const WalkedSpan& span : snapshot.spans) {
    if (span.size == 0 || !in_range(span.address, span.size))
      return fault("snapshot {} has a span of impossible size", i);
    if (span.address < end) return fault("snapshot {} has spans that overlap or descend", i);
    if (span.node >= heap.nodes.size()) return fault("snapshot {} names an unknown node", i);
    if (span.requested > span.size)
      return fault("snapshot {} has a span of more requested bytes than its size", i);
    end = span.address + span.size;
  }
  return {};
}

Status validate_series(const Heap& heap, const Series& series) {
  if (series.at.size() != series.value.size())
    return fault("series '{}' has more times than values, or fewer", series.name);
  if (!std::is_sorted(series.at.begin(), series.at.end()))
    return fault("series '{}' runs backwards", series.name);
  if (!series.at.empty() && series.at.back() > heap.events)
    return fault("series '{}' goes on after the last event", series.name);
  if (!std::all_of(series.value.begin(), series.value.end(),
                   [](double value) { return std::isfinite(value) && value >= 0; }))
    return fault("series '{}' has a value that is no number from 0", series.name);
  return {};
}

}  // namespace

Status validate(const Heap& heap) {
  if (heap.events > max_number) return fault("the heap has more than 2^53 events");
  for (std::size_t i = 0; i < heap.regions.size(); ++i)
    HEAPATLAS_TRY(validate_region(heap.regions[i], i, heap));
  if (heap.placements.size() >= unknown)
    return fault("{} placements are more than can be shown", heap.placements.size());
  const std::vector<SmallestSize> sizes(heap.regions.begin(), heap.regions.end());
  for (std::size_t i = 0; i < heap.placements.size(); ++i) {
    HEAPATLAS_TRY(validate_placement(heap, i));
    HEAPATLAS_TRY(validate_place(heap, sizes, i));
  }
  for (std::size_t i = 0; i < heap.snapshots.size(); ++i) HEAPATLAS_TRY(validate_snapshot(heap, i));
  for (const Series& series : heap.series) HEAPATLAS_TRY(validate_series(heap, series));
  return {};
}

}  // namespace heapatlas::report
