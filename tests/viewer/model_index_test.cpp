// The indexes of the model must answer what a simple search of every placement answers.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/viewer/runs.hpp"
#include "viewer/model/address_line.hpp"
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

}  // namespace
}  // namespace heapatlas::viewer
