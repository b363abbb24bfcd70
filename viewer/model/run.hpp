// What the viewer knows of one run: a trace replayed on a chain. The heap as the report holds it,
// with a name; no drawing.
//
// Nothing here is trusted until report::validate has accepted it; everything else in viewer/ relies
// on that.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "core/report/document.hpp"

namespace heapatlas::viewer {

using report::Event;
using report::Extent;
using report::forever;
using report::Placement;
using report::Placements;
using report::Region;
using report::Series;
using report::Snapshot;
using report::SpanKind;
using report::Unit;
using report::unknown;
using report::WalkedSpan;

using PlacementId = std::uint32_t;

/// No number of a report exceeds this.
inline constexpr std::uint64_t largest_number = report::max_number;

struct Run : report::Heap {
  std::string trace;
  std::string chain;
};

/// The run of a report, which must have a heap; it is moved out, not copied.
[[nodiscard]] inline Run take_run(report::Run&& run) {
  return {std::move(*run.heap), std::move(run.trace.name), std::move(run.chain)};
}

}  // namespace heapatlas::viewer
