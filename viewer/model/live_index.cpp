#include "viewer/model/live_index.hpp"

#include <algorithm>
#include <iterator>

namespace heapatlas::viewer {
namespace {

/// The first placement from `first` on that is born after an event.
std::size_t born_after(const Placements& placements, std::size_t first, Event at) {
  const auto found =
      std::upper_bound(placements.begin() + static_cast<std::ptrdiff_t>(first), placements.end(),
                       at, [](Event t, const Placement& placement) { return t < placement.birth; });
  return static_cast<std::size_t>(found - placements.begin());
}

struct Born {
  std::uint64_t address;
  PlacementId id;
};

}  // namespace

LiveIndex::LiveIndex(const Placements& placements, std::size_t births_between)
    : placements_(placements), keyframes_(1) {
  for (;;) {
    const Keyframe& last = keyframes_.back();
    const std::size_t step = std::max(births_between, last.live.size() / 4);
    if (placements.size() - last.next <= step) break;
    // A keyframe stands between two events: every birth of its event is in it.
    const Event at = placements[last.next + step - 1].birth;
    const std::size_t next = born_after(placements, last.next, at);
    keyframes_.push_back({at, next, advance(last, at, next)});
  }
}

std::vector<PlacementId> LiveIndex::advance(const Keyframe& frame, Event at,
                                            std::size_t end) const {
  std::vector<Born> born;
  for (std::size_t i = frame.next; i < end; ++i)
    if (placements_[i].death > at)
      born.push_back({placements_[i].address, static_cast<PlacementId>(i)});
  std::sort(born.begin(), born.end(),
            [](const Born& a, const Born& b) { return a.address < b.address; });
  std::vector<PlacementId> live;
  live.reserve(frame.live.size() + born.size());
  auto next = born.begin();
  for (std::size_t i = 0; i < frame.live.size(); ++i) {
    prefetch(placements_, frame.live, i);
    const Placement& kept = placements_[frame.live[i]];
    if (kept.death <= at) continue;
    for (; next != born.end() && next->address < kept.address; ++next) live.push_back(next->id);
    live.push_back(frame.live[i]);
  }
  for (; next != born.end(); ++next) live.push_back(next->id);
  return live;
}

std::vector<PlacementId> LiveIndex::live_at(Event at) const {
  const auto after = std::upper_bound(keyframes_.begin() + 1, keyframes_.end(), at,
                                      [](Event t, const Keyframe& frame) { return t < frame.at; });
  const Keyframe& frame = *std::prev(after);
  return advance(frame, at, born_after(placements_, frame.next, at));
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
