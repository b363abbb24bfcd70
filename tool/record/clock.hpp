// The clocks of a spool: which one the recorded program reads, and from its ticks to nanoseconds
// since the recording began.
#pragma once

#include <cstdint>

#include "core/base/error.hpp"
#include "tool/record/spool_reader.hpp"

namespace heapatlas::tool {

/// The time-stamp counter where the kernel itself trusts it, else CLOCK_MONOTONIC.
[[nodiscard]] spool::Clock best_clock();

/// Now, on the clock and on CLOCK_MONOTONIC, read as close together as can be.
[[nodiscard]] spool::ClockPair clock_pair(spool::Clock clock);

class ClockScale {
 public:
  /// Two instants read on both clocks, as far apart as there are; bad_input when they can't be.
  [[nodiscard]] static base::Result<ClockScale> between(spool::Clock clock, spool::ClockPair first,
                                                        spool::ClockPair last) {
    if (clock == spool::Clock::monotonic_ns) return ClockScale(first.ticks, 1);
    const double ticks = static_cast<double>(last.ticks) - static_cast<double>(first.ticks);
    const double ns = static_cast<double>(last.ns) - static_cast<double>(first.ns);
    const double ns_per_tick = ns / ticks;
    if (!(ticks > 0) || !(ns_per_tick > 1e-3) || !(ns_per_tick < 1e6))
      return base::bad_input("the spool is damaged: its clocks contradict each other");
    return ClockScale(first.ticks, ns_per_tick);
  }

  [[nodiscard]] std::uint64_t ns_at(std::uint64_t ticks) const {
    if (ticks <= start_) return 0;
    const double ns = static_cast<double>(ticks - start_) * ns_per_tick_;
    return ns < 0x1p62 ? static_cast<std::uint64_t>(ns) : std::uint64_t{1} << 62;
  }

 private:
  ClockScale(std::uint64_t start, double ns_per_tick) : start_(start), ns_per_tick_(ns_per_tick) {}

  std::uint64_t start_;
  double ns_per_tick_;
};

}  // namespace heapatlas::tool
