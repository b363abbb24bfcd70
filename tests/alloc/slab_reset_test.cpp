// A reset of a slab: which pages it keeps, and what it leaves of the blocks.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <vector>

#include "core/alloc/slab.hpp"
#include "core/alloc/slabs.hpp"
#include "tests/alloc/slab_filling.hpp"
#include "tests/alloc/watched_backing.hpp"

namespace heapatlas {
namespace {

using testing_support::fill;
using testing_support::page;
using testing_support::WatchedBacking;

TEST(SlabReset, a_reset_keeps_a_page_a_class_and_four) {
  WatchedBacking backing;
  auto slab = SlabBuilder({8192, 8}).limit(64 * page).finish(backing);
  const auto first = fill(slab, {8192, 8});
  slab.reset();
  EXPECT_EQ(slab.counters().page_bytes, 5 * page);
  EXPECT_FALSE(slab.owns(first.front()));
  EXPECT_EQ(slab.check(), nullptr);
  // The limit is as exact as before, and what was kept is used first, in the same order.
  const auto second = fill(slab, {8192, 8});
  EXPECT_EQ(second.size(), 64 * 7U);
  EXPECT_TRUE(std::equal(second.begin(), second.begin() + 5 * 7, first.begin()));
  EXPECT_EQ(slab.check(), nullptr);
  slab.reset();
  slab.trim();
  EXPECT_EQ(slab.counters().page_bytes, 0U);
  EXPECT_EQ(slab.check(), nullptr);
  EXPECT_TRUE(slab.allocate({8192, 8}));
}

TEST(SlabReset, resets_ask_the_backing_for_nothing_under_every_growth_policy) {
  for (const GrowthPolicy growth :
       {GrowthPolicy::fixed, GrowthPolicy::linear, GrowthPolicy::pow2}) {
    WatchedBacking backing;
    Slabs<Ref<WatchedBacking>> slabs{SizeClasses{1, 1024}, {~std::size_t{0}, growth}, backing};
    std::size_t taken = 0;
    for (int round = 0; round < 20; ++round) {
      for (std::size_t size = 1; size <= 1024; ++size) ASSERT_TRUE(slabs.allocate({size, 1}));
      EXPECT_EQ(slabs.check(), nullptr);
      if (round == 0) taken = slabs.counters().chunks_taken;
      slabs.reset();
      EXPECT_EQ(slabs.check(), nullptr);
      EXPECT_LE(slabs.counters().page_bytes, (SizeClasses::count + 4) * page);
    }
    EXPECT_EQ(slabs.counters().chunks_taken, taken);
  }
}

TEST(SlabReset, what_a_reset_keeps_is_free_in_a_walk) {
  WatchedBacking backing;
  Slabs<Ref<WatchedBacking>> slabs{SizeClasses{8, 1024}, {}, backing};
  for (const std::size_t size : {8, 100, 1000}) ASSERT_TRUE(slabs.allocate({size, 1}));
  slabs.reset();
  struct {
    std::size_t pages = 0;
    std::size_t free = 0;
    void region(const Region& region) { pages += region.size == page ? 1 : 0; }
    void span(const Span& span) {
      EXPECT_TRUE(span.kind != SpanKind::used || span.node != 0);
      if (span.node == 0 && span.kind == SpanKind::free) free += span.size;
    }
  } seen;
  slabs.walk(seen);
  EXPECT_EQ(seen.pages, 2 * 3U);  // the backing's blocks, and what they hold
  EXPECT_EQ(seen.free, 3 * (page - SlabPage::head_size));
}

TEST(SlabReset, a_reset_frees_what_a_closed_heap_left) {
  WatchedBacking backing;
  auto slab = SlabBuilder({8192, 8}).limit(3 * page).finish(backing);
  (void)fill(slab, {8192, 8});
  slab.local.close();
  EXPECT_FALSE(slab.allocate({8192, 8}));
  slab.reset();
  EXPECT_EQ(slab.check(), nullptr);
  auto blocks = fill(slab, {8192, 8});
  EXPECT_EQ(blocks.size(), 3 * 7U);
  // Frees from another heap or thread find pages without a trace of their past.
  for (std::byte* ptr : blocks) slab.shared.deallocate(ptr, {8192, 8});
  EXPECT_EQ(slab.check(), nullptr);
  EXPECT_EQ(fill(slab, {8192, 8}).size(), 3 * 7U);
}

}  // namespace
}  // namespace heapatlas
