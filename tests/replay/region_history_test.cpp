// Regions from what was seen now and then, and from blocks.
#include "core/replay/region_history.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace heapatlas::replay {
namespace {

using report::Event;
using report::forever;

constexpr std::uint64_t page = 4096;

report::Placement block(Event birth, Event death, std::uint64_t address, std::uint64_t size) {
  report::Placement placement;
  placement.birth = birth;
  placement.death = death;
  placement.address = address;
  placement.requested = placement.granted = size;
  return placement;
}

struct Seen {
  Event at;
  std::vector<SeenRegion> regions;
};

/// The regions of a history, the blocks' `region` set.
std::vector<report::Region> regions_of(report::Placements& blocks, const std::vector<Seen>& seen,
                                       bool own) {
  std::vector<std::uint32_t> ids(blocks.size());
  std::iota(ids.begin(), ids.end(), 0U);
  RegionHistory history(blocks, ids, own);
  for (const Seen& one : seen) history.saw(one.at, one.regions);
  auto made = history.finish(1000);
  for (report::Placement& one : blocks) one.region = made.index[one.region];
  return made.regions;
}

using Extents = std::vector<report::Extent>;

TEST(RegionHistory, a_region_is_born_with_its_first_block) {
  report::Placements blocks{block(3, 8, page, 100), block(5, forever, page + 100, 100)};
  const auto regions = regions_of(blocks, {{0, {}}, {10, {{page, page, 0, 0}}}}, true);
  ASSERT_EQ(regions.size(), 1U);
  EXPECT_EQ(regions[0].extents, (Extents{{3, page}}));
  EXPECT_EQ(regions[0].death, forever);
  EXPECT_EQ(blocks[1].region, 0U);
}

TEST(RegionHistory, a_region_without_blocks_is_as_old_as_its_sight) {
  report::Placements blocks;
  const auto regions = regions_of(blocks, {{0, {}}, {10, {{page, page, 0, 0}}}, {20, {}}}, true);
  ASSERT_EQ(regions.size(), 1U);
  EXPECT_EQ(regions[0].birth(), 10U);
  EXPECT_EQ(regions[0].death, 20U);
  EXPECT_TRUE(regions_of(blocks, {{10, {{page, page, 0, 0}}}}, false).empty());
}

TEST(RegionHistory, it_grows_with_the_block_that_needs_it_and_shrinks_when_seen) {
  report::Placements blocks{block(1, forever, page, 100), block(7, 12, 2 * page, 100)};
  const auto regions = regions_of(
      blocks,
      {{2, {{page, page, 0, 0}}}, {10, {{page, 3 * page, 0, 0}}}, {20, {{page, 2 * page, 0, 0}}}},
      true);
  ASSERT_EQ(regions.size(), 1U);
  EXPECT_EQ(regions[0].extents, (Extents{{1, page}, {7, 3 * page}, {20, 2 * page}}));
}

TEST(RegionHistory, it_dies_with_its_last_block) {
  report::Placements blocks{block(1, 14, page, 100)};
  const auto regions =
      regions_of(blocks, {{2, {{page, page, 0, 0}}}, {10, {{page, page, 0, 0}}}, {20, {}}}, false);
  ASSERT_EQ(regions.size(), 1U);
  EXPECT_EQ(regions[0].death, 14U);
}

TEST(RegionHistory, neighbours_of_a_walk_stay_apart) {
  report::Placements blocks{block(1, forever, page, 100), block(2, forever, 2 * page, 100)};
  const auto regions =
      regions_of(blocks, {{3, {{page, page, 0, 0}, {2 * page, page, 0, 0}}}}, true);
  ASSERT_EQ(regions.size(), 2U);
  EXPECT_NE(blocks[0].region, blocks[1].region);
}

TEST(RegionHistory, a_mapping_that_was_seen_never_is_made_of_its_blocks_pages) {
  report::Placements blocks{block(4, 6, page + 10, 2 * page)};
  const auto regions = regions_of(blocks, {{2, {}}, {10, {}}}, false);
  ASSERT_EQ(regions.size(), 1U);
  EXPECT_EQ(regions[0].address, page);
  EXPECT_EQ(regions[0].extents, (Extents{{4, 3 * page}}));
  EXPECT_EQ(regions[0].death, 6U);
}

TEST(RegionHistory, mappings_become_one_when_a_block_lies_across) {
  report::Placements blocks{block(1, forever, 2 * page, 100), block(5, forever, page, 100),
                            block(11, forever, 2 * page - 50, 100)};
  const auto regions = regions_of(blocks,
                                  {{2, {{2 * page, page, 0, 0}}},
                                   {10, {{page, 2 * page, 0, 0}}},
                                   {20, {{page, 2 * page, 0, 0}}}},
                                  false);
  ASSERT_EQ(regions.size(), 1U);
  EXPECT_EQ(regions[0].address, page);
  EXPECT_EQ(regions[0].birth(), 1U);
  for (const report::Placement& one : blocks) {
    EXPECT_EQ(one.region, 0U);
    EXPECT_LE(one.address + one.granted, regions[0].address + regions[0].size_at(one.birth));
  }
}

}  // namespace
}  // namespace heapatlas::replay
