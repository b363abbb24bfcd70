// Random traces that keep the rules, for the tests of whoever reads or writes one.
#pragma once

#include <random>
#include <vector>

#include "core/trace/event.hpp"

namespace heapatlas::trace {

/// count events, the same for the same seed: all kinds, sizes and alignments up to the largest,
/// stack-like and random frees, threads that switch.
inline std::vector<Event> random_trace(std::size_t count, unsigned seed) {
  std::mt19937_64 random(seed);
  const auto below = [&](std::uint64_t bound) { return random() % bound; };
  std::vector<Event> events;
  std::vector<std::uint64_t> live;
  std::uint64_t objects = 0;
  std::uint64_t time = 0;
  std::uint32_t threads = 1;
  std::uint32_t thread = 0;
  while (events.size() < count) {
    Event event;
    if (events.size() > 1 && below(20) == 0)
      thread = static_cast<std::uint32_t>(below(threads + 1));
    threads = std::max(threads, thread + 1);
    event.thread = thread;
    time += below(30) == 0 ? random() >> (20 + below(44)) : below(300);
    event.time = below(50) == 0 ? time - std::min<std::uint64_t>(time, below(1000)) : time;
    const std::uint64_t choice = below(100);
    if (choice < 50 || (live.empty() && choice < 96)) {
      event.object = objects++;
      event.size = below(4) == 0 ? max_size >> below(48) : below(500);
      event.zeroed = below(8) == 0;
      if (below(10) == 0) event.align_log2 = static_cast<std::uint8_t>(below(max_align_log2 + 1));
      if (below(3) == 0) event.site = static_cast<std::uint32_t>(random() >> (32 + below(32)));
      live.push_back(event.object);
    } else if (choice < 96) {
      const std::size_t at = live.size() - 1 - below(below(4) == 0 ? live.size() : 1);
      event.object = live[at];
      event.kind = choice < 60 ? EventKind::resize : EventKind::free;
      if (event.kind == EventKind::resize) event.size = below(10000);
      if (event.kind == EventKind::free) live.erase(live.begin() + static_cast<std::ptrdiff_t>(at));
    } else {
      event.kind = choice == 96   ? EventKind::thread_start
                   : choice == 97 ? EventKind::thread_exit
                                  : EventKind::marker;
      if (event.kind == EventKind::marker) event.object = random() >> below(64);
    }
    events.push_back(event);
  }
  return events;
}

}  // namespace heapatlas::trace
