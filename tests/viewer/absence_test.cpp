// What stands in a map where a piece of the address space has no memory at the event.
#include "viewer/raster/absence.hpp"

#include <gtest/gtest.h>

#include "tests/viewer/runs.hpp"

namespace heapatlas::viewer {
namespace {

const AddressLine::Piece all{0, 0, 1000};

TEST(Absence, tells_when_there_is_memory) {
  auto run = plain_run(1000, 100'000);
  EXPECT_EQ(absence_text(run, all, 5), "");
  run.regions[0] = {0, 50'000, {{20'000, 1000}}};
  EXPECT_EQ(absence_text(run, all, 19'999), "no memory before event 20,000");
  EXPECT_EQ(absence_text(run, all, 20'000), "");
  EXPECT_EQ(absence_text(run, all, 50'000), "no memory since event 50,000");
  run.regions.push_back({500, forever, {{70'000, 100}}});
  EXPECT_EQ(absence_text(run, all, 60'000), "no memory from event 50,000 to 70,000");
  EXPECT_EQ(absence_text(run, all, 70'000), "");
  EXPECT_EQ(absence_text(run, {0, 0, 500}, 70'000), "no memory since event 50,000");
}

TEST(Absence, of_a_region_that_shrank_to_nothing_has_no_bounds) {
  auto run = plain_run(1000, 100);
  run.regions[0].extents = {{0, 1000}, {10, 0}};
  EXPECT_EQ(absence_text(run, all, 9), "");
  EXPECT_EQ(absence_text(run, all, 10), "no memory at this event");
}

}  // namespace
}  // namespace heapatlas::viewer
