// slab and slabs on one thread: what they promise beyond the suite.
#include "core/alloc/slab.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <vector>

#include "core/alloc/slabs.hpp"
#include "tests/alloc/slab_filling.hpp"
#include "tests/alloc/watched_backing.hpp"

namespace heapatlas {
namespace {

using testing_support::fill;
using testing_support::page;
using testing_support::WatchedBacking;

using WatchedSlab = Slab<Ref<WatchedBacking>>;
static_assert(Owning<WatchedSlab> && Resizing<WatchedSlab> && Resettable<WatchedSlab>);
static_assert(SelfSizing<WatchedSlab> && Introspectable<WatchedSlab>);
static_assert(Counting<WatchedSlab> && Checkable<WatchedSlab>);

template <class A>
void free_all(A& slab, std::vector<std::byte*>& blocks, Layout layout) {
  for (std::byte* ptr : blocks) slab.deallocate(ptr, layout);
  blocks.clear();
}

TEST(Slab, a_page_is_filled_to_the_last_cell) {
  WatchedBacking backing;
  for (const std::size_t size : {8U, 16U, 24U, 48U, 64U, 100U, 1000U, 2048U, 8192U}) {
    auto slab = SlabBuilder({size, 8}).limit(page).finish(backing);
    const std::size_t block = (size + 7) / 8 * 8;
    const auto blocks = fill(slab, {size, 8});
    // The page's head takes the cells that it touches.
    EXPECT_EQ(blocks.size(), page / block - units_for(SlabPage::head_size, block)) << size;
    EXPECT_EQ(backing.blocks_out(), 2U);  // one page, one leaf of the page set
    for (std::byte* ptr : blocks) EXPECT_TRUE(slab.owns(ptr));
    EXPECT_EQ(slab.check(), nullptr);
  }
}

TEST(Slab, blocks_lie_at_the_same_offsets_in_every_page) {
  constexpr std::size_t pages = 40;  // more than there are colours
  WatchedBacking backing;
  for (const std::size_t size : {8U, 24U, 64U, 1000U}) {
    auto slab = SlabBuilder({size, 8})
                    .limit(pages * page)
                    .growth_policy(GrowthPolicy::pow2)
                    .finish(backing);
    std::map<std::uintptr_t, std::vector<std::uintptr_t>> offsets;
    std::set<std::size_t> colours;
    for (const std::byte* ptr : fill(slab, {size, 8})) {
      const std::uintptr_t base = round_down(address_of(ptr), page);
      offsets[base].push_back(address_of(ptr) - base);
      colours.insert(address_of(SlabPage::of(ptr, page)) - base);
    }
    ASSERT_EQ(offsets.size(), pages);
    EXPECT_GT(colours.size(), 8U) << "headers must not meet in a few sets of a cache";
    for (const auto& [base, of_page] : offsets) EXPECT_EQ(of_page, offsets.begin()->second) << size;
  }
}

TEST(Slab, a_request_that_does_not_fit_the_block_fails) {
  WatchedBacking backing;
  auto slab = SlabBuilder({40, 8}).finish(backing);
  EXPECT_TRUE(slab.allocate({40, 8}));
  EXPECT_TRUE(slab.allocate({1, 1}));
  EXPECT_FALSE(slab.allocate({41, 1}));
  EXPECT_FALSE(slab.allocate({8, 16}));  // 40 is no multiple of 16
  EXPECT_FALSE(slab.allocate({SIZE_MAX, 1}));
  EXPECT_FALSE(slab.allocate({1, std::size_t{1} << 63}));
}

TEST(Slab, a_layout_beyond_any_page_gives_a_slab_that_grants_nothing) {
  WatchedBacking backing;
  for (const Layout layout : {Layout{SIZE_MAX, 1}, Layout{(std::size_t{1} << 26) + 1, 1},
                              Layout{1, std::size_t{1} << 63}}) {
    auto slab = SlabBuilder(layout).finish(backing);
    EXPECT_FALSE(slab.allocate({1, 1}));
    EXPECT_FALSE(slab.allocate(layout));
    EXPECT_FALSE(slab.owns(nullptr));
    EXPECT_EQ(slab.check(), nullptr);
  }
}

TEST(Slab, blocks_are_as_aligned_as_their_size) {
  WatchedBacking backing;
  for (std::size_t size = 8; size <= 65536; size *= 2) {
    auto slab = SlabBuilder({size, size}).limit(1 << 20).finish(backing);
    EXPECT_EQ(slab.min_alignment(), size);
    auto blocks = fill(slab, {size, size});
    ASSERT_FALSE(blocks.empty());
    for (std::byte* ptr : blocks) ASSERT_TRUE(is_aligned(address_of(ptr), size));
  }
}

TEST(Slab, the_limit_is_met_exactly_under_every_growth_policy) {
  for (const GrowthPolicy growth :
       {GrowthPolicy::fixed, GrowthPolicy::linear, GrowthPolicy::pow2}) {
    WatchedBacking backing;
    auto slab =
        SlabBuilder({8192, 8}).limit(10 * page + page / 2).growth_policy(growth).finish(backing);
    EXPECT_EQ(fill(slab, {8192, 8}).size(), 10 * 7U);
    EXPECT_EQ(slab.counters().page_bytes, 10 * page);
    EXPECT_EQ(slab.check(), nullptr);
  }
}

TEST(Slab, growth_asks_for_as_many_pages_as_the_policy_says) {
  const auto chunks = [](GrowthPolicy growth, std::size_t pages) {
    WatchedBacking backing;
    auto slab = SlabBuilder({8192, 8}).limit(pages * page).growth_policy(growth).finish(backing);
    (void)fill(slab, {8192, 8});
    return slab.counters().chunks_taken;
  };
  EXPECT_EQ(chunks(GrowthPolicy::fixed, 15), 15U);
  EXPECT_EQ(chunks(GrowthPolicy::linear, 15), 5U);  // 1 + 2 + 3 + 4 + 5
  EXPECT_EQ(chunks(GrowthPolicy::pow2, 15), 4U);    // 1 + 2 + 4 + 8
}

TEST(Slab, a_backing_that_has_no_long_chunk_is_asked_for_shorter_ones) {
  WatchedBacking backing;
  backing.refuse_above(2 * page);
  auto slab =
      SlabBuilder({8192, 8}).limit(20 * page).growth_policy(GrowthPolicy::pow2).finish(backing);
  EXPECT_EQ(fill(slab, {8192, 8}).size(), 20 * 7U);
  EXPECT_GE(slab.counters().chunks_taken, 10U);
}

TEST(Slab, empty_pages_go_back_with_hysteresis) {
  WatchedBacking backing;
  auto slab = SlabBuilder({8192, 8}).limit(64 * page).finish(backing);
  auto blocks = fill(slab, {8192, 8});
  EXPECT_EQ(slab.counters().page_bytes, 64 * page);
  free_all(slab, blocks, {8192, 8});
  EXPECT_EQ(slab.check(), nullptr);
  const std::size_t kept = slab.counters().page_bytes / page;
  EXPECT_GE(kept, 2U);
  EXPECT_LE(kept, 13U);  // 4, an eighth of all, and the page that is allocated from
  // At the edge of a page, allocating and freeing in turn asks the backing for nothing.
  const std::size_t taken = slab.counters().chunks_taken;
  for (int round = 0; round < 100; ++round) {
    for (int i = 0; i < 15; ++i) blocks.push_back(slab.allocate({8192, 8}).ptr);
    free_all(slab, blocks, {8192, 8});
  }
  EXPECT_EQ(slab.counters().chunks_taken, taken);
  slab.trim();
  EXPECT_EQ(slab.counters().page_bytes, 0U);
  EXPECT_EQ(slab.check(), nullptr);
  EXPECT_TRUE(slab.allocate({8192, 8}));
}

TEST(Slab, a_chunk_goes_back_when_its_last_page_is_empty) {
  WatchedBacking backing;
  auto slab =
      SlabBuilder({8192, 8}).limit(31 * page).growth_policy(GrowthPolicy::pow2).finish(backing);
  auto blocks = fill(slab, {8192, 8});
  std::mt19937 random{11};
  std::shuffle(blocks.begin(), blocks.end(), random);
  std::byte* const last = blocks.back();
  blocks.pop_back();
  free_all(slab, blocks, {8192, 8});
  slab.trim();
  EXPECT_EQ(slab.check(), nullptr);
  EXPECT_GE(slab.counters().chunks_returned, 4U);
  EXPECT_TRUE(slab.owns(last));
  slab.deallocate(last, {8192, 8});
  slab.trim();
  EXPECT_EQ(slab.counters().page_bytes, 0U);
}

TEST(Slab, memory_is_reused_before_fresh_memory_is_touched) {
  WatchedBacking backing;
  auto slab = SlabBuilder({64, 8}).finish(backing);
  std::set<std::byte*> seen;
  for (int i = 0; i < 1000; ++i) {
    const Block block = slab.allocate({64, 8});
    seen.insert(block.ptr);
    slab.deallocate(block.ptr, {64, 8});
  }
  EXPECT_EQ(seen.size(), 1U);
}

TEST(Slab, a_resize_stays_within_the_block) {
  WatchedBacking backing;
  auto slab = SlabBuilder({64, 8}).finish(backing);
  std::byte* const ptr = slab.allocate({10, 1}).ptr;
  EXPECT_EQ(slab.grow(ptr, {10, 1}, 64), (Block{ptr, 64}));
  EXPECT_FALSE(slab.grow(ptr, {64, 1}, 65));
  EXPECT_EQ(slab.shrink(ptr, {64, 1}, 1), (Block{ptr, 64}));
  slab.deallocate(ptr, {1, 1});
}

TEST(Slab, a_foreign_block_is_left_alone_by_try_deallocate) {
  static_assert(Routing<WatchedSlab> && !Routing<WatchedBacking>);
  WatchedBacking backing;
  auto slab = SlabBuilder({64, 8}).finish(backing);
  auto other = SlabBuilder({64, 8}).finish(backing);
  const Block mine = slab.allocate({64, 8});
  const Block foreign = other.allocate({64, 8});
  std::byte local[64]{};
  EXPECT_FALSE(slab.try_deallocate(foreign.ptr, {64, 8}));
  EXPECT_FALSE(slab.shared.try_deallocate(local, {64, 8}));
  EXPECT_TRUE(other.shared.try_deallocate(foreign.ptr, {64, 8}));
  EXPECT_TRUE(slab.try_deallocate(mine.ptr, {64, 8}));
  EXPECT_EQ(slab.allocate({64, 8}).ptr, mine.ptr);
  EXPECT_EQ(other.check(), nullptr);
}

TEST(Slab, closing_leaves_live_blocks_to_the_shared_side) {
  WatchedBacking backing;
  auto slab = SlabBuilder({8192, 8}).limit(5 * page).finish(backing);
  auto blocks = fill(slab, {8192, 8});
  slab.deallocate(blocks[3], {8192, 8});         // a full page that has a block again
  slab.shared.deallocate(blocks[4], {8192, 8});  // a remote free that nobody has collected
  slab.shared.deallocate(blocks[30], {8192, 8});
  blocks.erase(blocks.begin() + 30);
  blocks.erase(blocks.begin() + 3, blocks.begin() + 5);
  slab.local.close();
  EXPECT_EQ(slab.check(), nullptr);
  EXPECT_EQ(slab.counters().page_bytes, 5 * page);
  std::mt19937 random{3};
  std::shuffle(blocks.begin(), blocks.end(), random);
  while (!blocks.empty()) {
    std::byte* const ptr = blocks.back();
    blocks.pop_back();
    slab.shared.deallocate(ptr, {8192, 8});
    EXPECT_EQ(slab.check(), nullptr);
  }
  EXPECT_EQ(slab.counters().page_bytes, 0U);
  EXPECT_TRUE(slab.allocate({8192, 8}));  // a closed heap starts again as new
}

TEST(Slab, remote_frees_come_back_to_a_full_page_and_to_one_in_use) {
  WatchedBacking backing;
  auto slab = SlabBuilder({4096, 8}).limit(3 * page).finish(backing);
  auto blocks = fill(slab, {4096, 8});
  const std::size_t all = blocks.size();
  std::mt19937 random{5};
  for (int round = 0; round < 200; ++round) {
    std::shuffle(blocks.begin(), blocks.end(), random);
    const std::size_t keep = random() % (all + 1);
    while (blocks.size() > keep) {
      if (random() % 2 == 0) {
        slab.deallocate(blocks.back(), {4096, 8});
      } else {
        slab.shared.deallocate(blocks.back(), {4096, 8});
      }
      blocks.pop_back();
      if (round % 10 == 0) {
        ASSERT_EQ(slab.check(), nullptr);
      }
    }
    const auto more = fill(slab, {4096, 8});
    blocks.insert(blocks.end(), more.begin(), more.end());
    ASSERT_EQ(blocks.size(), all);
    ASSERT_EQ(std::set<std::byte*>(blocks.begin(), blocks.end()).size(), all);
    ASSERT_EQ(slab.check(), nullptr);
  }
}

TEST(Slabs, every_size_gets_the_smallest_class_that_holds_it) {
  std::size_t previous = 0;
  for (unsigned c = 0; c < SizeClasses::count; ++c) {
    const std::size_t size = SizeClasses::block_size(c);
    EXPECT_GT(size, previous);
    EXPECT_EQ(SizeClasses::class_of(size), c);
    EXPECT_EQ(SizeClasses::class_of(previous + 1), c);
    const std::size_t waste = size - (previous + 1);
    EXPECT_TRUE(size <= 40 ? waste <= 7 : waste * 5 < size) << size;
    previous = size;
  }
  EXPECT_EQ(previous, SizeClasses::largest);
}

TEST(Slabs, every_alignment_up_to_the_largest_block_is_served) {
  WatchedBacking backing;
  Slabs<Ref<WatchedBacking>> slabs{{1, 8192}, {}, backing};
  EXPECT_EQ(slabs.max_alignment(), 8192U);
  for (std::size_t align = 1; align <= 8192; align *= 2) {
    for (std::size_t size = 1; size <= 8192; size += 37) {
      const bool fits = (size + align - 1) / align * align <= 8192;
      const Block block = slabs.allocate({size, align});
      ASSERT_EQ(static_cast<bool>(block), fits) << size << " at " << align;
      if (!fits) continue;
      EXPECT_TRUE(is_aligned(address_of(block.ptr), align));
      EXPECT_GE(block.size, size);
    }
  }
  EXPECT_FALSE(slabs.allocate({1, 16384}));
  EXPECT_EQ(slabs.check(), nullptr);
}

TEST(Slabs, requests_below_min_get_its_class_and_above_max_none) {
  WatchedBacking backing;
  Slabs<Ref<WatchedBacking>> slabs{{50, 100}, {}, backing};
  EXPECT_EQ(slabs.allocate({1, 1}).size, 56U);
  EXPECT_EQ(slabs.allocate({51, 1}).size, 56U);
  EXPECT_TRUE(slabs.allocate({100, 1}));
  EXPECT_FALSE(slabs.allocate({101, 1}));
  EXPECT_FALSE(slabs.allocate({97, 16}));  // 112 bytes
}

TEST(Slabs, an_emptied_page_serves_another_class) {
  WatchedBacking backing;
  Slabs<Ref<WatchedBacking>> slabs{{8, 8192}, {2 * page}, backing};
  auto large = fill(slabs, {8192, 8});
  EXPECT_EQ(large.size(), 14U);
  EXPECT_FALSE(slabs.allocate({24, 8}));
  free_all(slabs, large, {8192, 8});
  EXPECT_TRUE(slabs.allocate({24, 8}));
  EXPECT_EQ(slabs.check(), nullptr);
}

#if HEAPATLAS_CHECKED && defined(GTEST_HAS_DEATH_TEST)
TEST(SlabMisuse, is_stopped_with_the_rule_that_was_broken) {
  WatchedBacking backing;
  auto slab = SlabBuilder({64, 8}).finish(backing);
  std::byte* const ptr = slab.allocate({64, 8}).ptr;
  std::byte* const other = slab.allocate({64, 8}).ptr;
  std::byte foreign{};
  EXPECT_DEATH(slab.deallocate(&foreign, {64, 8}), "slab: .*freed to the allocator that granted");
  EXPECT_DEATH(slab.shared.deallocate(&foreign, {64, 8}), "slab: .*that granted it");
  EXPECT_DEATH(slab.deallocate(ptr + 8, {64, 8}), "what allocate returned");
  EXPECT_DEATH(slab.deallocate(ptr, {65, 8}), "the size last requested");
  EXPECT_DEATH(slab.deallocate(ptr, {0, 8}), "at least 1");
  EXPECT_DEATH((void)slab.allocate({8, 3}), "a power of two");
  slab.deallocate(ptr, {64, 8});
  EXPECT_DEATH(slab.deallocate(ptr, {64, 8}), "a block is freed once");
  slab.deallocate(other, {64, 8});
  EXPECT_DEATH((SizeClasses{0, 8}), "1 <= min <= max");
}
#endif

}  // namespace
}  // namespace heapatlas
