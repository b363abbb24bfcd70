// A segregator that routes a free by another size than was asked with frees to the wrong heap; one
// that lets a block grow past the threshold in place does so later.
#include "core/alloc/segregate.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include "core/alloc/never.hpp"
#include "core/alloc/os/system.hpp"
#include "core/alloc/resize.hpp"
#include "core/alloc/sized.hpp"
#include "core/alloc/stalloc.hpp"
#include "core/alloc/stats.hpp"

namespace heapatlas {
namespace {

using Heap = Stalloc<64, 16>;

TEST(Segregate, the_threshold_itself_is_small) {
  Segregate heap{32, Heap{}, Heap{}};
  const Block at = heap.allocate({32, 1});
  const Block above = heap.allocate({33, 1});
  EXPECT_TRUE(heap.small.owns(at.ptr));
  EXPECT_TRUE(heap.large.owns(above.ptr));
  heap.deallocate(at.ptr, {32, 1});
  heap.deallocate(above.ptr, {33, 1});
  EXPECT_TRUE(heap.small.is_empty());
  EXPECT_TRUE(heap.large.is_empty());
}

TEST(Segregate, routes_by_the_size_requested_not_granted) {
  Segregate heap{33, Heap{}, Heap{}};
  const Block a = heap.allocate({33, 1});
  EXPECT_EQ(a.size, 48U) << "granted more than the threshold";
  heap.deallocate(a.ptr, {33, 1});
  EXPECT_TRUE(heap.small.is_empty());
}

TEST(Segregate, never_in_place_across_the_threshold) {
  Segregate heap{32, Heap{}, Heap{}};
  const Block a = heap.allocate({20, 1});
  EXPECT_TRUE(heap.grow(a.ptr, {20, 1}, 32));
  EXPECT_FALSE(heap.grow(a.ptr, {32, 1}, 33)) << "the small side has room, but the free would miss";
  const Block b = heap.allocate({100, 1});
  EXPECT_FALSE(heap.shrink(b.ptr, {100, 1}, 32));
  EXPECT_TRUE(heap.shrink(b.ptr, {100, 1}, 33));
}

template <class A>
void moves_across_and_back(A& heap) {
  const Block a = heap.allocate({20, 8});
  std::memcpy(a.ptr, "nineteen characters", 20);
  const Block up = reallocate(heap, a.ptr, {20, 8}, 500);
  ASSERT_TRUE(up);
  EXPECT_EQ(heap.small.counters().live_blocks, 0U);
  EXPECT_EQ(heap.large.counters().live_bytes, 500U);
  EXPECT_EQ(std::memcmp(up.ptr, "nineteen characters", 20), 0);
  const Block down = reallocate(heap, up.ptr, {500, 8}, 20);
  ASSERT_TRUE(down);
  EXPECT_EQ(heap.small.counters().live_bytes, 20U);
  EXPECT_EQ(heap.large.counters().live_blocks, 0U);
  EXPECT_EQ(std::memcmp(down.ptr, "nineteen characters", 20), 0);
  heap.deallocate(down.ptr, {20, 8});
}

TEST(Segregate, a_resize_across_the_threshold_moves_between_the_sides) {
  Segregate resizing{32, Stats{Heap{}}, Stats{Heap{}}};
  static_assert(!Reallocating<decltype(resizing)>);
  moves_across_and_back(resizing);
  Segregate mixed{32, Stats{Heap{}}, Stats{System{}}};
  static_assert(Reallocating<decltype(mixed)>);
  moves_across_and_back(mixed);
}

TEST(Segregate, a_failed_move_leaves_the_block_untouched) {
  Segregate heap{32, Heap{}, Never{}};
  const Block a = heap.allocate({20, 1});
  std::memcpy(a.ptr, "nineteen characters", 20);
  EXPECT_FALSE(reallocate(heap, a.ptr, {20, 1}, 33));
  EXPECT_EQ(std::memcmp(a.ptr, "nineteen characters", 20), 0);
  EXPECT_TRUE(heap.owns(a.ptr));
  heap.deallocate(a.ptr, {20, 1});
  EXPECT_TRUE(heap.small.is_empty());
}

TEST(Segregate, its_alignments_hold_for_both_sides) {
  Segregate heap{32, Stalloc<8, 64>{}, Stalloc<8, 4>{}};
  EXPECT_EQ(heap.min_alignment(), 4U);
}

TEST(Segregate, supports_what_its_sides_can_do_together) {
  using Mixed = Segregate<Heap, System>;
  static_assert(!Owning<Mixed>, "system does not know what it owns");
  static_assert(Resizing<Mixed> && Reallocating<Mixed> && Zeroing<Mixed> && !Resettable<Mixed>);
  static_assert(Mixed::threads == Threads::one);
  static_assert(Segregate<System, System>::threads == Threads::any);
  static_assert(!Resizing<Segregate<Never, Never>>);
  static_assert(node_count<Segregate<Sized<Heap>, Heap>> == 4);
}

TEST(Segregate, frees_without_a_layout_by_ownership) {
  Segregate heap{32, Sized{Heap{}}, Sized{System{}}};
  static_assert(SelfSizing<decltype(heap)>);
  const Block a = heap.allocate({10, 1});
  const Block b = heap.allocate({100, 1});
  EXPECT_GE(heap.usable_size(a.ptr), 10U);
  EXPECT_GE(heap.usable_size(b.ptr), 100U);
  heap.deallocate(a.ptr);
  heap.deallocate(b.ptr);
  EXPECT_TRUE(heap.small.part.is_empty());
}

#if HEAPATLAS_CHECKED
TEST(SegregateDeathTest, a_free_with_a_size_of_the_other_side) {
  Segregate heap{32, Heap{}, Heap{}};
  const Block a = heap.allocate({20, 1});
  const Block b = heap.allocate({40, 1});
  EXPECT_DEATH(heap.deallocate(a.ptr, {40, 1}), "misuse of segregate: .*size last requested");
  EXPECT_DEATH(heap.deallocate(b.ptr, {20, 1}), "misuse of segregate: .*size last requested");
  EXPECT_DEATH(static_cast<void>(heap.grow(a.ptr, {50, 1}, 60)), "misuse of segregate");
}
#endif

}  // namespace
}  // namespace heapatlas
