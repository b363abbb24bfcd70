// The laws of walking a heap (core/alloc/span.hpp), tried on one walk.
//
// Spans of a region ascend and tile it; two regions are apart, or one lies in a used span of the
// other; every live block lies in used spans of the innermost region around it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "core/alloc/concepts.hpp"
#include "tests/alloc/conformance/fault.hpp"
#include "tests/alloc/conformance/model.hpp"

namespace heapatlas::conformance {

struct WalkedRegion {
  Region region;
  std::vector<Span> spans;
};

/// Everything one walk reported.
struct Snapshot {
  std::vector<WalkedRegion> regions;

  [[nodiscard]] bool has_opaque_part() const {
    return std::any_of(regions.begin(), regions.end(),
                       [](const WalkedRegion& walked) { return walked.region.size == 0; });
  }
  /// How many spans of a kind there are, in all regions.
  [[nodiscard]] std::size_t count(SpanKind kind) const {
    std::size_t n = 0;
    for (const WalkedRegion& walked : regions)
      for (const Span& span : walked.spans) n += span.kind == kind ? 1 : 0;
    return n;
  }
};

inline bool same_span(const Span& a, const Span& b) {
  return a.address == b.address && a.size == b.size && a.kind == b.kind && a.blocks == b.blocks &&
         a.requested == b.requested && a.node == b.node;
}

inline bool operator==(const WalkedRegion& a, const WalkedRegion& b) {
  return a.region.address == b.region.address && a.region.size == b.region.size &&
         a.region.node == b.region.node &&
         std::equal(a.spans.begin(), a.spans.end(), b.spans.begin(), b.spans.end(), same_span);
}
inline bool operator==(const Snapshot& a, const Snapshot& b) {
  return a.regions == b.regions;
}

class SnapshotVisitor {
 public:
  void region(const Region& region) { snapshot.regions.push_back({region, {}}); }
  void span(const Span& span) {
    if (snapshot.regions.empty()) fail("walk reported a span before any region");
    snapshot.regions.back().spans.push_back(span);
  }
  Snapshot snapshot;
};

template <Introspectable A>
[[nodiscard]] Snapshot take_snapshot(const A& allocator) {
  SnapshotVisitor visitor;
  allocator.walk(visitor);
  return std::move(visitor.snapshot);
}

inline void verify_tiling(const WalkedRegion& walked, NodeId nodes) {
  const std::byte* at = walked.region.address;
  if (walked.region.node >= nodes)
    fail("walk names node ", walked.region.node, " of ", nodes, " nodes");
  for (const Span& span : walked.spans) {
    if (span.node >= nodes) fail("walk names node ", span.node, " of ", nodes, " nodes");
    if (span.size == 0) fail("walk reported an empty span at ", span.address);
    if (span.address < at) fail("walk: the span at ", span.address, " overlaps or descends");
    if (span.address > at) fail("walk: nothing covers the bytes from ", at, " to ", span.address);
    at = span.end();
  }
  if (at != walked.region.address + walked.region.size)
    fail("walk: spans end at ", at, ", the region at ", walked.region.address + walked.region.size);
}

/// Where the walk's statements about one address range live: span start -> span, innermost first.
class SpanIndex {
 public:
  explicit SpanIndex(const Snapshot& snapshot) {
    // Outer regions first: of two that overlap, the larger one can only be the outer.
    std::vector<const WalkedRegion*> regions;
    for (const WalkedRegion& walked : snapshot.regions)
      if (walked.region.size > 0) regions.push_back(&walked);
    std::stable_sort(regions.begin(), regions.end(),
                     [](const auto* a, const auto* b) { return a->region.size > b->region.size; });
    for (const WalkedRegion* walked : regions) add(*walked);
  }

  /// The innermost span that holds an address, null when none does.
  [[nodiscard]] const Span* find(std::uintptr_t address) const {
    auto it = spans_.upper_bound(address);
    if (it == spans_.begin()) return nullptr;
    const Span& span = std::prev(it)->second;
    return address - address_of(span.address) < span.size ? &span : nullptr;
  }
  [[nodiscard]] const std::map<std::uintptr_t, Span>& spans() const { return spans_; }

