// Turns a spool into a trace.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "core/base/error.hpp"
#include "core/trace/trace.hpp"
#include "tool/terminal.hpp"

namespace heapatlas::tool {

/// What a conversion did.
struct Conversion {
  trace::Totals totals;
  trace::Losses losses;
  std::uint64_t lost = 0;    ///< calls inside signal handlers, not recorded
  std::uint32_t images = 0;  ///< programs that the process ran; the last is in the trace
  int cut_reason = 0;        ///< errno of what cut the recording
  std::uint64_t bytes = 0;   ///< of the trace
  std::string image;         ///< the program's file
};

/// Reads the spool twice: once to check it, once to write the trace, whole or not at all. The
/// spool stays. bad_input when it is damaged or holds nothing; cancelled when interrupted is set.
[[nodiscard]] base::Result<Conversion> convert(const std::string& spool_path,
                                               const std::string& trace_path, Progress& progress,
                                               const std::atomic<bool>& interrupted);

/// What a spool without images means.
[[nodiscard]] base::Error nothing_recorded(const std::string& program);

}  // namespace heapatlas::tool
