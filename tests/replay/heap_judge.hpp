// Whether a recorded heap agrees with itself: placements against walks, regions and series.
//
// One sweep over the events of the trace, of which each begins and ends at most one block. Cost:
// linear in events and blocks, and in the live blocks and the spans of each snapshot.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/report/heap.hpp"
#include "tests/replay/bump_model.hpp"
#include "tests/replay/series_judge.hpp"

namespace heapatlas::replay {

/// What a link's used spans hold beside the blocks.
struct LinkLaw {
  bool bump = false;   ///< also what was freed below its top
  bool sized = false;  ///< also a header before every block
};

class HeapJudge {
 public:
  /// `laws`: by link. `alignments`: by event, what was asked for; read where a link is sized.
  HeapJudge(const report::Heap& heap, std::vector<LinkLaw> laws,
            const std::vector<std::size_t>& alignments)
      : heap_{heap},
        laws_{std::move(laws)},
        alignments_{alignments},
        bumps_(laws_.size()),
        live_bytes_{heap, "live"},
        granted_bytes_{heap, "granted"},
        live_blocks_{heap, "live_blocks"},
        committed_{heap, "committed"} {}

  void judge() {
    judge_regions();
    find_ends();
    find_growth();
    auto snapshot = heap_.snapshots.begin();
    for (report::Event at = 0; at < heap_.events && !testing::Test::HasFailure(); ++at) {
      happen(at);
      for (SeriesJudge* series : all_series()) series->pass(at);
      for (; snapshot != heap_.snapshots.end() && snapshot->at == at; ++snapshot) judge(*snapshot);
    }
    if (testing::Test::HasFailure()) return;
    EXPECT_EQ(next_, heap_.placements.size()) << "blocks that no event began";
    EXPECT_EQ(snapshot, heap_.snapshots.end()) << "snapshots out of order";
    for (SeriesJudge* series : all_series()) series->finish();
  }

 private:
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

  /// The memory of a block as its link has it.
  struct Piece {
    std::uint64_t begin;
    std::uint64_t end;
    std::uint64_t requested;
    report::Event death;
  };

  std::vector<SeriesJudge*> all_series() {
    return {&live_bytes_, &granted_bytes_, &live_blocks_, &committed_};
  }

  [[nodiscard]] LinkLaw law(std::uint32_t node) const { return laws_.at(node); }