 private:
  /// Adds a region: cuts the used span it refines, if any, to what lies outside of it.
  void add(const WalkedRegion& walked) {
    const std::byte* first = walked.region.address;
    const std::byte* last = first + walked.region.size;
    if (const Span* around = find(address_of(first))) {
      const Span outer = *around;
      if (outer.kind != SpanKind::used || last > outer.end())
        fail("walk: the region at ", first, " neither lies apart nor in one used span");
      spans_.erase(address_of(outer.address));
      add_piece(outer, outer.address, first);
      add_piece(outer, last, outer.end());
    }
    const auto next = spans_.lower_bound(address_of(first));
    if (next != spans_.end() && next->first < address_of(last))
      fail("walk: the region at ", first, " overlaps the span at ", next->second.address);
    for (const Span& span : walked.spans) spans_[address_of(span.address)] = span;
  }

  void add_piece(Span outer, const std::byte* from, const std::byte* to) {
    if (from == to) return;
    outer.address = from;
    outer.size = static_cast<std::size_t>(to - from);
    outer.blocks = 0;
    outer.requested = 0;
    spans_[address_of(from)] = outer;
  }

  std::map<std::uintptr_t, Span> spans_;
};

struct Tally {
  std::size_t blocks = 0;
  std::size_t requested = 0;
};

/// Every live block lies in used spans. Returns what each used span holds, by its address.
inline std::map<std::uintptr_t, Tally> verify_coverage(const Snapshot& snapshot,
                                                       const SpanIndex& index, const Model& model) {
  std::map<std::uintptr_t, Tally> tallies;
  for (const auto& [address, live] : model.by_address()) {
    const Span* span = index.find(address);
    if (span == nullptr) {
      if (!snapshot.has_opaque_part()) fail("walk: no region holds the live block ", live.ptr);
      continue;
    }
    Tally& tally = tallies[address_of(span->address)];
    tally.blocks += 1;
    tally.requested += live.layout.size;
    std::uintptr_t at = address;
    while (span != nullptr && at < address + live.granted) {
      if (span->kind != SpanKind::used && span->kind != SpanKind::opaque)
        fail("walk: the live block ", live.ptr, " + ", live.granted,
             " reaches into a span that is not used, at ", span->address);
      at = address_of(span->end());
      span = index.find(at);
    }
    if (at < address + live.granted) fail("walk: a live block leaves its region at ", live.ptr);
  }
  return tallies;
}

/// Every law of one walk. exact: the allocator has no parts, so that what it says of blocks and
/// requested bytes must be the truth, not only an upper bound. nothing_kept: with no live block
/// there may be no used span.
inline void verify_walk(const Snapshot& snapshot, const Model& model, NodeId nodes, bool exact,
                        bool nothing_kept) {
  for (const WalkedRegion& walked : snapshot.regions)
    if (walked.region.size > 0) verify_tiling(walked, nodes);
  const SpanIndex index{snapshot};
  const auto tallies = verify_coverage(snapshot, index, model);
  for (const auto& [address, span] : index.spans()) {
    if (span.kind != SpanKind::used) continue;
    if (nothing_kept && model.empty()) fail("walk: a used span at ", span.address, ", none live");
    const auto found = tallies.find(address);
    const Tally tally = found == tallies.end() ? Tally{} : found->second;
    if (span.blocks != 0 && (exact ? tally.blocks != span.blocks : tally.blocks > span.blocks))
      fail("walk: ", tally.blocks, " live blocks in the span at ", span.address, " that claims ",
           span.blocks);
    if (span.requested != 0 &&
        (exact ? tally.requested != span.requested : tally.requested > span.requested))
      fail("walk: ", tally.requested, " bytes requested in the span at ", span.address,
           " that claims ", span.requested);
  }
}

}  // namespace heapatlas::conformance
