// Every rule of a heap, broken once.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>

#include "tests/report/sample_document.hpp"

namespace heapatlas::report {
namespace {

using Break = std::function<void(Heap&)>;

std::string fault_of(const Break& how) {
  Heap heap = sample_heap();
  how(heap);
  const auto status = validate(heap);
  return status ? "none" : status.error().what;
}

TEST(Validate, accepts_the_sample_and_an_empty_heap) {
  EXPECT_TRUE(validate(sample_heap()));
  EXPECT_TRUE(validate(Heap{}));
}

TEST(Validate, events_stay_below_2_to_the_53) {
  EXPECT_EQ(fault_of([](Heap& h) { h.events = max_number + 1; }),
            "the heap has more than 2^53 events");
}

TEST(Validate, names_a_region_that_is_none) {
  const auto fault = [](const std::function<void(Region&)>& how) {
    return fault_of([&](Heap& h) { how(h.regions[0]); });
  };
  EXPECT_EQ(fault([](Region& r) { r.extents.clear(); }), "region 0 has no size");
  EXPECT_EQ(fault([](Region& r) {
              r.extents = {{21, 1}};
            }),
            "region 0 is born after the last event");
  EXPECT_EQ(fault([](Region& r) { r.death = 21; }), "region 0 dies after the last event");
  EXPECT_EQ(fault([](Region& r) { r.death = 0; }), "region 0 dies before it is born");
  EXPECT_EQ(fault([](Region& r) { r.death = 5; }), "region 0 changes its size after its death");
  EXPECT_EQ(fault([](Region& r) { r.address = max_number; }), "region 0 reaches beyond 2^53");
  EXPECT_EQ(fault([](Region& r) { r.extents[1].size = ~0ULL; }), "region 0 reaches beyond 2^53");
  EXPECT_EQ(fault([](Region& r) { r.extents[1].from = 0; }),
            "region 0 changes its size at descending events");
  EXPECT_EQ(fault([](Region& r) { r.node = 3; }), "region 0 names an unknown node");
}

TEST(Validate, names_a_placement_that_is_none) {
  const auto fault = [](const std::function<void(Placement&)>& how) {
    return fault_of([&](Heap& h) { how(h.placements[1]); });
  };
  EXPECT_EQ(fault([](Placement& p) { p.birth = 7; }),
            "placement 2 is born before the one ahead of it");
  EXPECT_EQ(fault([](Placement& p) { p.death = 2; }), "placement 1 dies before it is born");
  EXPECT_EQ(fault([](Placement& p) { p.death = 0; }), "placement 1 dies before it is born");
  EXPECT_EQ(fault([](Placement& p) { p.death = 21; }), "placement 1 dies after the last event");
  EXPECT_EQ(fault([](Placement& p) { p.requested = 0; }), "placement 1 has size 0");
  EXPECT_EQ(fault([](Placement& p) { p.granted = 899; }),
            "placement 1 was granted less than was requested");
  EXPECT_EQ(fault([](Placement& p) { p.granted = ~0ULL; }), "placement 1 reaches beyond 2^53");
  EXPECT_EQ(fault([](Placement& p) { p.node = 3; }), "placement 1 names an unknown node");
  EXPECT_EQ(fault([](Placement& p) { p.thread = 2; }), "placement 1 names an unknown thread");
  EXPECT_EQ(fault([](Placement& p) {
              p.site = 1;
              p.region = 0;
            }),
            "placement 1 names an unknown site");
  EXPECT_EQ(fault_of([](Heap& h) {
              h.placements[2].birth = 20;
              h.placements[2].death = forever;
            }),
            "placement 2 is born after the last event");
}

TEST(Validate, a_placement_stays_in_its_region) {
  const auto fault = [](const std::function<void(Placement&)>& how) {
    return fault_of([&](Heap& h) {
      h.placements[1].site = 0;
      how(h.placements[1]);
    });
  };
  EXPECT_EQ(fault([](Placement&) {}), "none");
  EXPECT_EQ(fault([](Placement& p) { p.region = 2; }), "placement 1 names an unknown region");
  EXPECT_EQ(fault([](Placement& p) { p.death = 10; }),
            "placement 1 lives when its region does not");
  EXPECT_EQ(fault([](Placement& p) { p.death = forever; }),
            "placement 1 lives when its region does not");
  EXPECT_EQ(fault([](Placement& p) { p.address = 101; }), "placement 1 reaches beyond its region");
  EXPECT_EQ(fault([](Placement& p) { p.granted = 901; }), "placement 1 reaches beyond its region");
  EXPECT_EQ(fault([](Placement& p) { p.granted = 1001; }), "placement 1 reaches beyond its region");
  EXPECT_EQ(fault([](Placement& p) { p.region = 0; }), "placement 1 reaches beyond its region");
  // Of 4096 bytes until event 5.
  EXPECT_EQ(fault_of([](Heap& h) {
              h.placements[0].birth = 4;
              h.placements[1].birth = 4;
              h.placements[0].address = 8192;
            }),
            "placement 0 reaches beyond its region");
}

TEST(Validate, a_placement_stays_in_a_region_that_shrinks_as_a_search_of_every_extent_says) {
  std::mt19937 random(5);
  int inside = 0;
  for (int round = 0; round < 4000; ++round) {
    Heap heap;
    heap.events = 40;
    heap.nodes = {"a"};
    Region region;
    for (Event at = 0; at < 40; at += 1 + random() % 9)
      region.extents.push_back({at, 50 + random() % 100});
    heap.regions = {region};
    Placement block;
    block.birth = random() % 40;
    block.death = random() % 4 == 0 ? forever : block.birth + 1 + random() % (40 - block.birth);
    block.address = random() % 60;
    block.requested = block.granted = 1 + random() % 60;
    heap.placements = {block};
    bool fits = true;
    for (Event at = block.birth; at < std::min(block.death, heap.events); ++at)
      fits = fits && block.address + block.granted <= region.size_at(at);
    EXPECT_EQ(validate(heap).has_value(), fits) << round;
    inside += fits ? 1 : 0;
  }
  EXPECT_GT(inside, 400);
  EXPECT_LT(inside, 3600);
}

TEST(Validate, names_a_snapshot_that_is_none) {
  const auto fault = [](const std::function<void(Snapshot&)>& how) {
    return fault_of([&](Heap& h) { how(h.snapshots[0]); });
  };
  EXPECT_EQ(fault([](Snapshot& s) { s.at = 20; }), "snapshot 1 is older than the one ahead of it");
  EXPECT_EQ(fault([](Snapshot& s) { s.at = 21; }), "snapshot 0 is taken after the last event");
  EXPECT_EQ(fault([](Snapshot& s) { s.spans[1].size = 0; }),
            "snapshot 0 has a span of impossible size");
  EXPECT_EQ(fault([](Snapshot& s) { s.spans[4].size = max_number; }),
            "snapshot 0 has a span of impossible size");
  EXPECT_EQ(fault([](Snapshot& s) { s.spans[0].size = 4097; }),
            "snapshot 0 has spans that overlap or descend");
  EXPECT_EQ(fault([](Snapshot& s) { s.spans[2].node = 9; }), "snapshot 0 names an unknown node");
  EXPECT_EQ(fault([](Snapshot& s) { s.spans[1].requested = 17; }),
            "snapshot 0 has a span of more requested bytes than its size");
}

TEST(Validate, names_a_series_that_is_none) {
  const auto fault = [](const std::function<void(Series&)>& how) {
    return fault_of([&](Heap& h) { how(h.series[0]); });
  };
  EXPECT_EQ(fault([](Series& s) { s.at.pop_back(); }),
            "series 'live' has more times than values, or fewer");
  EXPECT_EQ(fault([](Series& s) { s.at[2] = 1; }), "series 'live' runs backwards");
  EXPECT_EQ(fault([](Series& s) { s.at[4] = 21; }), "series 'live' goes on after the last event");
  for (const double bad : {-1.0, std::nan(""), HUGE_VAL})
    EXPECT_EQ(fault([&](Series& s) { s.value[0] = bad; }),
              "series 'live' has a value that is no number from 0");
}

}  // namespace
}  // namespace heapatlas::report
