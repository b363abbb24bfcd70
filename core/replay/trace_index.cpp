#include "core/replay/trace_index.hpp"

#include <algorithm>

#include "core/replay/compile.hpp"

namespace heapatlas::replay {

TraceIndex TraceIndex::of(trace::Reader& reader) {
  TraceIndex index;
  reader.rewind();
  trace::Event event;
  for (; reader.next(event); ++index.events_) {
    index.threads_ = std::max(index.threads_, event.thread + 1);
    index.sites_ = std::max(index.sites_, event.site);
    if (is_operation(event.kind))
      index.operations_.push_back({index.events_, event.thread, event.site});
    else if (event.kind == trace::EventKind::marker)
      index.markers_.push_back({index.events_, event.object});
  }
  return index;
}

std::uint64_t TraceIndex::operations_at(std::uint64_t event) const noexcept {
  const auto above = std::upper_bound(
      operations_.begin(), operations_.end(), event,
      [](std::uint64_t value, const Origin& origin) { return value < origin.event; });
  return static_cast<std::uint64_t>(above - operations_.begin());
}

report::Event TraceIndex::event_at(std::uint64_t operations) const noexcept {
  if (operations == 0 || operations_.empty()) return 0;
  return operations_[std::min<std::uint64_t>(operations, operations_.size()) - 1].event;
}

}  // namespace heapatlas::replay