  [[nodiscard]] Piece piece_of(const report::Placement& block) const {
    Piece piece{block.address, block.address + block.granted, block.requested, block.death};
    if (law(block.node).sized)
      piece.begin -= std::max<std::uint64_t>(8, alignments_.at(block.birth));
    return piece;
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

  void find_ends() {
    ending_at_.assign(heap_.events, none);
    for (std::uint32_t id = 0; id < heap_.placements.size(); ++id) {
      const report::Event death = heap_.placements[id].death;
      if (death == report::forever) continue;
      ASSERT_LT(death, heap_.events);
      ASSERT_EQ(ending_at_[death], none) << "two blocks end at event " << death;
      ending_at_[death] = id;
    }
  }

  void find_growth() {
    growth_at_.assign(heap_.events, 0);
    own_growth_at_.assign(heap_.events, 0);
    const auto grows = [&](const report::Region& region, report::Event at, std::uint64_t by) {
      growth_at_.at(at) += by;
      if (region.own) own_growth_at_[at] += by;
    };
    for (const report::Region& region : heap_.regions) {
      std::uint64_t size = 0;
      for (const report::Extent& extent : region.extents) {
        grows(region, extent.from, extent.size - size);
        size = extent.size;
      }
      if (region.death < heap_.events) grows(region, region.death, 0 - size);
    }
  }

  void happen(report::Event at) {
    const report::Placement* begun = nullptr;
    if (next_ < heap_.placements.size() && heap_.placements[next_].birth == at)
      begun = &heap_.placements[next_++];
    const report::Placement* ended =
        ending_at_[at] == none ? nullptr : &heap_.placements[ending_at_[at]];
    if (begun != nullptr) {
      live_bytes_.now += begun->requested;
      granted_bytes_.now += begun->granted;
      ++live_blocks_.now;
      if (heap_.regions[begun->region].own) begun_since_.push_back(piece_of(*begun));
    }
    if (ended != nullptr) {
      live_bytes_.now -= ended->requested;
      granted_bytes_.now -= ended->granted;
      --live_blocks_.now;
    }
    committed_.now += growth_at_[at];
    own_committed_ += own_growth_at_[at];
    move_bumps(begun, ended);
  }

  void move_bumps(const report::Placement* begun, const report::Placement* ended) {
    const bool begun_here = begun != nullptr && law(begun->node).bump;
    const bool ended_here = ended != nullptr && law(ended->node).bump;
    const auto extent = [&](const report::Placement& block) {
      const Piece piece = piece_of(block);
      return BumpModel::Extent{piece.begin, piece.end};
    };
    if (begun_here && ended_here && begun->address == ended->address) {
      bumps_[begun->node].resize(extent(*ended), extent(*begun));
      return;
    }
    if (begun_here)
      bumps_[begun->node].allocate(heap_.regions[begun->region].address, extent(*begun));
    if (ended_here) bumps_[ended->node].free(extent(*ended));
  }

  /// Live blocks of links that walk, by address.
  const std::vector<Piece>& live_at(report::Event at) {
    const auto is_dead = [at](const Piece& piece) { return piece.death <= at; };
    const auto is_below = [](const Piece& a, const Piece& b) { return a.begin < b.begin; };
    begun_since_.erase(std::remove_if(begun_since_.begin(), begun_since_.end(), is_dead),
                       begun_since_.end());
    std::sort(begun_since_.begin(), begun_since_.end(), is_below);
    live_.erase(std::remove_if(live_.begin(), live_.end(), is_dead), live_.end());
    const auto older = static_cast<std::ptrdiff_t>(live_.size());
    live_.insert(live_.end(), begun_since_.begin(), begun_since_.end());
    std::inplace_merge(live_.begin(), live_.begin() + older, live_.end(), is_below);
    begun_since_.clear();
    return live_;
  }

  void judge(const report::Snapshot& snapshot) {
    SCOPED_TRACE(snapshot.label + " at event " + std::to_string(snapshot.at));
    const std::vector<Piece>& live = live_at(snapshot.at);
    std::size_t next = 0;
    std::uint64_t used = 0;
    std::uint64_t covered = 0;
    for (const report::WalkedSpan& span : snapshot.spans) {
      if (span.kind == report::SpanKind::opaque) continue;
      const std::size_t first = next;
      next = judge_blocks(span, live, first);
      if (testing::Test::HasFailure()) return;
      if (span.kind != report::SpanKind::used) continue;
      used += span.size;
      covered += covered_of(span, live, first, next);
    }
    ASSERT_EQ(next, live.size()) << "blocks beyond the walk";
    ASSERT_EQ(covered, used);
    judge_sums(snapshot);
  }

  /// The live blocks that begin in a span, from `first` on; returns the next one.
  static std::size_t judge_blocks(const report::WalkedSpan& span, const std::vector<Piece>& live,
                                  std::size_t first) {
    const std::uint64_t end = span.address + span.size;
    std::size_t next = first;
    std::uint64_t from = span.address;
    std::uint64_t requested = 0;
    // Unbroken used spans may share a block between them: none does, so each holds whole ones.
    for (; next < live.size() && live[next].begin < end; ++next) {
      const Piece& block = live[next];
      if (block.begin < from || block.end > end || span.kind != report::SpanKind::used) {
        ADD_FAILURE() << "the block [" << block.begin << ", " << block.end << ") in the span ["
                      << span.address << ", " << end << ") of kind " << int(span.kind)
                      << ", free from " << from;
        return next;
      }
      from = block.end;
      requested += block.requested;
    }
    if (span.blocks != 0 && span.blocks != next - first)
      ADD_FAILURE() << next - first << " blocks in a span of " << span.blocks << " at "
                    << span.address;
    if (span.requested != 0 && span.requested != requested)
      ADD_FAILURE() << requested << " bytes requested of " << span.requested << " at "
                    << span.address;
    return next;
  }

  /// The bytes of a used span that blocks, or what is below a bump's top, account for.
  [[nodiscard]] std::uint64_t covered_of(const report::WalkedSpan& span,
                                         const std::vector<Piece>& live, std::size_t first,
                                         std::size_t next) const {
    if (law(span.node).bump) {
      const BumpModel::Extent used = bumps_[span.node].used();
      EXPECT_EQ(used.begin, span.address) << "where a bump begins";
      EXPECT_EQ(used.end, span.address + span.size) << "the top of a bump";
      return used.end - used.begin;
    }
    std::uint64_t covered = 0;
    for (std::size_t i = first; i < next; ++i) covered += live[i].end - live[i].begin;
    if (span.blocks == 1) {
      EXPECT_EQ(covered, span.size) << "the one block of a span fills it";
    }
    return covered;
  }

  /// The spans are exactly the regions that stand, and the series say what both do.
  void judge_sums(const report::Snapshot& snapshot) {
    std::uint64_t tiled = 0;
    std::uint64_t free = 0;
    std::uint64_t largest_free = 0;
    std::uint64_t metadata = 0;
    for (const report::WalkedSpan& span : snapshot.spans) {
      if (span.kind == report::SpanKind::opaque) continue;
      tiled += span.size;
      if (span.kind == report::SpanKind::metadata) metadata += span.size;
      if (span.kind != report::SpanKind::free) continue;
      free += span.size;
      largest_free = std::max(largest_free, span.size);
    }
    ASSERT_EQ(tiled, own_committed_) << "the regions that stand, and what the walk tiles";
    for (SeriesJudge* series : all_series()) series->judge_here();
    if (tiled == 0) return;
    ASSERT_EQ(value_at(heap_, "free", snapshot.at), static_cast<double>(free));
    ASSERT_EQ(value_at(heap_, "largest_free", snapshot.at), static_cast<double>(largest_free));
    ASSERT_EQ(value_at(heap_, "metadata", snapshot.at), static_cast<double>(metadata));
    ASSERT_EQ(value_at(heap_, "external_fragmentation", snapshot.at),
              free == 0 ? 0 : 1 - static_cast<double>(largest_free) / static_cast<double>(free));
  }

  const report::Heap& heap_;
  std::vector<LinkLaw> laws_;
  const std::vector<std::size_t>& alignments_;
  std::vector<BumpModel> bumps_;  ///< by link
  std::vector<std::uint32_t> ending_at_;
  std::vector<std::uint64_t> growth_at_;  ///< bytes of all regions; wraps when they shrink
  std::vector<std::uint64_t> own_growth_at_;
  std::size_t next_ = 0;             ///< the first block that is not begun
  std::vector<Piece> live_;          ///< at the last snapshot, by address
  std::vector<Piece> begun_since_;   ///< of links that walk
  std::uint64_t own_committed_ = 0;  ///< bytes of own regions
  SeriesJudge live_bytes_;
  SeriesJudge granted_bytes_;
  SeriesJudge live_blocks_;
  SeriesJudge committed_;
};

}  // namespace heapatlas::replay
