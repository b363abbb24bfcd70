#include "core/trace/tally.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace heapatlas::trace {
namespace {

constexpr std::uint64_t max_live_bytes = std::uint64_t{1} << 62;

}  // namespace

base::Status Tally::broken(const Event& event, const char* rule) const {
  return base::bad_input(
      fmt::format("{} of object {}: {}", name_of(event.kind), event.object, rule),
      fmt::format("event {}", totals_.events));
}

base::Status Tally::check(const Event& event) const {
  if (static_cast<unsigned>(event.kind) >= event_kinds) return broken(event, "no such kind");
  if (event.thread > totals_.threads) return broken(event, "a thread number was left out");
  if (event.time > max_time) return broken(event, "the time is out of range");
  if (event.size > max_size) return broken(event, "the size is out of range");
  const bool explicit_align = event.align_log2 != natural_align;
  if (event.kind == EventKind::allocate) {
    if (event.object != next_object()) return broken(event, "not the next object number");
    if (explicit_align && event.align_log2 > max_align_log2)
      return broken(event, "the alignment is out of range");
    return {};
  }
  if (explicit_align || event.zeroed)
    return broken(event, "only an allocation has an alignment or is zeroed");
  if (event.kind != EventKind::resize && (event.size != 0 || event.site != 0))
    return broken(event, "only an allocation or a resize has a size or a site");
  return {};
}

void Tally::grow_live(std::uint64_t bytes) {
  totals_.end_live_bytes += bytes;
  if (totals_.end_live_bytes <= totals_.peak_live_bytes) return;
  totals_.peak_live_bytes = totals_.end_live_bytes;
  totals_.peak_event = totals_.events;
}

base::Status Tally::add(const Event& event) {
  HEAPATLAS_TRY(check(event));
  const bool owned = event.kind == EventKind::resize || event.kind == EventKind::free;
  std::uint64_t* live = owned ? sizes_.find(event.object) : nullptr;
  if (owned && live == nullptr) return broken(event, "it is not live");
  if (totals_.end_live_bytes + event.size > max_live_bytes)
    return broken(event, "more bytes live than any program can have");
  switch (event.kind) {
    case EventKind::allocate:
      sizes_.insert(event.object, event.size);
      totals_.peak_live_blocks = std::max(totals_.peak_live_blocks, ++totals_.end_live_blocks);
      grow_live(event.size);
      break;
    case EventKind::resize:
      totals_.end_live_bytes -= *live;
      grow_live(event.size);
      *live = event.size;
      break;
    case EventKind::free:
      totals_.end_live_bytes -= *live;
      --totals_.end_live_blocks;
      sizes_.erase(event.object);
      break;
    default:
      break;
  }
  ++totals_.events;
  ++totals_.by_kind[static_cast<unsigned>(event.kind)];
  totals_.threads = std::max(totals_.threads, event.thread + 1);
  totals_.duration = std::max(totals_.duration, event.time);
  return {};
}

}  // namespace heapatlas::trace
