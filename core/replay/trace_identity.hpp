// What a report says of the trace that was replayed.
#pragma once

#include <string>

#include "core/base/error.hpp"
#include "core/replay/compile.hpp"
#include "core/report/document.hpp"
#include "core/trace/info.hpp"

namespace heapatlas::replay {

/// Reads the whole file for its checksum; fails when it cannot be read.
[[nodiscard]] base::Result<report::TraceIdentity> identity_of(const std::string& path,
                                                              const trace::TraceInfo& info,
                                                              const CompiledTrace& compiled);

}  // namespace heapatlas::replay
