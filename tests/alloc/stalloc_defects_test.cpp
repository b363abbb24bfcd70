// stalloc's operations on blocks, and every defect that the allocator it descends from had; on the
// list and on the tree.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "core/alloc/resize.hpp"
#include "core/alloc/stalloc.hpp"
#include "core/alloc/tree_stalloc.hpp"

namespace heapatlas {
namespace {

struct List {
  template <std::size_t Blocks, std::size_t BlockSize>
  using Heap = Stalloc<Blocks, BlockSize>;
};
struct Tree {
  template <std::size_t Blocks, std::size_t BlockSize>
  using Heap = TreeStalloc<Blocks, BlockSize>;
};

template <class Kind>
class StallocDefects : public testing::Test {};
using Kinds = testing::Types<List, Tree>;
TYPED_TEST_SUITE(StallocDefects, Kinds);

template <class Heap>
std::string free_chunks(const Heap& heap) {
  std::string text;
  heap.for_each_free([&](std::size_t first, std::size_t length) {
    text += std::to_string(first) + "+" + std::to_string(length) + " ";
  });
  return text;
}

TYPED_TEST(StallocDefects, an_aligned_request_that_ends_its_chunk_dropped_the_gap_before_it) {
  // The heap begins at a multiple of 64: block 2 is the first at a multiple of 16 bytes after 1.
  alignas(64) typename TypeParam::template Heap<8, 4> heap;
  std::byte* const first = heap.allocate_blocks(1, 1);
  std::byte* const second = heap.allocate_blocks(4, 4);
  ASSERT_EQ(second - first, 16);
  EXPECT_EQ(free_chunks(heap), "1+3 ");
  EXPECT_EQ(heap.allocate_blocks(2, 1), first + 4);
  EXPECT_EQ(free_chunks(heap), "3+1 ");
}

TYPED_TEST(StallocDefects, using_up_the_last_chunk_forgot_the_earlier_ones) {
  typename TypeParam::template Heap<4, 8> heap;
  std::byte* const a = heap.allocate_blocks(1, 1);
  std::byte* const b = heap.allocate_blocks(1, 1);
  heap.deallocate_blocks(a, 1);
  std::byte* const c = heap.allocate_blocks(2, 1);
  ASSERT_EQ(c - a, 16);
  EXPECT_FALSE(heap.is_oom());
  heap.deallocate_blocks(b, 1);
  heap.deallocate_blocks(c, 2);
  EXPECT_EQ(heap.allocate_blocks(4, 1), a);
}

TYPED_TEST(StallocDefects, is_empty_though_a_block_lived) {
  typename TypeParam::template Heap<4, 8> heap;
  std::byte* const a = heap.allocate_blocks(1, 1);
  std::byte* const b = heap.allocate_blocks(1, 1);
  heap.deallocate_blocks(a, 1);
  EXPECT_FALSE(heap.is_empty());
  heap.deallocate_blocks(b, 1);
  EXPECT_TRUE(heap.is_empty());
}

TYPED_TEST(StallocDefects, reallocate_rounded_the_old_size_down) {
  typename TypeParam::template Heap<16, 8> heap;
  const Layout layout{9, 1};  // two blocks
  const Block block = heap.allocate(layout);
  const Block neighbour = heap.allocate({8, 1});
  const Block moved = reallocate(heap, block.ptr, layout, 30);
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved.ptr, neighbour.ptr + 8);
  EXPECT_EQ(free_chunks(heap), "0+2 7+9 ");
}

TYPED_TEST(StallocDefects, reallocate_took_the_alignment_in_bytes_for_blocks) {
  alignas(64) typename TypeParam::template Heap<64, 4> heap;
  const Block first = heap.allocate({4, 4});
  const Layout layout{4, 16};
  const Block block = heap.allocate(layout);
  ASSERT_EQ(block.ptr, first.ptr + 16);
  ASSERT_EQ(heap.allocate_blocks(3, 1), first.ptr + 4);
  ASSERT_EQ(heap.allocate_blocks(1, 1), first.ptr + 20);
  const Block moved = reallocate(heap, block.ptr, layout, 12);
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved.ptr, first.ptr + 32);
}

TYPED_TEST(StallocDefects, a_moving_shrink_copied_the_old_size_over_its_neighbour) {
  typename TypeParam::template Heap<16, 8> heap;
  const Block gap = heap.allocate({8, 1});
  const Block neighbour = heap.allocate({8, 1});
  const Block block = heap.allocate({64, 1});
  std::fill(neighbour.ptr, neighbour.ptr + 8, std::byte{2});
  std::fill(block.ptr, block.ptr + 64, std::byte{1});
  heap.deallocate(gap.ptr, {8, 1});
  const Block moved = move_block(heap, block.ptr, {64, 1}, 8);
  ASSERT_EQ(moved.ptr, gap.ptr);
  for (int i = 0; i < 8; ++i) EXPECT_EQ(neighbour.ptr[i], std::byte{2});
}

TYPED_TEST(StallocDefects, zeroed_growth_left_slack_bytes) {
  typename TypeParam::template Heap<16, 8> heap;
  const Block block = heap.allocate({3, 1});
  std::fill(block.ptr, block.ptr + 8, std::byte{7});
  const Block grown = reallocate_zeroed(heap, block.ptr, {3, 1}, 5);
  ASSERT_EQ(grown.size, 8U);
  for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(grown.ptr[i], std::byte(i < 3 ? 7 : 0));
}

