// The end of every recording: its spool becomes a trace, and a few lines on standard error.
#pragma once

#include <atomic>
#include <optional>
#include <string>

#include "core/base/error.hpp"
#include "tool/record/convert.hpp"

namespace heapatlas::tool {

/// Converts the spool, says what came of it unless quiet, and removes the spool; it stays, and the
/// error says how to go on, when the trace can't be written.
/// begun: a conversion of the spool's last image that is under way, if there is one.
[[nodiscard]] base::Status write_trace(const std::string& spool_path, const std::string& trace_path,
                                       bool quiet, const std::atomic<bool>& interrupted,
                                       std::optional<Converter> begun = {});

}  // namespace heapatlas::tool
