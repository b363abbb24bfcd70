// free_list: the suite, and what blocks of one size promise.
#include "core/alloc/free_list.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <vector>

#include "core/alloc/fallback.hpp"
#include "core/alloc/stalloc.hpp"
#include "tests/alloc/conformance/conformance.hpp"

namespace heapatlas::conformance {
namespace {

template <std::size_t Blocks, std::size_t BlockSize>
class FreeListSubject {
 public:
  static constexpr auto name = "free_list";
  static constexpr Facts facts{.capacity = BlockSize,
                               .exact_fit = Blocks == 1 ? BlockSize : 0,
                               .unit = BlockSize / 2,
                               .usual_size = BlockSize,
                               .coalesces = false};
  FreeList& allocator() { return list_; }

 private:
  alignas(4096) std::byte memory_[Blocks * BlockSize];
  FreeList list_{memory_, sizeof memory_, BlockSize};
};
struct Sixtyfour : FreeListSubject<100, 64> {
  using Tiny = FreeListSubject<4, 16>;
};
struct Odd : FreeListSubject<50, 72> {
  static constexpr auto name = "blocks_of_72";
};
struct One : FreeListSubject<1, 4096> {
  static constexpr auto name = "one_block";
};

/// What upstream could not build: it could not say what a free list owns.
class FreeListOrStalloc {
 public:
  static constexpr auto name = "free_list_or_stalloc";
  static constexpr Facts facts{.capacity = 2048, .unit = 16, .coalesces = false};
  auto& allocator() { return chain_; }

 private:
  using Front = Recording<Failing<FreeList>>;
  alignas(64) std::byte memory_[1024];
  Fallback<Front, Recording<Failing<Stalloc<128, 16>>>> chain_{
      Front{memory_, sizeof memory_, std::size_t{32}}, {}};
};

HEAPATLAS_CONFORMANCE(FreeList, Sixtyfour, Odd, One, FreeListOrStalloc);

TEST(FreeList, hands_out_last_in_first_out) {
  alignas(32) std::byte memory[96];
  FreeList list{memory, sizeof memory, 32};
  const Block a = list.allocate({1, 1});
  const Block b = list.allocate({32, 32});
  list.deallocate(a.ptr, {1, 1});
  list.deallocate(b.ptr, {32, 32});
  EXPECT_EQ(list.allocate({9, 1}).ptr, b.ptr);
  EXPECT_EQ(list.allocate({9, 1}).ptr, a.ptr);
  EXPECT_EQ(list.allocate({9, 1}).ptr, memory + 64);
  EXPECT_FALSE(list.allocate({9, 1}));
}

TEST(FreeList, refuses_larger_sizes_and_alignments) {
  alignas(64) std::byte memory[480];
  FreeList list{memory, sizeof memory, 48};
  EXPECT_EQ(list.min_alignment(), 16U);
  EXPECT_FALSE(list.allocate({49, 1}));
  EXPECT_FALSE(list.allocate({1, 32}));
  EXPECT_TRUE(list.allocate({48, 16}));
}

TEST(FreeList, owned_its_end_pointer) {
  alignas(64) std::byte memory[128];
  FreeList list{memory, 100, 32};
  EXPECT_EQ(list.block_count(), 3U);
  EXPECT_TRUE(list.owns(memory + 95));
  EXPECT_FALSE(list.owns(memory + 96));
}

TEST(FreeList, skips_to_the_first_aligned_block) {
  alignas(64) std::byte memory[128];
  FreeList list{memory + 1, 127, 64};
  EXPECT_EQ(list.block_count(), 1U);
  EXPECT_EQ(list.allocate({64, 64}).ptr, memory + 64);
  FreeList none{memory + 1, 62, 64};
  EXPECT_EQ(none.block_count(), 0U);
  EXPECT_FALSE(none.allocate({1, 1}));
  FreeList null{nullptr, 0, 64};
  EXPECT_FALSE(null.allocate({1, 1}));
}

TEST(FreeList, a_walk_finds_blocks_beyond_one_window) {
  constexpr std::size_t blocks = 70000;
  std::vector<std::byte> memory(blocks * 8 + 8);
  FreeList list{memory.data(), memory.size(), 8};
  std::vector<std::byte*> live;
  while (const Block block = list.allocate({8, 8})) live.push_back(block.ptr);
  for (std::size_t i = 0; i < live.size(); i += 1000) list.deallocate(live[i], {8, 8});
  const Snapshot snapshot = take_snapshot(list);
  ASSERT_EQ(snapshot.regions.size(), 1U);
  verify_tiling(snapshot.regions[0], 1);
  EXPECT_EQ(snapshot.count(SpanKind::free), (live.size() + 999) / 1000);
}

#if HEAPATLAS_CHECKED
TEST(FreeList, a_checked_build_stops_on_misuse) {
  alignas(32) std::byte memory[128];
  FreeList list{memory, sizeof memory, 32};
  const Block a = list.allocate({32, 1});
  const Block b = list.allocate({32, 1});
  std::byte local{};
  EXPECT_DEATH(list.deallocate(&local, {1, 1}), "misuse of free_list.*granted it");
  EXPECT_DEATH(list.deallocate(a.ptr + 8, {1, 1}), "misuse of free_list.*granted it");
  EXPECT_DEATH(list.deallocate(memory + 96, {1, 1}), "misuse of free_list.*granted it");
  EXPECT_DEATH(list.deallocate(a.ptr, {33, 1}), "misuse of free_list.*last requested");
  list.deallocate(a.ptr, {32, 1});
  list.deallocate(b.ptr, {32, 1});
  EXPECT_DEATH(list.deallocate(a.ptr, {32, 1}), "misuse of free_list.*freed once");
  EXPECT_DEATH(list.deallocate(b.ptr, {32, 1}), "misuse of free_list.*freed once");
}
#endif

}  // namespace
}  // namespace heapatlas::conformance
