// limit must count what was asked for, exactly: a byte counted twice or forgotten, in a resize that
// failed or a reset, lets a program have more than it was given, or in the end nothing.
#include "core/alloc/limit.hpp"

#include <gtest/gtest.h>

#include "core/alloc/os/system.hpp"
#include "core/alloc/resize.hpp"
#include "core/alloc/sized.hpp"
#include "core/alloc/stalloc.hpp"

namespace heapatlas {
namespace {

using Heap = Stalloc<64, 16>;

TEST(Limit, reached_exactly_and_never_passed) {
  Limit heap{Heap{}, 100};
  const Block a = heap.allocate({60, 1});
  ASSERT_TRUE(a);
  EXPECT_FALSE(heap.allocate({41, 1}));
  const Block b = heap.allocate({40, 1});
  ASSERT_TRUE(b);
  EXPECT_EQ(heap.used(), 100U);
  EXPECT_FALSE(heap.allocate({1, 1}));
  heap.deallocate(a.ptr, {60, 1});
  EXPECT_EQ(heap.used(), 40U);
  EXPECT_TRUE(heap.allocate({60, 1}));
}

TEST(Limit, a_request_of_size_max_does_not_wrap_the_count) {
  Limit heap{Heap{}, SIZE_MAX};
  ASSERT_TRUE(heap.allocate({10, 1}));
  EXPECT_FALSE(heap.allocate({SIZE_MAX, 1}));
  EXPECT_FALSE(heap.allocate({SIZE_MAX - 10, 1}));
  EXPECT_EQ(heap.used(), 10U);
}

TEST(Limit, what_the_part_refuses_is_not_counted) {
  Limit heap{Heap{}, 100'000};
  EXPECT_FALSE(heap.allocate({2000, 1}));
  EXPECT_EQ(heap.used(), 0U);
  const Block a = heap.allocate({100, 1});
  const Block wall = heap.allocate({16, 1});
  ASSERT_TRUE(a && wall);
  EXPECT_FALSE(heap.grow(a.ptr, {100, 1}, 300));
  EXPECT_EQ(heap.used(), 116U);
}

TEST(Limit, resizing_in_place_is_counted_by_the_difference) {
  Limit heap{Heap{}, 100};
  const Block a = heap.allocate({50, 1});
  ASSERT_TRUE(heap.grow(a.ptr, {50, 1}, 100));
  EXPECT_EQ(heap.used(), 100U);
  EXPECT_FALSE(heap.grow(a.ptr, {100, 1}, 101));
  EXPECT_EQ(heap.used(), 100U);
  ASSERT_TRUE(heap.shrink(a.ptr, {100, 1}, 30));
  EXPECT_EQ(heap.used(), 30U);
  heap.deallocate(a.ptr, {30, 1});
  EXPECT_EQ(heap.used(), 0U);
}

TEST(Limit, reallocating_is_counted_by_the_difference) {
  Limit heap{System{}, 1000};
  const Block a = heap.allocate({100, 8});
  const Block grown = reallocate(heap, a.ptr, {100, 8}, 1000);
  ASSERT_TRUE(grown);
  EXPECT_FALSE(reallocate(heap, grown.ptr, {1000, 8}, 1001));
  EXPECT_EQ(heap.used(), 1000U);
  const Block shrunk = reallocate(heap, grown.ptr, {1000, 8}, 10);
  ASSERT_TRUE(shrunk);
  EXPECT_EQ(heap.used(), 10U);
  heap.deallocate(shrunk.ptr, {10, 8});
  EXPECT_EQ(heap.used(), 0U);
}

TEST(Limit, a_move_counts_both_places_while_both_live) {
  Limit heap{Heap{}, 100};
  const Block a = heap.allocate({40, 1});
  const Block wall = heap.allocate({16, 1});
  ASSERT_TRUE(a && wall);
  EXPECT_FALSE(reallocate(heap, a.ptr, {40, 1}, 60)) << "40 + 16 + 60 bytes live at once";
  EXPECT_EQ(heap.used(), 56U);
  EXPECT_TRUE(reallocate(heap, a.ptr, {40, 1}, 44));
}

TEST(Limit, reset_gives_everything_back) {
  Limit heap{Heap{}, 100};
  ASSERT_TRUE(heap.allocate({100, 1}));
  heap.reset();
  EXPECT_EQ(heap.used(), 0U);
  EXPECT_TRUE(heap.allocate({100, 1}));
}

TEST(Limit, knows_no_sizes_of_its_own) {
  static_assert(!SelfSizing<Limit<Sized<Heap>>>);
  static_assert(SelfSizing<Sized<Limit<Heap>>>);
  static_assert(Limit<System>::threads == Threads::any);
  static_assert(!Reallocating<Limit<Heap>>);
}

#if HEAPATLAS_CHECKED
TEST(LimitDeathTest, freeing_more_than_was_asked_for) {
  Limit heap{System{}, 100};
  const Block a = heap.allocate({10, 1});
  EXPECT_DEATH(heap.deallocate(a.ptr, {11, 1}), "misuse of limit: .*no more bytes are freed");
  heap.deallocate(a.ptr, {10, 1});
}
#endif

}  // namespace
}  // namespace heapatlas
