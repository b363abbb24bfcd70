// The totals of a sequence of events, worked out by hand.
#include "core/trace/tally.hpp"

#include <gtest/gtest.h>

namespace heapatlas::trace {
namespace {

TEST(Tally, knows_the_peak_and_what_is_left) {
  Tally tally;
  const Event events[] = {
      {.time = 1, .object = 0, .size = 100},
      {.time = 2, .object = 1, .size = 50},
      {.kind = EventKind::resize, .time = 9, .object = 0, .size = 300},
      {.kind = EventKind::free, .thread = 1, .time = 4, .object = 1},
      {.kind = EventKind::resize, .time = 5, .object = 0, .size = 10},
      {.time = 6, .object = 2, .size = 0},
      {.time = 7, .object = 3, .size = 20},
      {.kind = EventKind::marker, .time = 8, .object = 77},
  };
  for (const Event& event : events) ASSERT_TRUE(tally.add(event));
  const Totals& totals = tally.totals();
  EXPECT_EQ(totals.events, 8U);
  EXPECT_EQ(totals.count(EventKind::allocate), 4U);
  EXPECT_EQ(totals.count(EventKind::resize), 2U);
  EXPECT_EQ(totals.count(EventKind::free), 1U);
  EXPECT_EQ(totals.count(EventKind::marker), 1U);
  EXPECT_EQ(totals.threads, 2U);
  EXPECT_EQ(totals.duration, 9U);
  EXPECT_EQ(totals.peak_live_bytes, 350U);
  EXPECT_EQ(totals.peak_event, 2U);
  EXPECT_EQ(totals.peak_live_blocks, 3U);
  EXPECT_EQ(totals.end_live_bytes, 30U);
  EXPECT_EQ(totals.end_live_blocks, 3U);
  EXPECT_EQ(tally.next_object(), 4U);
}

TEST(Tally, refuses_more_live_bytes_than_it_can_add_up) {
  Tally tally;
  std::uint64_t objects = 0;
  while (tally.add({.object = objects, .size = max_size})) ++objects;
  EXPECT_EQ(objects, (std::uint64_t{1} << 62) / max_size);
  EXPECT_EQ(tally.totals().end_live_bytes, std::uint64_t{1} << 62);
  EXPECT_TRUE(tally.add({.object = objects, .size = 0}));
}

}  // namespace
}  // namespace heapatlas::trace
