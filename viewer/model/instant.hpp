// Instants of a run that have a name.
#pragma once

#include <string_view>

#include "core/base/error.hpp"
#include "viewer/model/run.hpp"

namespace heapatlas::viewer {

/// The event that a text names: "peak" (most live bytes), "worst" (of fragmentation), "end", the
/// label of a walk, as a marker of the trace has one, or a number of an event such as 12500 or
/// 12.5k. bad_input when the run has no such instant.
[[nodiscard]] base::Result<Event> find_instant(const Run& run, std::string_view text);

}  // namespace heapatlas::viewer
