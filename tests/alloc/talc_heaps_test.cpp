// talc's heaps by hand: claimed, extended, truncated; and what bad regions must not do.
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "core/alloc/claim_source.hpp"
#include "core/alloc/manual_source.hpp"
#include "core/alloc/talc.hpp"
#include "tests/alloc/conformance/walk.hpp"

namespace heapatlas {
namespace {

struct Uncached : talc::Options {
  static constexpr std::size_t cache_limit = 0;
};
struct CountingUncached : Uncached {
  static constexpr bool counters = true;
};
using Manual = Talc<ManualSource, talc::FineBinning, CountingUncached>;

class TalcHeaps : public testing::Test {
 protected:
  static constexpr std::size_t size = 1 << 16;
  alignas(4096) std::byte memory[size];
  Manual talc;

  void TearDown() override { EXPECT_EQ(talc.check(), nullptr); }
};

TEST_F(TalcHeaps, bad_regions_are_refused_and_change_nothing) {
  auto* const high = reinterpret_cast<std::byte*>(UINTPTR_MAX - 4095);
  EXPECT_EQ(talc.claim(nullptr, 4096), nullptr);
  EXPECT_EQ(talc.claim(nullptr, SIZE_MAX), nullptr);
  EXPECT_EQ(talc.claim(memory, 0), nullptr);
  EXPECT_EQ(talc.claim(memory, Manual::min_heap_size - 1), nullptr);
  EXPECT_EQ(talc.claim(memory + 1, Manual::min_heap_size), nullptr);
  EXPECT_EQ(talc.claim(memory + 15, 14), nullptr);
  EXPECT_EQ(talc.claim(memory, SIZE_MAX), nullptr);
  EXPECT_EQ(talc.claim(high, 8192), nullptr);
  EXPECT_EQ(talc.claim(high, 4096), nullptr);
  if constexpr (sizeof(void*) == 8) {  // not a 48-bit address: links could not hold it
    EXPECT_EQ(talc.claim(reinterpret_cast<std::byte*>(std::uintptr_t{1} << 52), 4096), nullptr);
  }
  EXPECT_EQ(talc.counters().heaps, 0U);
  EXPECT_FALSE(talc.allocate({1, 1}));
}

TEST_F(TalcHeaps, a_claim_that_overlaps_a_heap_is_refused) {
  std::byte* const end = talc.claim(memory + 4096, 4096);
  ASSERT_EQ(end, memory + 8192);
  EXPECT_EQ(talc.claim(memory + 4096, 4096), nullptr);
  EXPECT_EQ(talc.claim(memory, 4096 + 16), nullptr);
  EXPECT_EQ(talc.claim(memory + 8192 - 16, 4096), nullptr);
  EXPECT_EQ(talc.claim(memory, size), nullptr);
  EXPECT_NE(talc.claim(memory, 4096), nullptr);
  EXPECT_NE(talc.claim(memory + 8192, 4096), nullptr);
  EXPECT_EQ(talc.counters().heaps, 3U);
}

TEST_F(TalcHeaps, misaligned_regions_are_used_within_their_bounds) {
  for (std::size_t shift = 0; shift < 32; ++shift) {
    Manual other;
    std::byte* const end = other.claim(memory + shift, 1024);
    ASSERT_NE(end, nullptr);
    EXPECT_LE(end, memory + shift + 1024);
    EXPECT_GT(end, memory + shift + 1024 - 16);
    std::memset(memory, 0xA5, shift);
    std::memset(memory + shift + 1024, 0xA5, 64);
    while (const Block block = other.allocate({7, 1})) std::memset(block.ptr, 1, block.size);
    EXPECT_EQ(other.check(), nullptr);
    for (std::size_t i = 0; i < shift; ++i) EXPECT_EQ(memory[i], std::byte{0xA5});
    for (std::size_t i = 0; i < 64; ++i) EXPECT_EQ(memory[shift + 1024 + i], std::byte{0xA5});
  }
}

TEST_F(TalcHeaps, the_smallest_heap_holds_one_block) {
  ASSERT_NE(talc.claim(memory, Manual::min_heap_size), nullptr);
  const Block block = talc.allocate({1, 1});
  ASSERT_TRUE(block);
  EXPECT_EQ(block.size, 12U);
  EXPECT_FALSE(talc.allocate({1, 1}));
  talc.deallocate(block.ptr, {1, 1});
  EXPECT_TRUE(talc.allocate({12, 16}));
}

TEST_F(TalcHeaps, heaps_that_touch_are_not_merged) {
  ASSERT_NE(talc.claim(memory, 1024), nullptr);
  ASSERT_NE(talc.claim(memory + 1024, 1024), nullptr);
  EXPECT_FALSE(talc.allocate({1024, 1}));
  EXPECT_TRUE(talc.allocate({900, 1}));
  EXPECT_TRUE(talc.allocate({900, 1}));
}

TEST_F(TalcHeaps, reserved_ends_where_the_last_block_ends) {
  std::byte* const end = talc.claim(memory, 4096);
  EXPECT_FALSE(talc.reserved(end).any);
  const Block low = talc.allocate({100, 1});
  const Block high = talc.allocate({100, 1});
  EXPECT_TRUE(talc.reserved(end).any);
  const std::byte* const up_to = talc.reserved(end).up_to;
  EXPECT_GE(up_to, high.ptr + high.size);
  EXPECT_LE(up_to, high.ptr + high.size + 16);
  talc.deallocate(low.ptr, {100, 1});
  EXPECT_EQ(talc.reserved(end).up_to, up_to);
  talc.deallocate(high.ptr, {100, 1});
  EXPECT_FALSE(talc.reserved(end).any);
}

TEST_F(TalcHeaps, cached_chunks_reserve_nothing) {
  Talc<ManualSource> cached;
  std::byte* const end = cached.claim(memory, 4096);
  const Block block = cached.allocate({100, 1});
  cached.deallocate(block.ptr, {100, 1});
  EXPECT_FALSE(cached.reserved(end).any);
  EXPECT_EQ(cached.truncate(end, memory), nullptr);
  EXPECT_FALSE(cached.allocate({1, 1}));
  EXPECT_EQ(cached.check(), nullptr);
}

TEST_F(TalcHeaps, extend_joins_new_memory_to_the_gap_below) {
  std::byte* end = talc.claim(memory, 4096);
  EXPECT_FALSE(talc.allocate({4096, 1}));
  end = talc.extend(end, memory + 8192);
  EXPECT_EQ(end, memory + 8192);
  EXPECT_EQ(talc.check(), nullptr);
  const Block all = talc.allocate({8192 - 52, 1});
  EXPECT_TRUE(all);
  end = talc.extend(end, memory + 12288);
  EXPECT_TRUE(talc.allocate({4096 - 4, 1}));
  EXPECT_EQ(talc.check(), nullptr);
}

TEST_F(TalcHeaps, extend_that_cannot_leaves_the_heap) {
  std::byte* const end = talc.claim(memory, 4096);
  ASSERT_NE(talc.claim(memory + 8192, 4096), nullptr);
  EXPECT_EQ(talc.extend(end, nullptr), end);
  EXPECT_EQ(talc.extend(end, memory), end);
  EXPECT_EQ(talc.extend(end, end), end);
  EXPECT_EQ(talc.extend(end, end + 15), end);
  EXPECT_EQ(talc.extend(end, memory + 8192 + 16), end);
  EXPECT_EQ(talc.extend(end, memory + 8192), memory + 8192);
}

TEST_F(TalcHeaps, truncate_never_goes_below_what_is_reserved) {
  std::byte* end = talc.claim(memory, size);
  const Block low = talc.allocate({100, 1});
  const Block kept = talc.allocate({100, 1});
  talc.deallocate(low.ptr, {100, 1});
  EXPECT_EQ(talc.truncate(end, end), end);
  EXPECT_EQ(talc.truncate(end, end + 4096), end);
  end = talc.truncate(end, memory + 8192 + 7);
  EXPECT_EQ(end, memory + 8192);
  EXPECT_EQ(talc.check(), nullptr);
  end = talc.truncate(end, memory);
  EXPECT_EQ(end, talc.reserved(end).up_to);
  EXPECT_GE(end, kept.ptr + kept.size);
  EXPECT_EQ(talc.check(), nullptr);
  EXPECT_TRUE(talc.allocate({100, 1}));  // below the kept block
  EXPECT_FALSE(talc.allocate({1, 1}));
  EXPECT_EQ(talc.extend(end, memory + size), memory + size);
  EXPECT_TRUE(talc.allocate({1, 1}));
}

TEST_F(TalcHeaps, the_first_heap_could_never_be_deleted) {
  std::byte* const first = talc.claim(memory, 4096);
  std::byte* const second = talc.claim(memory + 8192, 4096);
  EXPECT_EQ(talc.truncate(first, nullptr), nullptr);
  EXPECT_EQ(talc.counters().heaps, 1U);
  const Block block = talc.allocate({1, 1});
  EXPECT_GE(block.ptr, memory + 8192);
  EXPECT_FALSE(talc.owns(memory + 100));
  EXPECT_NE(talc.truncate(second, memory + 8192), nullptr);
  talc.deallocate(block.ptr, {1, 1});
  EXPECT_NE(talc.claim(memory, 4096), nullptr);
  EXPECT_EQ(talc.counters().total_heaps, 3U);
}

TEST_F(TalcHeaps, resize_goes_both_ways) {
  std::byte* end = talc.claim(memory, 4096);
  end = talc.resize(end, memory + 8192);
  EXPECT_EQ(end, memory + 8192);
  end = talc.resize(end, memory + 1024);
  EXPECT_EQ(end, memory + 1024);
  EXPECT_EQ(talc.resize(end, memory + 16), nullptr);
}

TEST_F(TalcHeaps, counters_add_up) {
  ASSERT_NE(talc.claim(memory, size), nullptr);
  const Block a = talc.allocate({100, 1});
  const Block b = talc.allocate({200, 1});
  ASSERT_TRUE(talc.grow(b.ptr, {200, 1}, 300));
  ASSERT_TRUE(talc.shrink(b.ptr, {300, 1}, 150));
  talc.deallocate(a.ptr, {100, 1});
  EXPECT_FALSE(talc.allocate({size, 1}));
  const talc::Counters counted = talc.counters();
  EXPECT_EQ(counted.live_blocks, 1U);
  EXPECT_EQ(counted.total_blocks, 2U);
  EXPECT_EQ(counted.live_bytes, 150U);
  EXPECT_EQ(counted.total_bytes, 400U);
  EXPECT_EQ(counted.fragments, 2U);
  EXPECT_EQ(counted.claimed_bytes, size);
  EXPECT_EQ(counted.total_claimed_bytes, size);
  // Header and end tag; a tag for each of three chunks; what rounds 150 bytes up.
  EXPECT_EQ(counted.overhead_bytes(), 48U + 3 * 4 + (156 - 150));
  talc.reset();
  EXPECT_EQ(talc.counters().live_blocks, 0U);
  EXPECT_EQ(talc.counters().total_blocks, 2U);
  EXPECT_EQ(talc.counters().fragments, 1U);
}

TEST(TalcHeap, gaps_of_16_MiB_and_more_had_their_tags_misread) {
  constexpr std::size_t mapped = std::size_t{6} << 30;
  void* const whole = ::mmap(nullptr, mapped, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  ASSERT_NE(whole, MAP_FAILED);
  auto* const memory = static_cast<std::byte*>(whole);
  {
    Manual talc;
    // A tag counts to 4 GiB: what a claim leaves can be claimed again.
    std::byte* const end = talc.claim(memory, mapped);
    ASSERT_NE(end, nullptr);
    EXPECT_EQ(static_cast<std::size_t>(end - memory), (std::size_t{4} << 30) - 16);
    EXPECT_NE(talc.claim(end, mapped - static_cast<std::size_t>(end - memory)), nullptr);
    EXPECT_EQ(talc.check(), nullptr);
    EXPECT_FALSE(talc.allocate({Manual::max_block + 1, 1}));
    for (std::size_t block_size = std::size_t{15} << 20; block_size < std::size_t{2} << 30;
         block_size *= 2) {
      const Block a = talc.allocate({block_size, 1});
      const Block b = talc.allocate({block_size, 1});
      ASSERT_TRUE(a && b);
      talc.deallocate(a.ptr, {block_size, 1});
      EXPECT_EQ(talc.check(), nullptr);
      talc.deallocate(b.ptr, {block_size, 1});
      EXPECT_EQ(talc.counters().fragments, 2U);
      EXPECT_EQ(talc.check(), nullptr);
    }
    const Block largest = talc.allocate({Manual::max_block, 1});
    EXPECT_TRUE(largest);
    talc.deallocate(largest.ptr, {Manual::max_block, 1});
  }
  {
    Talc<ManualSource, talc::WideBinning, talc::LargeOptions> talc;
    EXPECT_EQ(talc.claim(memory, mapped), memory + mapped);
    const Block block = talc.allocate({std::size_t{5} << 30, 1});
    ASSERT_TRUE(block);
    EXPECT_EQ(talc.check(), nullptr);
    EXPECT_TRUE(talc.shrink(block.ptr, {std::size_t{5} << 30, 1}, std::size_t{3} << 30));
    EXPECT_EQ(talc.check(), nullptr);
  }
  ::munmap(whole, mapped);
}

TEST(TalcHeap, a_unit_of_32_bytes_wasted_42_percent_of_small_blocks) {
  static std::byte memory[1 << 20];
  Talc<ClaimSource> talc{memory};
  std::size_t requested = 0;
  for (std::size_t i = 0;; i = i * 25 % 64 + 7) {  // sizes 1 to 64, each as often
    const std::size_t size = 1 + i % 64;
    if (!talc.allocate({size, 1})) break;
    requested += size;
  }
  EXPECT_GT(requested, sizeof memory * 70 / 100);
}

TEST(TalcHeap, a_static_talc_over_a_static_array_works_before_main) {
  static std::byte memory[4096];
  static constinit Talc<ClaimSource> talc{memory};
  EXPECT_TRUE(talc.allocate({1, 1}));
}

TEST(TalcHeap, walk_tells_every_block_apart) {
  alignas(16) std::byte memory[1024];
  Talc<ManualSource> talc;
  ASSERT_NE(talc.claim(memory, sizeof memory), nullptr);
  const Block a = talc.allocate({20, 1});
  const Block b = talc.allocate({20, 1});
  const Block c = talc.allocate({40, 1});
  talc.deallocate(b.ptr, {20, 1});
  const conformance::Snapshot snapshot = conformance::take_snapshot(talc);
  ASSERT_EQ(snapshot.regions.size(), 1U);
  EXPECT_EQ(snapshot.count(SpanKind::used), 2U);
  EXPECT_EQ(snapshot.count(SpanKind::cached), 1U);
  EXPECT_EQ(snapshot.count(SpanKind::free), 1U);
  for (const Span& span : snapshot.regions[0].spans) {
    if (span.kind != SpanKind::used) continue;
    EXPECT_EQ(span.blocks, 1U);
    EXPECT_TRUE((span.address == a.ptr && span.size == a.size) ||
                (span.address == c.ptr && span.size == c.size));
  }
}

}  // namespace
}  // namespace heapatlas
