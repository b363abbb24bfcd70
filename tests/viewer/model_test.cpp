// The model must answer what a simple search of every placement answers, and accept nothing that
// the drawing code could trip over.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "tests/viewer/runs.hpp"
#include "viewer/model/address_line.hpp"
#include "viewer/model/heap_state.hpp"
#include "viewer/model/live_index.hpp"
#include "viewer/model/run.hpp"

namespace heapatlas::viewer {
namespace {

TEST(LiveIndex, agrees_with_a_search_of_everything) {
  const auto run = random_run(20260101, 3000);
  ASSERT_TRUE(validate(run));
  for (const std::size_t births_between : {1U, 7U, 100U, 100'000U}) {
    const LiveIndex index{run.placements, births_between};
    for (Event at = 0; at <= run.events; at += 17) {
      std::vector<PlacementId> expected;
      for (std::size_t i = 0; i < run.placements.size(); ++i)
        if (run.placements[i].lives_at(at)) expected.push_back(static_cast<PlacementId>(i));
      std::sort(expected.begin(), expected.end(), [&](PlacementId a, PlacementId b) {
        return run.placements[a].address < run.placements[b].address;
      });
      ASSERT_EQ(index.live_at(at), expected) << "at " << at << ", keyframes " << births_between;
    }
  }
}

TEST(LiveIndex, several_births_at_one_event_are_on_one_side_of_a_keyframe) {
  Placements blocks;
  for (std::uint64_t i = 0; i < 10; ++i) blocks.push_back({5, forever, 9 - i, 1, 1});
  const LiveIndex index{blocks, 3};
  EXPECT_TRUE(index.live_at(4).empty());
  EXPECT_EQ(index.live_at(5).size(), 10U);
  EXPECT_EQ(index.live_at(forever - 1).size(), 10U);
}

TEST(LiveIndex, a_run_without_blocks) {
  const Placements none;
  const LiveIndex index{none};
  EXPECT_TRUE(index.live_at(0).empty());
  EXPECT_EQ(find_peak(none), 0U);
}

TEST(FindPeak, is_the_first_event_with_the_most_bytes) {
  const auto run = random_run(7, 2000);
  std::uint64_t most = 0;
  Event expected = 0;
  for (Event at = 0; at < run.events; ++at) {
    std::uint64_t live = 0;
    for (const Placement& block : run.placements)
      if (block.lives_at(at)) live += block.granted;
    if (live > most) expected = at;
    most = std::max(most, live);
  }
  EXPECT_EQ(find_peak(run.placements), expected);
}

TEST(FindPeak, a_free_and_a_birth_at_one_event_do_not_meet) {
  EXPECT_EQ(find_peak({{0, 5, 0, 10, 10}, {5, forever, 0, 10, 10}}), 0U);
}

TEST(AddressLine, leaves_out_the_space_between_regions) {
  std::vector<Region> regions = {{1000, forever, {{0, 100}}}, {0, forever, {{0, 50}, {4, 70}}}};
  const AddressLine line{regions, 16};
  ASSERT_EQ(line.pieces().size(), 2U);
  EXPECT_EQ(line.pieces()[0].position, 0U);
  EXPECT_EQ(line.pieces()[1].position, 96U) << "70 rounded up to 80, and a cell between";
  EXPECT_EQ(line.length(), 196U);
  EXPECT_EQ(line.position_of(69), 69U);
  EXPECT_EQ(line.position_of(1000), 96U);
  EXPECT_FALSE(line.position_of(500));
  EXPECT_EQ(line.address_at(96 + 99), 1099U);
  EXPECT_FALSE(line.address_at(75)) << "in the gap";
  EXPECT_FALSE(line.address_at(196)) << "beyond the end";
}

TEST(AddressLine, regions_that_touch_or_reuse_addresses_are_one_piece) {
  const std::vector<Region> regions = {
      {0, 5, {{0, 100}}}, {50, forever, {{6, 100}}}, {150, forever, {{0, 10}}}};
  const AddressLine line{regions, 64};
  ASSERT_EQ(line.pieces().size(), 1U);
  EXPECT_EQ(line.length(), 160U);
}

std::vector<HeapSpan> spans_at(const Run& run, Event at) {
  const LiveIndex index{run.placements};
  const HeapAt heap = heap_at(run, index, at);
  std::vector<HeapSpan> spans;
  for_each_span(run.placements, heap.live, heap.background,
                [&](const HeapSpan& span) { spans.push_back(span); });
  return spans;
}

void expect_span(const HeapSpan& span, std::uint64_t address, std::uint64_t size, State state) {
  EXPECT_EQ(span.address, address);
  EXPECT_EQ(span.size, size);
  EXPECT_EQ(span.state, state);
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
  expect_span(spans[3], 90, 10, State::opaque);
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
  for (const HeapSpan& span : spans_at(run, 0)) {
    EXPECT_GE(span.address, end);
    end = span.end();
    sum += span.size;
  }
  EXPECT_EQ(sum, 100U);
}

TEST(HeapState, spans_tile_the_regions_at_any_event) {
  const auto run = random_run(99, 2000);
  for (Event at = 0; at < run.events; at += 101) {
    std::uint64_t sum = 0;
    std::uint64_t live = 0;
    for (const HeapSpan& span : spans_at(run, at)) {
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

using Spoil = void (*)(Run&);
std::string fault_after(Spoil spoil) {
  auto run = plain_run(100, 10);
  run.placements = {{0, forever, 10, 5, 8}, {1, 3, 60, 1, 1}};
  run.snapshots = {{5, "", {{0, 50, SpanKind::free, 0}, {50, 50, SpanKind::free, 0}}}};
  run.series = {{"live", Unit::bytes, {0, 1}, {5, 6}}};
  EXPECT_TRUE(validate(run));
  spoil(run);
  const auto status = validate(run);
  return status ? "accepted" : status.error().what;
}

TEST(Validate, names_every_fault) {
  const std::pair<Spoil, const char*> faults[] = {
      {[](viewer::Run& r) { r.events = largest_number + 1; }, "more than 2^53 events"},
      {[](viewer::Run& r) { r.regions[0].extents.clear(); }, "has no size"},
      {[](viewer::Run& r) { r.regions[0].death = 11; }, "after the last event"},
      {[](viewer::Run& r) { r.regions[0].death = 0; }, "before it is born"},
      {[](viewer::Run& r) { r.regions[0].address = largest_number; }, "beyond 2^53"},
      {[](viewer::Run& r) { r.regions[0].extents[0].size = ~std::uint64_t{0}; }, "beyond 2^53"},
      {[](viewer::Run& r) {
         r.regions[0].extents.push_back({0, 5});
       },
       "descending events"},
      {[](viewer::Run& r) { r.regions[0].node = 1; }, "unknown node"},
      {[](viewer::Run& r) { r.placements[1].birth = 0, r.placements[0].birth = 1; }, "ahead of it"},
      {[](viewer::Run& r) { r.placements[1].death = 1; }, "before it is born"},
      {[](viewer::Run& r) { r.placements[1].birth = 10, r.placements[1].death = 20; },
       "last event"},
      {[](viewer::Run& r) { r.placements[0].requested = 0; }, "size 0"},
      {[](viewer::Run& r) { r.placements[0].granted = 4; }, "less than was requested"},
      {[](viewer::Run& r) { r.placements[0].address = ~std::uint64_t{0}; }, "beyond 2^53"},
      {[](viewer::Run& r) { r.placements[0].granted = ~std::uint64_t{0}; }, "beyond 2^53"},
      {[](viewer::Run& r) { r.placements[0].node = unknown; }, "unknown node"},
      {[](viewer::Run& r) { r.placements[0].thread = 7; }, "unknown thread"},
      {[](viewer::Run& r) { r.placements[0].site = 7; }, "unknown site"},
      {[](viewer::Run& r) {
         r.snapshots.push_back({4, "", {}});
       },
       "older than"},
      {[](viewer::Run& r) { r.snapshots[0].spans[1].address = 49; }, "overlap"},
      {[](viewer::Run& r) { r.snapshots[0].spans[1].size = 0; }, "impossible size"},
      {[](viewer::Run& r) { r.snapshots[0].spans[1].node = 9; }, "unknown node"},
      {[](viewer::Run& r) { r.series[0].value.pop_back(); }, "more times than values"},
      {[](viewer::Run& r) {
         r.series[0].at = {1, 0};
       },
       "backwards"},
  };
  for (const auto& [spoil, expected] : faults)
    EXPECT_NE(fault_after(spoil).find(expected), std::string::npos)
        << expected << ", not: " << fault_after(spoil);
}

}  // namespace
}  // namespace heapatlas::viewer
