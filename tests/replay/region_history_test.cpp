// Regions from what was seen now and then, and from blocks.
#include "core/replay/region_history.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <random>
#include <utility>

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

/// Pages that come and go, blocks that mostly lie in them, and some sights.
class RandomHistory {
 public:
  static constexpr Event events = 200;

  explicit RandomHistory(unsigned seed) : random_{seed} {
    for (Event at = 0; at < events; ++at) {
      if (below(3) == 0) map_or_unmap();
      if (below(2) == 0) add_block(at);
      if (below(8) == 0) seen.push_back({at, sight()});
    }
  }

  report::Placements blocks;
  std::vector<Seen> seen;

 private:
  static constexpr std::size_t pages = 40;

  unsigned below(unsigned bound) { return static_cast<unsigned>(random_() % bound); }

  void map_or_unmap() {
    const std::size_t first = below(pages);
    const std::size_t last = std::min(first + 1 + below(6), pages);
    const bool mapped = below(2) != 0;
    for (std::size_t i = first; i < last; ++i) mapped_[i] = mapped;
  }
  void add_block(Event at) {
    const Event death = below(3) != 0 ? at + 1 + below(30) : forever;
    const std::uint64_t address = page * (1 + below(pages)) + below(page) / 16 * 16;
    const std::uint64_t size = 1 + below(below(3) != 0 ? 3000 : 20000);
    for (const report::Placement& other : blocks)
      if (other.death > at && other.address < address + size &&
          address < other.address + other.granted)
        return;
    blocks.push_back(block(at, death < events ? death : forever, address, size));
  }
  std::vector<SeenRegion> sight() {
    std::vector<SeenRegion> regions;
    for (std::size_t i = 0; i < pages; ++i) {
      if (!mapped_[i]) continue;
      const std::uint64_t begin = page * (1 + i);
      if (!regions.empty() && regions.back().end() == begin && below(8) != 0)
        regions.back().size += page;
      else
        regions.push_back({begin, page, 0, 0});
    }
    return regions;
  }

  std::mt19937 random_;
  std::array<bool, pages> mapped_{};
};

TEST(RegionHistory, every_block_is_covered_whatever_was_seen) {
  for (unsigned seed = 0; seed < 600; ++seed) {
    SCOPED_TRACE(seed);
    RandomHistory history(seed);
    const auto regions = regions_of(history.blocks, history.seen, seed % 2 == 0);
    for (const report::Placement& one : history.blocks) {
      const report::Region& region = regions.at(one.region);
      const std::uint64_t end = one.address + one.granted - region.address;
      ASSERT_GE(one.address, region.address);
      ASSERT_LE(region.birth(), one.birth);
      ASSERT_GE(region.death, one.death);
      for (Event at = one.birth; at < std::min(one.death, RandomHistory::events); ++at)
        ASSERT_LE(end, region.size_at(at)) << "at event " << at;
    }
  }
}

TEST(RegionHistory, regions_that_come_and_go_stand_at_a_sight_as_they_are_seen) {
  constexpr std::size_t slots = 6;
  constexpr Event events = 400;
  std::mt19937 random{5};
  const auto below = [&](unsigned bound) { return static_cast<unsigned>(random() % bound); };
  for (unsigned round = 0; round < 200; ++round) {
    SCOPED_TRACE(round);
    report::Placements blocks;
    std::vector<Seen> seen;
    std::array<std::uint32_t, slots> block_in;  // of a region that stands
    std::array<bool, slots> stands{};
    block_in.fill(report::unknown);
    const auto region = [](std::size_t slot) {
      return SeenRegion{page * (1 + 8 * slot), page * (1 + slot), 0, 0};
    };
    for (Event at = 0; at < events; ++at) {
      const std::size_t slot = below(slots);
      std::uint32_t& id = block_in[slot];
      if (id != report::unknown) {
        blocks[id].death = at;
        id = report::unknown;
        stands[slot] = below(2) != 0;
      } else {
        stands[slot] = true;
        id = static_cast<std::uint32_t>(blocks.size());
        blocks.push_back(block(at, forever, region(slot).address + below(64), 100));
      }
      if (below(12) != 0) continue;
      seen.push_back({at, {}});
      for (std::size_t i = 0; i < slots; ++i)
        if (stands[i]) seen.back().regions.push_back(region(i));
    }
    const auto regions = regions_of(blocks, seen, true);
    for (const Seen& sight : seen) {
      std::vector<std::pair<std::uint64_t, std::uint64_t>> made, expected;
      for (const report::Region& one : regions)
        if (one.stands_at(sight.at)) made.emplace_back(one.address, one.size_at(sight.at));
      for (const SeenRegion& one : sight.regions) expected.emplace_back(one.address, one.size);
      std::sort(made.begin(), made.end());
      ASSERT_EQ(made, expected) << "at event " << sight.at;
    }
  }
}

}  // namespace
}  // namespace heapatlas::replay
