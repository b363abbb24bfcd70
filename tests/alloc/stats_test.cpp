// The totals must agree with what happened, after failures, resizes, resets and between threads.
#include "core/alloc/stats.hpp"

#include <gtest/gtest.h>

#include "core/alloc/stalloc.hpp"

namespace heapatlas {
namespace {

using Heap = Stalloc<64, 16>;

TEST(Stats, follows_what_lives) {
  Stats heap{Heap{}};
  const Block a = heap.allocate({100, 1});
  const Block b = heap.allocate({28, 1});
  ASSERT_TRUE(a && b);
  heap.deallocate(a.ptr, {100, 1});
  const RequestCounters now = heap.counters();
  EXPECT_EQ(now.live_blocks, 1U);
  EXPECT_EQ(now.live_bytes, 28U);
  EXPECT_EQ(now.peak_blocks, 2U);
  EXPECT_EQ(now.peak_bytes, 128U);
  EXPECT_EQ(now.total_blocks, 2U);
  EXPECT_EQ(now.total_bytes, 128U);
}

TEST(Stats, a_resize_moves_the_high_water_mark) {
  Stats heap{Heap{}};
  const Block a = heap.allocate({100, 1});
  ASSERT_TRUE(heap.grow(a.ptr, {100, 1}, 500));
  ASSERT_TRUE(heap.shrink(a.ptr, {500, 1}, 10));
  EXPECT_FALSE(heap.grow(a.ptr, {10, 1}, 5000));
  const RequestCounters now = heap.counters();
  EXPECT_EQ(now.live_bytes, 10U);
  EXPECT_EQ(now.peak_bytes, 500U);
  EXPECT_EQ(now.total_bytes, 500U);
  EXPECT_EQ(now.resizes, 2U);
  EXPECT_EQ(now.failed_resizes, 1U);
  EXPECT_EQ(now.total_blocks, 1U);
}

TEST(Stats, a_failure_counts_as_one_and_as_nothing_else) {
  Stats heap{Heap{}};
  EXPECT_FALSE(heap.allocate({SIZE_MAX, 1}));
  const RequestCounters now = heap.counters();
  EXPECT_EQ(now.failed_allocations, 1U);
  EXPECT_EQ(now.total_blocks, 0U);
  EXPECT_EQ(now.peak_bytes, 0U);
}

TEST(Stats, sizes_fall_into_powers_of_two) {
  Stats heap{Heap{}};
  for (const std::size_t size : {1, 2, 3, 4, 63, 64, 127, 128})
    ASSERT_TRUE(heap.allocate({size, 1}));
  const RequestCounters now = heap.counters();
  const std::size_t expected[] = {1, 2, 1, 0, 0, 1, 2, 1, 0};
  for (std::size_t k = 0; k < 9; ++k) EXPECT_EQ(now.blocks_by_size[k], expected[k]) << k;
}

TEST(Stats, reset_ends_what_lives_and_keeps_the_rest) {
  Stats heap{Heap{}};
  ASSERT_TRUE(heap.allocate({100, 1}));
  heap.reset();
  EXPECT_EQ(heap.counters().live_blocks, 0U);
  EXPECT_EQ(heap.counters().live_bytes, 0U);
  EXPECT_EQ(heap.counters().peak_bytes, 100U);
  EXPECT_EQ(heap.counters().total_blocks, 1U);
}

#if HEAPATLAS_CHECKED
TEST(StatsDeathTest, freeing_what_nobody_asked_for) {
  Stats heap{Heap{}};
  const Block a = heap.allocate({10, 1});
  heap.deallocate(a.ptr, {10, 1});
  EXPECT_DEATH(heap.deallocate(a.ptr, {10, 1}), "misuse of stats: .*no more is freed");
}
#endif

}  // namespace
}  // namespace heapatlas
