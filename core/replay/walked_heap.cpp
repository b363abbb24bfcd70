#include "core/replay/walked_heap.hpp"

#include <algorithm>

namespace heapatlas::replay {

void WalkedHeap::clear() noexcept {
  raw_.clear();
  regions_.clear();
  flat_.clear();
  outermost_.clear();
  figures_ = {};
}

void WalkedHeap::flatten(std::uint64_t at, Violation& violation) noexcept {
  const auto is_one_used_span = [this](const RawRegion& region) {
    return region.spans == 1 && raw_[region.first].kind == report::SpanKind::used;
  };
  // Outer regions first. Of two that are the same piece of memory, the outer is one used span.
  std::sort(regions_.begin(), regions_.end(), [&](const RawRegion& a, const RawRegion& b) {
    if (a.address != b.address) return a.address < b.address;
    if (a.size != b.size) return a.size > b.size;
    return is_one_used_span(a) && !is_one_used_span(b);
  });
  for (std::size_t i = 0; i < regions_.size() && !violation.found;) {
    const RawRegion& region = regions_[i];
    if (region.size == 0) {  // opaque
      ++i;
      continue;
    }
    if (!outermost_.empty() && region.address < outermost_[outermost_.size() - 1].end()) {
      violation.set(at, "the walk has regions that overlap");
      violation.node = region.node;
      return;
    }
    const report::WalkedSpan last = raw_[region.first + region.spans - 1];
    std::uint64_t size = region.size;
    if (last.kind == report::SpanKind::reserved) {
      size -= last.size;
      figures_.reserved += last.size;
      --regions_[i].spans;
    }
    if (size > 0) outermost_.push_back({region.address, size, region.node, 0});
    i = flatten_region(i, at, violation);
  }
}

/// Adds a region and what lies in it; returns the first region beyond.
std::size_t WalkedHeap::flatten_region(std::size_t index, std::uint64_t at,
                                       Violation& violation) noexcept {
  const RawRegion region = regions_[index];
  std::size_t inner = index + 1;
  for (std::uint32_t i = 0; i < region.spans; ++i) {
    const report::WalkedSpan span = raw_[region.first + i];
    const std::uint64_t end = span.address + span.size;
    std::uint64_t from = span.address;
    while (inner < regions_.size() && regions_[inner].address < end) {
      const RawRegion& refining = regions_[inner];
      if (refining.size == 0) {
        ++inner;
        continue;
      }
      if (span.kind != report::SpanKind::used || refining.end() > end) {
        violation.set(at, "the walk has a region that lies neither apart nor in one used span");
        violation.node = refining.node;
        return regions_.size();
      }
      if (refining.address > from)
        add({from, refining.address - from, report::SpanKind::padding, span.node, 0, 0});
      from = refining.end();
      inner = flatten_region(inner, at, violation);
      if (violation.found) return regions_.size();
    }
    if (from == span.address)
      add(span);
    else if (from < end)
      add({from, end - from, report::SpanKind::padding, span.node, 0, 0});
  }
  return inner;
}

void WalkedHeap::add(const report::WalkedSpan& span) noexcept {
  switch (span.kind) {
    case report::SpanKind::used:
      figures_.used += span.size;
      break;
    case report::SpanKind::free:
      figures_.free += span.size;
      figures_.largest_free = std::max(figures_.largest_free, span.size);
      break;
    case report::SpanKind::metadata:
      figures_.metadata += span.size;
      break;
    case report::SpanKind::padding:
      figures_.padding += span.size;
      break;
    case report::SpanKind::cached:
      figures_.cached += span.size;
      break;
    case report::SpanKind::reserved:
      figures_.reserved += span.size;
      break;
    case report::SpanKind::opaque:
      break;
  }
  flat_.push_back(span);
}

}  // namespace heapatlas::replay
