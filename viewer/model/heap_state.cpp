#include "viewer/model/heap_state.hpp"

namespace heapatlas::viewer {
namespace {

/// A span that a walk calls used holds no block that the run knows of, or it would be covered:
/// memory that a link handed on to one that cannot walk.
State state_of(SpanKind kind) {
  switch (kind) {
    case SpanKind::free:
      return State::free;
    case SpanKind::metadata:
      return State::metadata;
    case SpanKind::padding:
      return State::padding;
    case SpanKind::cached:
      return State::cached;
    case SpanKind::reserved:
      return State::reserved;
    case SpanKind::used:
    case SpanKind::opaque:
      break;
  }
  return State::opaque;
}

std::vector<HeapSpan> walked(const Snapshot& snapshot) {
  std::vector<HeapSpan> spans;
  spans.reserve(snapshot.spans.size());
  for (const WalkedSpan& span : snapshot.spans)
    spans.push_back({span.address, span.size, state_of(span.kind), unknown});
  return spans;
}

}  // namespace

const char* name_of(State state) {
  static constexpr const char* names[state_count] = {"live",   "slack",    "not in a block",
                                                     "free",   "metadata", "padding",
                                                     "cached", "reserved", "opaque"};
  return names[static_cast<std::size_t>(state)];
}

std::vector<HeapSpan> background_at(const Run& run, Event at) {
  if (const Snapshot* snapshot = run.snapshot_at(at)) return walked(*snapshot);
  std::vector<HeapSpan> spans;
  for (const Region& region : run.regions) {
    const std::uint64_t size = region.size_at(at);
    if (size == 0) continue;
    spans.push_back({region.address, size, region.own ? State::unused : State::opaque, unknown});
  }
  std::sort(spans.begin(), spans.end(),
            [](const HeapSpan& a, const HeapSpan& b) { return a.address < b.address; });
  return spans;
}

HeapAt heap_at(const Run& run, const LiveIndex& index, Event at) {
  return {at, index.live_at(at), background_at(run, at)};
}

}  // namespace heapatlas::viewer
