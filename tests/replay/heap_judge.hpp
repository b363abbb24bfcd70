// Whether a recorded heap agrees with itself: placements against walks, regions and series.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "core/report/heap.hpp"

namespace heapatlas::replay {

/// How much of a chain's used spans live blocks must fill.
enum class Coverage {
  exact,   ///< every byte
  within,  ///< at most: a bump cannot tell dead blocks from live ones, a header is used as well
};

class HeapJudge {
 public:
  HeapJudge(const report::Heap& heap, Coverage coverage) : heap_{heap}, coverage_{coverage} {}

  void judge() {
    for (const report::Snapshot& snapshot : heap_.snapshots) {
      judge(snapshot);
      if (testing::Test::HasFailure()) return;
    }
    judge_regions();
    judge_sums();
  }

 private:
  struct Piece {
    std::uint64_t begin;
    std::uint64_t end;
    std::uint64_t requested;
  };

  /// Live blocks of links that walk, by address.
  [[nodiscard]] std::vector<Piece> live_at(report::Event at) const {
    std::vector<Piece> live;
    for (const report::Placement& block : heap_.placements) {
      if (block.birth > at) break;
      if (block.lives_at(at) && heap_.regions[block.region].own)
        live.push_back({block.address, block.address + block.granted, block.requested});
    }
    std::sort(live.begin(), live.end(),
              [](const Piece& a, const Piece& b) { return a.begin < b.begin; });
    return live;
  }

  void judge(const report::Snapshot& snapshot) {
    SCOPED_TRACE(snapshot.label + " at event " + std::to_string(snapshot.at));
    const std::vector<Piece> live = live_at(snapshot.at);
    std::size_t next = 0;
    std::uint64_t used = 0;
    std::uint64_t covered = 0;
    for (const report::WalkedSpan& span : snapshot.spans) {
      if (span.kind == report::SpanKind::opaque) continue;
      const std::uint64_t end = span.address + span.size;
      const std::size_t first = next;
      // Unbroken used spans may share a block between them: none does, so each holds whole ones.
      for (; next < live.size() && live[next].begin < end; ++next) {
        ASSERT_GE(live[next].begin, span.address) << "a block outside of the walk";
        ASSERT_LE(live[next].end, end) << "a block that leaves its span";
        ASSERT_EQ(span.kind, report::SpanKind::used) << "a live block in another kind of span";
        if (next > first) {
          ASSERT_GE(live[next].begin, live[next - 1].end) << "blocks overlap";
        }
        covered += live[next].end - live[next].begin;
      }
      if (span.kind != report::SpanKind::used) continue;
      used += span.size;
      if (span.blocks != 0) {
        ASSERT_EQ(next - first, span.blocks) << "in one span";
      }
      if (span.blocks == 1 && coverage_ == Coverage::exact) {
        ASSERT_EQ(live[first].begin, span.address);
        ASSERT_EQ(live[first].end, end);
      }
      if (span.requested != 0) {
        std::uint64_t requested = 0;
        for (std::size_t i = first; i < next; ++i) requested += live[i].requested;
        ASSERT_EQ(requested, span.requested);
      }
    }
    ASSERT_EQ(next, live.size()) << "blocks beyond the walk";
    ASSERT_LE(covered, used);
    if (coverage_ == Coverage::exact) {
      ASSERT_EQ(covered, used);
    }
    judge_tiling(snapshot);
  }

  /// The spans are exactly the regions that stand.
  void judge_tiling(const report::Snapshot& snapshot) {
    std::uint64_t regions = 0;
    std::uint64_t spans = 0;
    for (const report::Region& region : heap_.regions)
      regions += region.own ? region.size_at(snapshot.at) : 0;
    for (const report::WalkedSpan& span : snapshot.spans)
      spans += span.kind == report::SpanKind::opaque ? 0 : span.size;
    ASSERT_EQ(spans, regions) << "the regions that stand, and what the walk tiles";
  }

  /// Every block lies in its region from birth to death.
  void judge_regions() {
    for (const report::Placement& block : heap_.placements) {
      const report::Region& region = heap_.regions[block.region];
      ASSERT_LE(region.birth(), block.birth);
      ASSERT_GE(region.death, block.death);
      ASSERT_GE(block.address, region.address);
      const std::uint64_t end = block.address + block.granted - region.address;
      ASSERT_LE(end, region.size_at(block.birth));
      for (const report::Extent& extent : region.extents)
        if (extent.from > block.birth && extent.from < block.death) {
          ASSERT_LE(end, extent.size);
        }
    }
  }

  /// What is live by the series is what is live by the placements.
  void judge_sums() {
    const report::Series* live = heap_.find_series("live");
    const report::Series* granted = heap_.find_series("granted");
    ASSERT_NE(live, nullptr);
    ASSERT_NE(granted, nullptr);
    for (std::size_t i = 0; i < live->at.size(); i += live->at.size() / 16 + 1)
      ASSERT_EQ(live->value[i], sum_at(live->at[i], &report::Placement::requested));
    for (std::size_t i = 0; i < granted->at.size(); i += granted->at.size() / 16 + 1)
      ASSERT_EQ(granted->value[i], sum_at(granted->at[i], &report::Placement::granted));
  }

  [[nodiscard]] double sum_at(report::Event at, std::uint64_t report::Placement::*size) const {
    std::uint64_t sum = 0;
    for (const report::Placement& block : heap_.placements)
      if (block.lives_at(at)) sum += block.*size;
    return static_cast<double>(sum);
  }

  const report::Heap& heap_;
  Coverage coverage_;
};

}  // namespace heapatlas::replay
