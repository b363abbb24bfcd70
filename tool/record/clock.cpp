#include "tool/record/clock.hpp"

#include <ctime>
#include <fstream>
#include <limits>
#include <string>

namespace heapatlas::tool {
namespace {

std::uint64_t monotonic_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec);
}

}  // namespace

spool::Clock best_clock() {
#if defined(__x86_64__)
  std::ifstream file("/sys/devices/system/clocksource/clocksource0/current_clocksource");
  std::string name;
  if (file >> name && name == "tsc") return spool::Clock::time_stamp_counter;
#endif
  return spool::Clock::monotonic_ns;
}

spool::ClockPair clock_pair(spool::Clock clock) {
#if defined(__x86_64__)
  if (clock == spool::Clock::time_stamp_counter) {
    spool::ClockPair best{};
    std::uint64_t shortest = std::numeric_limits<std::uint64_t>::max();
    for (int i = 0; i < 5; ++i) {  // one of them, most likely, without an interruption
      const std::uint64_t before = __builtin_ia32_rdtsc();
      const std::uint64_t ns = monotonic_ns();
      const std::uint64_t took = __builtin_ia32_rdtsc() - before;
      if (took >= shortest) continue;
      shortest = took;
      best = {before + took / 2, ns};
    }
    return best;
  }
#endif
  const std::uint64_t ns = monotonic_ns();
  return {ns, ns};
}

}  // namespace heapatlas::tool
