// Runs for the tests of the viewer.
#pragma once

#include <map>
#include <random>
#include <vector>

#include "viewer/model/run.hpp"

namespace heapatlas::viewer {

/// One region of `size` bytes that stands throughout; no blocks.
inline Run plain_run(std::uint64_t size, Event events) {
  Run run;
  run.trace = "trace";
  run.chain = "chain";
  run.nodes = {"first"};
  run.events = events;
  run.regions.push_back({0, forever, {{0, size}}});
  return run;
}

/// Blocks of up to 200 bytes at first-fit places of a region of 64 KiB in units of 16, born and
/// freed at random.
inline Run random_run(unsigned seed, Event events) {
  Run run = plain_run(1 << 16, events);
  run.nodes = {"small", "large"};
  run.threads = {"main", "worker"};
  for (int i = 0; i < 10; ++i) run.sites.push_back("site " + std::to_string(i));
  std::mt19937 random{seed};
  std::map<std::uint64_t, std::uint64_t> taken;  // address -> end
  std::vector<std::size_t> live;
  Series bytes{"live", Unit::bytes, {}, {}};
  double sum = 0;
  for (Event at = 0; at < events; ++at) {
    if (live.empty() || random() % 100 < (at < events / 2 ? 60U : 45U)) {
      const std::uint64_t requested = 1 + random() % 200;
      const std::uint64_t granted = (requested + 15) / 16 * 16;
      std::uint64_t address = 0;
      for (const auto& [from, to] : taken) {
        if (address + granted <= from) break;
        address = to;
      }
      taken[address] = address + granted;
      live.push_back(run.placements.size());
      run.placements.push_back({at, forever, address, requested, granted, requested > 64 ? 1U : 0U,
                                static_cast<std::uint32_t>(random() % 2),
                                static_cast<std::uint32_t>(requested % 10)});
      sum += static_cast<double>(requested);
    } else {
      const std::size_t victim = random() % live.size();
      Placement& block = run.placements[live[victim]];
      block.death = at;
      taken.erase(block.address);
      sum -= static_cast<double>(block.requested);
      live.erase(live.begin() + static_cast<std::ptrdiff_t>(victim));
    }
    bytes.at.push_back(at);
    bytes.value.push_back(sum);
  }
  run.series.push_back(bytes);
  return run;
}

}  // namespace heapatlas::viewer
