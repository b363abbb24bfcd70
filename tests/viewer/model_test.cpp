// The model must answer what a simple search of every placement answers, and accept nothing that
// the drawing code could trip over.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
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
    const LiveIndex index{run.placements, nullptr, births_between};
    for (Event at = 0; at <= run.events; at += 17) {
      std::vector<PlacementId> expected;
      for (std::size_t i = 0; i < run.placements.size(); ++i)
        if (run.placements[i].lives_at(at)) expected.push_back(static_cast<PlacementId>(i));
      std::sort(expected.begin(), expected.end(), [&](PlacementId a, PlacementId b) {
        return run.placements[a].address < run.placements[b].address;
      });
      if (at % 170 == 0) {
        ASSERT_EQ(find_live(run.placements, at).ids(), expected);
      }
      ASSERT_EQ(index.at(at).ids(), expected) << "at " << at << ", keyframes " << births_between;
    }
  }
}

TEST(LiveIndex, several_births_at_one_event_are_on_one_side_of_a_keyframe) {
  Placements blocks;
  for (std::uint64_t i = 0; i < 10; ++i) blocks.push_back({5, forever, 9 - i, 1, 1});
  const LiveIndex index{blocks, nullptr, 3};
  EXPECT_TRUE(index.at(4).ids().empty());
  EXPECT_EQ(index.at(5).ids().size(), 10U);
  EXPECT_EQ(index.at(forever - 1).ids().size(), 10U);
}

TEST(LiveIndex, blocks_of_one_range) {
  const auto run = random_run(31, 2000);
  const LiveIndex index{run.placements, nullptr, 50};
  for (std::uint64_t begin = 0; begin < 20000; begin += 1111) {
    const std::uint64_t end = begin + 3000;
    std::vector<PlacementId> expected;
    for (const PlacementId id : index.at(1200).ids()) {
      const Placement& block = run.placements[id];
      if (block.address < end && block.address + block.granted > begin) expected.push_back(id);
    }
    std::vector<PlacementId> found;
    index.at(1200).for_each(begin, end, [&](const LiveBlock& block) {
      if (block.end() > begin) found.push_back(block.id);  // one before it may be told too
    });
    EXPECT_EQ(found, expected) << begin;
  }
}

TEST(LiveIndex, numbers_beyond_32_bits) {
  const std::uint64_t huge = std::uint64_t{5} << 32;
  const Placements blocks = {{0, huge * 2, 0, huge, huge + 16},
                             {1, huge, huge * 2, 16, huge},
                             {huge + 1, forever, huge * 3, 1, 1}};
  for (const std::size_t births_between : {1U, 100U}) {
    const LiveIndex index{blocks, nullptr, births_between};
    EXPECT_EQ(index.at(huge - 1).ids(), (std::vector<PlacementId>{0, 1}));
    EXPECT_EQ(index.at(huge).ids(), (std::vector<PlacementId>{0}));
    EXPECT_EQ(index.at(huge + 1).ids(), (std::vector<PlacementId>{0, 2}));
    EXPECT_EQ(index.at(huge * 2).ids(), (std::vector<PlacementId>{2}));
    index.at(2).for_each(0, largest_number, [&](const LiveBlock& block) {
      EXPECT_EQ(block.requested, blocks[block.id].requested);
      EXPECT_EQ(block.granted, blocks[block.id].granted);
    });
  }
}

TEST(LiveIndex, knows_the_classes_of_blocks) {
  const auto run = random_run(13, 2000);
  const BlockClasses classes(run);
  const LiveIndex index{run.placements, &classes, 100};
  const auto expect_classes = [&](const LiveAt& live) {
    live.for_each(0, largest_number, [&](const LiveBlock& block) {
      EXPECT_EQ(block.classes, classes.of(run.placements[block.id]));
    });
  };
  expect_classes(index.at(1500));
  expect_classes(find_live(run.placements, 1500, &classes));
}

TEST(BlockClasses, every_trait_of_a_block) {
  auto run = plain_run(1000, 10);
  run.nodes = {"a", "b", "c"};
  run.threads = {"main", "worker"};
  run.placements = {{0, forever, 0, 16, 16, 2, 0, unknown},
                    {0, forever, 100, 300, 400, 1, 1, unknown}};
  const BlockClasses classes(run);
  EXPECT_EQ(classes.names(Trait::link), (std::vector<std::string>{"b", "c"})) << "by bytes";
  EXPECT_EQ(classes.names(Trait::thread), (std::vector<std::string>{"worker", "main"}));
  EXPECT_EQ(classes.names(Trait::site), (std::vector<std::string>{"site unknown"}));
  const unsigned expected[][5] = {{1, 0, 0, 1, 0}, {0, 3, 3, 0, 0}};
  for (std::size_t i = 0; i < 2; ++i) {
    const Classes all = classes.of(run.placements[i]);
    for (const Trait trait : {Trait::link, Trait::size, Trait::waste, Trait::thread, Trait::site}) {
      const unsigned one = expected[i][static_cast<std::size_t>(trait)];
      EXPECT_EQ(all >> shift_of(trait) & 7U, one) << i;
      EXPECT_EQ(classes.class_of(run.placements[i], trait), one) << i;
    }
  }
}

TEST(LiveIndex, a_run_without_blocks) {
  const Placements none;
  const LiveIndex index{none};
  EXPECT_TRUE(index.at(0).ids().empty());
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
