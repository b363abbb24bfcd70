// tree_stalloc: the suite, and the promise that it places every block where the list would.
#include "core/alloc/tree_stalloc.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <random>
#include <vector>

#include "tests/alloc/conformance/conformance.hpp"
#include "tests/alloc/stalloc_subjects.hpp"

namespace heapatlas::conformance {
namespace {

struct Small : InlineStallocSubject<TreeStalloc<512, 8>, 512, 8> {
  static constexpr auto name = "tree_blocks_of_8";
  struct Tiny : InlineStallocSubject<TreeStalloc<9, 4>, 9, 4> {
    static constexpr auto name = "tree_nine_blocks_of_4";
  };
};
struct Wide : InlineStallocSubject<TreeStalloc<70000, 8>, 70000, 8> {
  static constexpr auto name = "tree_more_than_65535_blocks";
};
struct Groups : InlineStallocSubject<TreeStalloc<192, 16>, 192, 16> {
  static constexpr auto name = "tree_three_whole_groups";
};
struct Over : TreeStallocOverSubject<1 << 14, 16> {
  static constexpr auto name = "tree_over_borrowed_memory";
  struct Tiny : TreeStallocOverSubject<64, 8> {
    static constexpr auto name = "tree_eight_blocks_borrowed";
  };
};

HEAPATLAS_CONFORMANCE(TreeStalloc, Small, Wide, Groups, Over);

constinit TreeStalloc<1000, 4> static_heap;

TEST(TreeStalloc, is_constant_initialised) {
  EXPECT_EQ(static_heap.check(), nullptr);
  const Block all = static_heap.allocate({4000, 1});
  ASSERT_TRUE(all);
  static_heap.deallocate(all.ptr, {4000, 1});
  EXPECT_TRUE(static_heap.is_empty());
}

/// The same random operations on blocks, on a list and a tree over memory of the same alignment:
/// after each, the same result.
void expect_identical_placement(unsigned seed, std::size_t blocks, std::size_t block_size,
                                std::size_t longest, int operations) {
  SCOPED_TRACE(testing::Message() << "seed " << seed << ", " << blocks << " blocks");
  const std::size_t bytes = blocks * block_size;
  constexpr std::size_t align = 1 << 15;  // the largest that is asked for
  const std::size_t apart = CheckedSize{bytes}.rounded_up(align).value_or(0);
  const std::unique_ptr<std::byte[]> memory{new std::byte[2 * apart + align]};
  std::byte* const first = memory.get() + gap_to_alignment(address_of(memory.get()), align);
  std::byte* const second = first + apart;
  const std::unique_ptr<std::byte[]> index{new std::byte[TreeStallocOver::index_bytes(blocks)]};
  StallocOver<> list{first, bytes, block_size};
  TreeStallocOver tree{second, bytes, block_size, index.get()};
  struct Held {
    std::size_t offset, count;
  };
  std::vector<Held> live;
  std::mt19937 random{seed};
  for (int i = 0; i < operations; ++i) {
    const std::size_t dice = random() % 16;
    const std::size_t at = live.empty() ? 0 : random() % live.size();
    if (live.empty() || dice < 8) {
      const std::size_t count = 1 + random() % (random() % 8 == 0 ? longest : 8);
      const std::size_t steps = std::size_t{1} << (random() % 4 == 0 ? random() % 8 : 0);
      std::byte* const a = list.allocate_blocks(count, steps);
      std::byte* const b = tree.allocate_blocks(count, steps);
      ASSERT_EQ(a == nullptr, b == nullptr) << i;
      if (a == nullptr) continue;
      ASSERT_EQ(a - first, b - second) << i;
      live.push_back({static_cast<std::size_t>(a - first), count});
      continue;
    }
    Held& held = live[at];
    std::byte* const a = first + held.offset;
    std::byte* const b = second + held.offset;
    if (dice < 12) {
      list.deallocate_blocks(a, held.count);
      tree.deallocate_blocks(b, held.count);
      held = live.back();
      live.pop_back();
    } else if (dice < 13) {
      const std::size_t count = 1 + random() % held.count;
      list.shrink_in_place(a, held.count, count);
      tree.shrink_in_place(b, held.count, count);
      held.count = count;
    } else if (dice < 15) {
      const std::size_t count = held.count + random() % 8;
      const bool grown = list.grow_in_place(a, held.count, count);
      ASSERT_EQ(tree.grow_in_place(b, held.count, count), grown) << i;
      if (grown) held.count = count;
    } else {
      const std::size_t count = held.count + random() % longest;
      const std::size_t reached = list.grow_up_to(a, held.count, count);
      ASSERT_EQ(tree.grow_up_to(b, held.count, count), reached) << i;
      held.count = reached;
    }
    if (i % 16 == 0) {
      ASSERT_STREQ(tree.check(), nullptr);
      ASSERT_STREQ(list.check(), nullptr);
    }
    ASSERT_EQ(list.is_oom(), tree.is_oom());
    ASSERT_EQ(list.is_empty(), tree.is_empty());
  }
}

TEST(TreeStalloc, places_every_block_where_the_list_does) {
  for (const unsigned seed : {1U, 2U, 3U}) {
    for (const std::size_t blocks : {1U, 7U, 63U, 64U, 65U, 128U, 129U, 1000U, 5000U})
      expect_identical_placement(seed, blocks, 8, 1 + blocks / 4, 3000);
    expect_identical_placement(seed, 20000, 256, 300, 5000);
  }
}

}  // namespace
}  // namespace heapatlas::conformance
