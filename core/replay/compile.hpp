// Trace to workload: done once, before anything is timed.
//
// Objects become slots; a freed slot is the next to be taken again, so that the slots in use stay
// few and warm. Sizes of 0 become 1, alignments that were not asked for the natural one. Threads,
// times, sites and markers are left out: operations keep the recorded order.
//
// Memory: some 30 bytes for each object that is alive at once, whatever the trace's length; the
// workload itself goes to a file that has no name.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "core/base/descriptor.hpp"
#include "core/base/error.hpp"
#include "core/replay/workload.hpp"
#include "core/trace/reader.hpp"

namespace heapatlas::replay {

struct CompileOptions {
  unsigned natural_align_log2 = trace::natural_align_log2;
  /// Called now and then with the events read so far; false cancels.
  std::function<bool(std::uint64_t events)> progress;
};

/// A workload and what the trace's reader said at the end of it.
struct CompiledTrace {
  base::Descriptor file;  ///< what MappedWorkload maps
  WorkloadFacts facts;
  std::uint64_t events = 0;  ///< of every kind
  std::uint32_t threads = 0;
  trace::Recovery recovery;
};

/// Compiles what the reader has left. bad_input when an event breaks the rules of
/// core/trace/event.hpp, when more objects are alive at once than slots can be numbered, or when
/// an alignment exceeds what an operation holds; unavailable when there is no room for the
/// workload; cancelled when progress said so.
[[nodiscard]] base::Result<CompiledTrace> compile(trace::Reader& reader,
                                                  const CompileOptions& options = {});

/// Whether events of a kind become operations.
[[nodiscard]] constexpr bool is_operation(trace::EventKind kind) noexcept {
  return kind == trace::EventKind::allocate || kind == trace::EventKind::resize ||
         kind == trace::EventKind::free;
}

/// The event that an operation was compiled from.
struct EventPlace {
  std::uint64_t event = 0;  ///< counted from 0
  std::uint64_t object = 0;
  trace::EventKind kind = trace::EventKind::allocate;
};

/// Finds the event of an operation by reading the trace again, from its start; nothing when it has
/// fewer operations.
[[nodiscard]] std::optional<EventPlace> event_of(trace::Reader& reader, std::uint64_t operation);

}  // namespace heapatlas::replay
