// What a trace says about itself: where it came from, what its source knew, and its totals.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/trace/event.hpp"

namespace heapatlas::trace {

/// What the source of a trace knew; what it did not know reads as if nothing had happened.
struct Fidelity {
  bool threads = true;         ///< else every event is thread 0's
  bool alignment = true;       ///< else every alignment is natural
  bool realloc = true;         ///< else a resize reads as an allocation and a free
  bool zeroing = true;         ///< else calloc reads as malloc
  bool times = true;           ///< else every time is 0
  bool exact_identity = true;  ///< else frees were matched to objects by guessing

  bool operator==(const Fidelity&) const = default;
};

/// Where a trace came from. Texts are UTF-8 by custom, not by promise; unknown ones are empty.
/// All of it together is limited to what fits in max_header_bytes (format.hpp).
struct TraceInfo {
  std::string program;               ///< path or name of the program
  std::vector<std::string> command;  ///< its arguments as given, the program's name first
  std::string origin;                ///< who wrote the trace, and which version of it
  std::string machine;               ///< processor and cores
  std::string system;                ///< operating system, kernel, C library
  std::uint64_t recorded_at = 0;     ///< seconds since 1970; 0 unknown
  std::uint32_t time_unit = 1;       ///< ns; times are kept as whole multiples of it, rounded down
  Fidelity fidelity;

  bool operator==(const TraceInfo&) const = default;
};

/// What the source of a trace could not place, counted.
struct Losses {
  std::uint64_t dropped_frees = 0;   ///< frees of what was never seen allocated, left out
  std::uint64_t implicit_frees = 0;  ///< frees put in because an address came back without one
  bool cut = false;                  ///< the recording stopped before the program did

  bool operator==(const Losses&) const = default;
};

/// Figures over all events.
struct Totals {
  std::uint64_t events = 0;
  std::array<std::uint64_t, event_kinds> by_kind{};  ///< by EventKind
  std::uint32_t threads = 0;                         ///< threads that have an event
  std::uint64_t duration = 0;                        ///< ns; the latest time
  std::uint64_t peak_live_bytes = 0;                 ///< most bytes requested and not yet freed
  std::uint64_t peak_event = 0;                      ///< the event that first reached them
  std::uint64_t peak_live_blocks = 0;  ///< most objects at a time, not always at that event
  std::uint64_t end_live_bytes = 0;    ///< what was never freed
  std::uint64_t end_live_blocks = 0;

  [[nodiscard]] std::uint64_t count(EventKind kind) const {
    return by_kind[static_cast<unsigned>(kind)];
  }
  bool operator==(const Totals&) const = default;
};

}  // namespace heapatlas::trace