TYPED_TEST(StallocDefects, an_exact_fill_is_out_of_memory) {
  typename TypeParam::template Heap<3, 8> heap;
  EXPECT_FALSE(heap.is_oom());
  std::array<std::byte*, 3> blocks{};
  for (std::byte*& block : blocks) block = heap.allocate_blocks(1, 1);
  EXPECT_TRUE(heap.is_oom());
  EXPECT_EQ(heap.allocate_blocks(1, 1), nullptr);
  heap.deallocate_blocks(blocks[1], 1);
  EXPECT_FALSE(heap.is_oom());
  heap.clear();
  EXPECT_TRUE(heap.is_empty());
}

TYPED_TEST(StallocDefects, freed_in_every_order_all_is_one_chunk) {
  std::array<std::size_t, 5> order{0, 1, 2, 3, 4};
  do {
    typename TypeParam::template Heap<10, 4> heap;
    std::array<std::byte*, 5> blocks{};
    for (std::byte*& block : blocks) block = heap.allocate_blocks(2, 1);
    for (const std::size_t at : order) heap.deallocate_blocks(blocks[at], 2);
    ASSERT_TRUE(heap.is_empty());
    ASSERT_EQ(heap.allocate_blocks(10, 1), blocks[0]);
  } while (std::next_permutation(order.begin(), order.end()));
}

TYPED_TEST(StallocDefects, shrinks_one_block_at_a_time) {
  typename TypeParam::template Heap<24, 4> heap;
  for (int round = 0; round < 24; ++round) {
    std::byte* const block = heap.allocate_blocks(24, 1);
    ASSERT_NE(block, nullptr);
    for (std::size_t count = 24; count > 1; --count) {
      heap.shrink_in_place(block, count, count - 1);
      ASSERT_EQ(free_chunks(heap),
                std::to_string(count - 1) + "+" + std::to_string(25 - count) + " ");
    }
    heap.deallocate_blocks(block, 1);
    ASSERT_TRUE(heap.is_empty());
  }
}

TYPED_TEST(StallocDefects, grows_in_place_or_not_at_all) {
  typename TypeParam::template Heap<34, 8> heap;
  std::byte* const a = heap.allocate_blocks(4, 1);
  std::byte* const b = heap.allocate_blocks(4, 1);
  EXPECT_FALSE(heap.grow_in_place(a, 4, 5));
  EXPECT_EQ(heap.grow_up_to(a, 4, 9), 4U);
  EXPECT_TRUE(heap.grow_in_place(b, 4, 30));
  EXPECT_TRUE(heap.is_oom());
  EXPECT_EQ(heap.grow_up_to(b, 30, 31), 30U);
  heap.deallocate_blocks(a, 4);
  EXPECT_FALSE(heap.grow_in_place(b, 30, 31));
  heap.shrink_in_place(b, 30, 10);
  EXPECT_EQ(heap.grow_up_to(b, 10, 15), 15U);
  EXPECT_EQ(heap.grow_up_to(b, 15, 99), 30U);
  EXPECT_EQ(free_chunks(heap), "0+4 ");
}

TYPED_TEST(StallocDefects, one_heap_serves_sizes_that_double) {
  typename TypeParam::template Heap<8, 4> heap;
  for (const std::size_t size : {4U, 8U, 16U, 32U}) {
    std::vector<std::byte*> blocks;
    while (const Block block = heap.allocate({size, 1})) blocks.push_back(block.ptr);
    EXPECT_EQ(blocks.size(), 32 / size);
    for (std::byte* block : blocks) heap.deallocate(block, {size, 1});
    EXPECT_TRUE(heap.is_empty());
  }
}

#if HEAPATLAS_CHECKED
TYPED_TEST(StallocDefects, a_checked_build_stops_on_misuse) {
  typename TypeParam::template Heap<64, 8> heap;
  std::byte* const a = heap.allocate({40, 1}).ptr;
  std::byte* const b = heap.allocate({8, 1}).ptr;
  std::byte* const c = heap.allocate({8, 1}).ptr;
  std::byte local{};
  EXPECT_DEATH(heap.deallocate(&local, {8, 1}), "misuse of stalloc.*allocator that granted it");
  EXPECT_DEATH(heap.deallocate(nullptr, {8, 1}), "misuse of stalloc.*allocator that granted it");
  EXPECT_DEATH(heap.deallocate(b + 1, {8, 1}), "misuse of stalloc.*first address");
  EXPECT_DEATH(heap.deallocate(b, {9999, 1}), "misuse of stalloc.*size last requested");
  EXPECT_DEATH(heap.deallocate(b, {0, 1}), "misuse of stalloc.*at least 1");
  EXPECT_DEATH(heap.deallocate(b, {8, 3}), "misuse of stalloc.*power of two");
  heap.deallocate(a, {40, 1});
  EXPECT_DEATH(heap.deallocate(a, {40, 1}), "misuse of stalloc.*freed once");
  EXPECT_DEATH(heap.deallocate(a + 8, {8, 1}), "misuse of stalloc.*freed once");
  EXPECT_DEATH(heap.deallocate(c, {16, 1}), "misuse of stalloc.*freed once");
  heap.deallocate(b, {8, 1});
  EXPECT_DEATH(heap.deallocate(b, {8, 1}), "misuse of stalloc.*freed once");
}
#endif

}  // namespace
}  // namespace heapatlas
