// What a heap is at an instant, against a painting of every single byte.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "tests/viewer/runs.hpp"
#include "viewer/model/heap_state.hpp"
#include "viewer/model/run.hpp"

namespace heapatlas::viewer {
namespace {

struct StateSpan {
  std::uint64_t address;
  std::uint64_t size;
  State state;
};

/// What every byte is, painted one by one: the background, and the blocks over it.
std::vector<StateSpan> spans_at(const Run& run, Event at) {
  const HeapAt heap = heap_at(run, nullptr, at);
  std::map<std::uint64_t, State> bytes;
  for (const HeapSpan& span : heap.background->spans)
    for (std::uint64_t i = span.address; i < span.end(); ++i) bytes[i] = span.state;
  for_each_block(heap, 0, largest_number, [&](const CutBlock& block) {
    for (std::uint64_t i = block.from; i < block.to; ++i)
      bytes[i] = i < block.slack_from ? State::live : State::slack;
  });
  std::vector<StateSpan> spans;
  for (const auto& [address, state] : bytes) {
    if (!spans.empty() && spans.back().state == state &&
        spans.back().address + spans.back().size == address) {
      ++spans.back().size;
    } else {
      spans.push_back({address, 1, state});
    }
  }
  return spans;
}

void expect_span(const StateSpan& span, std::uint64_t address, std::uint64_t size, State state) {
  EXPECT_EQ(span.address, address);
  EXPECT_EQ(span.size, size);
  EXPECT_EQ(span.state, state);
}

TEST(HeapIndex, knows_what_of_a_walk_no_block_covers) {
  auto run = plain_run(100, 10);
  run.placements = {{0, forever, 10, 10, 20}, {2, forever, 50, 10, 10}};
  const Snapshot walk{
      1,
      "",
      {{0, 10, SpanKind::metadata, 0}, {10, 25, SpanKind::used, 0}, {35, 65, SpanKind::free, 0}}};
  run.snapshots = {walk, walk};
  run.snapshots[1].at = 2;
  const HeapIndex index{run};
  const auto bare_at = [&](Event at) {
    std::vector<StateSpan> spans;
    for (const HeapSpan& span : *index.background_at(at)->bare)
      spans.push_back({span.address, span.size, span.state});
    return spans;
  };
  const auto first = bare_at(1);
  ASSERT_EQ(first.size(), 3U);
  expect_span(first[0], 0, 10, State::metadata);
  expect_span(first[1], 30, 5, State::taken);
  expect_span(first[2], 35, 65, State::free);
  const auto second = bare_at(2);
  ASSERT_EQ(second.size(), 4U);
  expect_span(second[2], 35, 15, State::free);
  expect_span(second[3], 60, 40, State::free);
  EXPECT_FALSE(index.background_at(5)->bare) << "no walk";
}

TEST(HeapState, blocks_lie_over_their_region) {
  auto run = plain_run(100, 10);
  run.placements = {{0, forever, 10, 5, 8}, {0, forever, 18, 2, 2}, {0, 3, 60, 1, 1}};
  const auto spans = spans_at(run, 5);
  ASSERT_EQ(spans.size(), 5U);
  expect_span(spans[0], 0, 10, State::unused);
  expect_span(spans[1], 10, 5, State::live);
  expect_span(spans[2], 15, 3, State::slack);
  expect_span(spans[3], 18, 2, State::live);
  expect_span(spans[4], 20, 80, State::unused);
}

TEST(HeapState, a_walk_tells_what_lies_between_blocks) {
  auto run = plain_run(100, 10);
  run.placements = {{0, forever, 10, 10, 10}};
  run.snapshots = {{5,
                    "peak",
                    {{0, 10, SpanKind::metadata, 0},
                     {10, 10, SpanKind::used, 0},
                     {20, 70, SpanKind::free, 0},
                     {90, 10, SpanKind::used, 0}}}};
  const auto spans = spans_at(run, 5);
  ASSERT_EQ(spans.size(), 4U);
  expect_span(spans[0], 0, 10, State::metadata);
  expect_span(spans[1], 10, 10, State::live);
  expect_span(spans[2], 20, 70, State::free);
  expect_span(spans[3], 90, 10, State::taken);
  EXPECT_EQ(spans_at(run, 6).front().state, State::unused) << "no walk was taken there";
}

TEST(HeapState, nothing_foreign_is_called_free) {
  auto run = plain_run(100, 10);
  run.regions[0].own = false;
  expect_span(spans_at(run, 0).front(), 0, 100, State::opaque);
}

TEST(HeapState, regions_grow_shrink_and_die) {
  auto run = plain_run(0, 100);
  run.regions[0] = {0, 50, {{10, 100}, {20, 30}}};
  EXPECT_TRUE(spans_at(run, 9).empty());
  expect_span(spans_at(run, 10).front(), 0, 100, State::unused);
  expect_span(spans_at(run, 20).front(), 0, 30, State::unused);
  EXPECT_TRUE(spans_at(run, 50).empty());
}

TEST(HeapState, overlapping_blocks_are_told_once) {
  auto run = plain_run(100, 10);
  run.placements = {{0, forever, 10, 20, 20}, {0, forever, 15, 5, 5}, {0, forever, 25, 10, 10}};
  std::uint64_t end = 0;
  std::uint64_t sum = 0;
  for_each_block(heap_at(run, nullptr, 0), 0, largest_number, [&](const CutBlock& block) {
    EXPECT_GE(block.from, end);
    EXPECT_GT(block.to, block.from);
    end = block.to;
    sum += block.to - block.from;
  });
  EXPECT_EQ(sum, 25U);
}

TEST(HeapState, regions_that_overlap_are_told_once) {
  auto run = plain_run(100, 10);
  run.regions.push_back({50, forever, {{0, 20}}, 0, false});
  run.regions.push_back({90, forever, {{0, 30}}, 0, false});
  const auto spans = spans_at(run, 0);
  ASSERT_EQ(spans.size(), 2U);
  expect_span(spans[0], 0, 100, State::unused);
  expect_span(spans[1], 100, 20, State::opaque);
  EXPECT_EQ(totals_of(heap_at(run, nullptr, 0)).of(State::unused), 100U);
}

/// Totals of spans that were painted byte by byte.
Totals totals_by_hand(const Run& run, Event at) {
  Totals totals;
  std::uint64_t hole = 0;
  std::uint64_t end = 0;
  for (const StateSpan& span : spans_at(run, at)) {
    totals.bytes[static_cast<std::size_t>(span.state)] += span.size;
    if (span.state != State::free && span.state != State::unused) continue;
    hole = span.address == end ? hole + span.size : span.size;
    end = span.address + span.size;
    totals.largest_hole = std::max(totals.largest_hole, hole);
  }
  for (const Placement& block : run.placements) totals.blocks += block.lives_at(at) ? 1U : 0U;
  return totals;
}

TEST(HeapState, totals_are_those_of_single_bytes) {
  auto run = random_run(4711, 1500);
  run.regions[0].extents = {{0, 20000}, {700, 1 << 16}};
  run.regions.push_back({20000, 700, {{10, 3000}}, 0, false});
  run.snapshots = {{1000,
                    "end",
                    {{0, 3000, SpanKind::metadata, 0},
                     {3000, 20000, SpanKind::used, 0},
                     {23000, 10000, SpanKind::free, 0},
                     {33000, 5, SpanKind::padding, 0},
                     {33005, 27000, SpanKind::free, 0},
                     {61000, 3000, SpanKind::free, 0}}}};
  for (Event at = 0; at < run.events; at += 125) {
    const Totals expected = totals_by_hand(run, at);
    const Totals totals = totals_of(heap_at(run, nullptr, at));
    EXPECT_EQ(totals.bytes, expected.bytes) << at;
    EXPECT_EQ(totals.blocks, expected.blocks) << at;
    EXPECT_EQ(totals.largest_hole, expected.largest_hole) << at;
  }
}

TEST(HeapState, spans_tile_the_regions_at_any_event) {
  const auto run = random_run(99, 2000);
  for (Event at = 0; at < run.events; at += 101) {
    std::uint64_t sum = 0;
    std::uint64_t live = 0;
    for (const StateSpan& span : spans_at(run, at)) {
      sum += span.size;
      if (span.state == State::live || span.state == State::slack) live += span.size;
    }
    std::uint64_t granted = 0;
    for (const Placement& block : run.placements)
      if (block.lives_at(at)) granted += block.granted;
    EXPECT_EQ(sum, run.regions[0].size_at(at));
    EXPECT_EQ(live, granted);
  }
}

}  // namespace
}  // namespace heapatlas::viewer
