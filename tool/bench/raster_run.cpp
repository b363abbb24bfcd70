#include "tool/bench/raster_run.hpp"

#include <algorithm>
#include <functional>
#include <queue>
#include <random>
#include <utility>

namespace heapatlas::tool::bench {
namespace {

using namespace viewer;

/// Places for blocks, one after another; each is of one size for good.
struct Place {
  std::uint64_t address;
  std::uint32_t size;
};

std::vector<Place> places(std::size_t count, std::mt19937_64& random) {
  std::vector<Place> all;
  std::uint64_t address = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto size = static_cast<std::uint32_t>(16 + random() % 12 * 16);
    all.push_back({address, size});
    address += size;
  }
  return all;
}

Run empty_run(Event events, std::uint64_t size) {
  Run run;
  run.trace = "made up";
  run.chain = "made up";
  run.nodes = {"small", "medium", "large"};
  for (int i = 0; i < 4; ++i) run.threads.push_back("thread " + std::to_string(i));
  for (int i = 0; i < 100; ++i) run.sites.push_back("site " + std::to_string(i));
  run.events = events;
  run.regions.push_back({0, forever, {{0, size}}});
  return run;
}

Placement block_at(Event birth, Place place, std::uint64_t dice) {
  Placement block{birth, forever, place.address, place.size - dice % 16, place.size};
  block.node = place.size < 64 ? 0 : place.size < 128 ? 1 : 2;
  block.thread = static_cast<std::uint32_t>(dice / 16 % 4);
  block.site = static_cast<std::uint32_t>(dice / 64 % 100);
  return block;
}

/// Exchanges one element for the last, and takes it out.
template <class T>
T take(std::vector<T>& from, std::size_t i) {
  std::swap(from[i], from.back());
  const T taken = from.back();
  from.pop_back();
  return taken;
}

Snapshot walk_at(const Run& run, Event at) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> live;
  for (const Placement& block : run.placements)
    if (block.lives_at(at)) live.emplace_back(block.address, block.address + block.granted);
  std::sort(live.begin(), live.end());
  Snapshot snapshot{at, "worst", {}};
  std::uint64_t end = 0;
  const auto add = [&](std::uint64_t from, std::uint64_t to, SpanKind kind) {
    auto& spans = snapshot.spans;
    if (from == to) return;
    if (!spans.empty() && spans.back().kind == kind) {
      spans.back().size += to - from;
    } else {
      spans.push_back({from, to - from, kind});
    }
  };
  for (const auto& [from, to] : live) {
    add(end, from, SpanKind::free);
    add(from, to, SpanKind::used);
    end = to;
  }
  add(end, run.regions[0].largest_size(), SpanKind::free);
  return snapshot;
}

}  // namespace

Run aged_run(std::size_t blocks, std::size_t live) {
  std::mt19937_64 random{20260101};
  const std::vector<Place> all = places(live + live / 4, random);
  std::vector<std::uint32_t> free(all.size());
  for (std::size_t i = 0; i < free.size(); ++i) free[i] = static_cast<std::uint32_t>(i);
  struct Live {
    std::size_t placement;
    std::uint32_t place;
  };
  std::vector<Live> alive;
  Run run = empty_run(0, all.back().address + all.back().size);
  run.placements.reserve(blocks);
  Event now = 0;
  for (; run.placements.size() < blocks; ++now) {
    if (alive.size() < live && (alive.size() < 2 || random() % 8 != 0)) {
      const std::uint64_t dice = random();
      const std::uint32_t place = take(free, dice % free.size());
      alive.push_back({run.placements.size(), place});
      run.placements.push_back(block_at(now, all[place], dice >> 32));
    } else {
      const Live dead = take(alive, random() % alive.size());
      run.placements[dead.placement].death = now;
      free.push_back(dead.place);
    }
  }
  for (const std::size_t half = alive.size() / 2; alive.size() > half; ++now)
    run.placements[take(alive, random() % alive.size()).placement].death = now;
  run.events = now;
  run.snapshots.push_back(walk_at(run, now / 3 * 2));
  return run;
}

Run young_run(std::size_t blocks) {
  std::mt19937_64 random{20260102};
  struct Death {
    Event at;
    std::size_t placement;
    std::size_t place;
    bool operator>(const Death& other) const { return at > other.at; }
  };
  // The lowest free place, of each size.
  std::vector<std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>>> free(12);
  std::priority_queue<Death, std::vector<Death>, std::greater<>> deaths;
  std::vector<Place> all;
  Run run = empty_run(0, 0);
  run.placements.reserve(blocks);
  std::uint64_t top = 0;
  Event now = 0;
  for (; run.placements.size() < blocks || !deaths.empty(); ++now) {
    if (!deaths.empty() && (deaths.top().at <= now || run.placements.size() == blocks)) {
      const Death dead = deaths.top();
      deaths.pop();
      run.placements[dead.placement].death = now;
      free[all[dead.place].size / 16 - 1].push(dead.place);
      continue;
    }
    const std::uint64_t dice = random();
    const auto size = static_cast<std::uint32_t>(16 + std::min(dice % 12, (dice >> 8) % 12) * 16);
    auto& places_of_size = free[size / 16 - 1];
    std::size_t place = all.size();
    if (places_of_size.empty()) {
      all.push_back({top, size});
      top += size;
    } else {
      place = places_of_size.top();
      places_of_size.pop();
    }
    const std::uint64_t life = dice >> 16 & 63;
    deaths.push({now + (life < 58 ? 1 + life * life : 1 + (dice >> 22) % (blocks / 4 + 1)),
                 run.placements.size(), place});
    run.placements.push_back(block_at(now, all[place], dice >> 40));
  }
  run.events = now;
  run.regions[0].extents[0].size = top;
  return run;
}

}  // namespace heapatlas::tool::bench
