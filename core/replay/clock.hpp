// The clocks of a timed pass, and what the system did meanwhile.
#pragma once

#include <sys/resource.h>

#include <cstdint>
#include <ctime>

#include "core/replay/exchange.hpp"

namespace heapatlas::replay {

/// Nanoseconds of the clock, from some fixed moment.
[[nodiscard]] inline std::uint64_t nanoseconds(clockid_t clock) noexcept {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec);
}

[[nodiscard]] inline std::uint64_t page_faults() noexcept {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  return static_cast<std::uint64_t>(usage.ru_minflt) + static_cast<std::uint64_t>(usage.ru_majflt);
}

/// Runs work() and returns what it took, its result in `failures`.
template <class F>
[[nodiscard]] PassTime timed(F&& work) noexcept {
  PassTime time;
  const std::uint64_t faults = page_faults();
  const std::uint64_t wall = nanoseconds(CLOCK_MONOTONIC);
  const std::uint64_t cpu = nanoseconds(CLOCK_THREAD_CPUTIME_ID);
  time.failures = work();
  time.cpu_ns = nanoseconds(CLOCK_THREAD_CPUTIME_ID) - cpu;
  time.wall_ns = nanoseconds(CLOCK_MONOTONIC) - wall;
  time.page_faults = page_faults() - faults;
  return time;
}

}  // namespace heapatlas::replay
