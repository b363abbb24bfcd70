#include "viewer/model/live_index.hpp"

#include <iterator>
#include <limits>

#include "viewer/model/parallel.hpp"

namespace heapatlas::viewer {
namespace {

using Entry = Stretch::Entry;

/// A type, so that sorting need not call it.
struct Before {
  bool operator()(const Entry& a, const Entry& b) const {
    return a.address != b.address ? a.address < b.address : a.id < b.id;
  }
};

std::uint32_t fitted(Event age) {
  return static_cast<std::uint32_t>(std::min<Event>(age, Stretch::too_late));
}

Classes classes_of(const Placement& block, const BlockClasses* classes) {
  return classes == nullptr ? Classes{0} : classes->of(block);
}

/// Finds the entries of a stretch that live on at the first event of the next one.
void find_survivors(LargeVector<Entry>& kept, const Stretch& stretch, const Placements& placements,
                    Event from) {
  kept.clear();
  for (Entry entry : stretch.entries) {
    const Event death =
        entry.until < Stretch::too_late ? stretch.from + entry.until : placements[entry.id].death;
    if (death <= from) continue;
    entry.until = fitted(death - from);
    kept.push_back(entry);
  }
}

/// By two threads.
void sort_entries(LargeVector<Entry>& entries) {
  const auto middle = entries.begin() + static_cast<std::ptrdiff_t>(entries.size() / 2);
  in_parallel(2, [&](std::size_t half) {
    std::sort(half == 0 ? entries.begin() : middle, half == 0 ? middle : entries.end(), Before{});
  });
  std::inplace_merge(entries.begin(), middle, entries.end(), Before{});
}

}  // namespace

Entry Stretch::entry_of(const Placement& block, PlacementId id, Event from, Classes classes) {
  const std::uint64_t slack = block.granted - block.requested;
  const bool fits =
      slack < too_large && block.requested <= std::numeric_limits<std::uint32_t>::max();
  return {block.address,
          id,
          fitted(block.death - from),
          static_cast<std::uint32_t>(block.requested),
          fits ? static_cast<std::uint16_t>(slack) : too_large,
          classes};
}

LiveAt::LiveAt(const Placements& placements, std::shared_ptr<const Stretch> stretch, Event at)
    : placements_(&placements),
      stretch_(std::move(stretch)),
      at_(at),
      age_(at - std::min(at, stretch_->from)),
      born_(born_until(placements, at)) {}

std::vector<PlacementId> LiveAt::ids() const {
  std::vector<PlacementId> ids;
  for_each(0, largest_number, [&](const LiveBlock& block) { ids.push_back(block.id); });
  return ids;
}

std::size_t born_until(const Placements& placements, Event at) {
  const auto found =
      std::upper_bound(placements.begin(), placements.end(), at,
                       [](Event t, const Placement& placement) { return t < placement.birth; });
  return static_cast<std::size_t>(found - placements.begin());
}

LiveAt find_live(const Placements& placements, Event at, const BlockClasses* classes) {
  auto stretch = std::make_shared<Stretch>();
  stretch->from = at;
  const std::size_t born = born_until(placements, at);
  for (std::size_t i = 0; i < born; ++i)
    if (placements[i].death > at)
      stretch->entries.push_back(Stretch::entry_of(placements[i], static_cast<PlacementId>(i), at,
                                                   classes_of(placements[i], classes)));
  std::sort(stretch->entries.begin(), stretch->entries.end(), Before{});
  return {placements, std::move(stretch), at};
}

LiveIndex::LiveIndex(const Placements& placements, const BlockClasses* classes,
                     std::size_t births_between)
    : placements_(placements) {
  LargeVector<Entry> kept;
  LargeVector<Entry> born;
  std::size_t next = 0;
  do {
    Stretch stretch;
    stretch.from = next < placements.size() ? placements[next].birth : 0;
    // A stretch begins between two events: every birth of an event is in one.
    std::size_t end =
        next + std::min(std::max(births_between, kept.size() / 2), placements.size() - next);
    if (end > next) end = born_until(placements, placements[end - 1].birth);
    born.clear();
    born.reserve(end - next);
    for (std::size_t i = next; i < end; ++i)
      born.push_back(Stretch::entry_of(placements[i], static_cast<PlacementId>(i), stretch.from,
                                       classes_of(placements[i], classes)));
    sort_entries(born);
    stretch.entries.reserve(kept.size() + born.size());
    std::merge(kept.begin(), kept.end(), born.begin(), born.end(),
               std::back_inserter(stretch.entries), Before{});
    if (end < placements.size()) find_survivors(kept, stretch, placements, placements[end].birth);
    stretches_.push_back(std::make_shared<const Stretch>(std::move(stretch)));
    next = end;
  } while (next < placements.size());
}

LiveAt LiveIndex::at(Event at) const {
  const auto after =
      std::upper_bound(stretches_.begin() + 1, stretches_.end(), at,
                       [](Event t, const auto& stretch) { return t < stretch->from; });
  return {placements_, *std::prev(after), at};
}

Event find_peak(const Placements& placements) {
  struct Death {
    Event at;
    std::uint64_t bytes;
  };
  std::vector<Death> deaths;
  for (const Placement& placement : placements)
    if (placement.death != forever) deaths.push_back({placement.death, placement.granted});
  std::sort(deaths.begin(), deaths.end(),
            [](const Death& a, const Death& b) { return a.at < b.at; });
  Event peak_at = 0;
  std::uint64_t live = 0;
  std::uint64_t peak = 0;
  auto death = deaths.begin();
  for (const Placement& placement : placements) {
    for (; death != deaths.end() && death->at <= placement.birth; ++death) live -= death->bytes;
    live += placement.granted;
    if (live <= peak) continue;
    peak = live;
    peak_at = placement.birth;
  }
  return peak_at;
}

}  // namespace heapatlas::viewer
