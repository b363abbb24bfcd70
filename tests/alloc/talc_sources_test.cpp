// Sources: what talc asks of them, what it gives back and when, and what it does to one that lies.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "core/alloc/bump.hpp"
#include "core/alloc/claim_source.hpp"
#include "core/alloc/manual_source.hpp"
#include "core/alloc/os/os_source.hpp"
#include "core/alloc/os/system_source.hpp"
#include "core/alloc/parent_source.hpp"
#include "core/alloc/ref.hpp"
#include "core/alloc/talc.hpp"
#include "tests/alloc/conformance/recording.hpp"
#include "tests/alloc/conformance/walk.hpp"

namespace heapatlas {
namespace {

using conformance::Recording;

struct Uncached : talc::Options {
  static constexpr std::size_t cache_limit = 0;
};
struct CountingUncached : Uncached {
  static constexpr bool counters = true;
};

// Sources that lie.

/// Answers as a test tells it to, and counts how often it was asked.
class TestSource {
 public:
  std::function<SourceRegion(std::size_t)> answer;
  int asked = 0;
  std::vector<SourceRegion> released;

  SourceRegion acquire(std::size_t min, std::size_t) noexcept {
    ++asked;
    return answer(min);
  }
  void release(SourceRegion region, std::size_t) noexcept { released.push_back(region); }
};

class LyingSource : public testing::Test {
 protected:
  alignas(4096) std::byte memory[1 << 16];
  Talc<TestSource, talc::FineBinning, Uncached> talc;

  /// A request under this answer fails after the source was asked once.
  void expect_refused(const std::function<SourceRegion(std::size_t)>& answer, Layout layout = {}) {
    const int before = talc.source().asked;
    talc.source().answer = answer;
    EXPECT_FALSE(talc.allocate(layout));
    EXPECT_EQ(talc.source().asked, before + 1);
    EXPECT_EQ(talc.check(), nullptr);
  }
};

TEST_F(LyingSource, that_answers_with_unusable_regions_was_asked_for_ever) {
  expect_refused([](std::size_t) { return SourceRegion{}; });
  expect_refused([](std::size_t) { return SourceRegion{nullptr, 4096}; });
  expect_refused([&](std::size_t) { return SourceRegion{memory, 0}; });
  expect_refused([&](std::size_t) { return SourceRegion{memory, SIZE_MAX}; });
  expect_refused([&](std::size_t) { return SourceRegion{memory, 8}; });
}

TEST_F(LyingSource, that_gives_too_little_gets_it_back) {
  expect_refused([&](std::size_t min) { return SourceRegion{memory, min - 16}; }, {1000, 1});
  ASSERT_EQ(talc.source().released.size(), 1U);
  EXPECT_EQ(talc.source().released[0].ptr, memory);
  EXPECT_FALSE(talc.owns(memory + 100));
}

TEST_F(LyingSource, that_gives_the_same_region_twice) {
  talc.source().answer = [&](std::size_t) { return SourceRegion{memory, 4096}; };
  const Block block = talc.allocate({2000, 1});
  ASSERT_TRUE(block);
  expect_refused([&](std::size_t) { return SourceRegion{memory, 4096}; }, {3000, 1});
  EXPECT_TRUE(talc.source().released.empty());  // its memory is in use
  expect_refused([&](std::size_t) { return SourceRegion{memory + 2048, 8192}; }, {3000, 1});
  talc.deallocate(block.ptr, {2000, 1});
}

TEST_F(LyingSource, is_not_asked_for_what_no_heap_can_hold) {
  EXPECT_FALSE(talc.allocate({SIZE_MAX, 1}));
  EXPECT_FALSE(talc.allocate({PTRDIFF_MAX, 1}));
  EXPECT_FALSE(talc.allocate({1, std::size_t{1} << 63}));
  EXPECT_EQ(talc.source().asked, 0);
}

// A source that extends its region.

class GrowingSource {
 public:
  alignas(4096) std::byte memory[1 << 16];
  std::size_t given = 0;
  bool lies = false;

  SourceRegion acquire(std::size_t min, std::size_t) noexcept {
    if (given != 0 || min > sizeof memory) return {};
    given = min;
    return {memory, given};
  }
  SourceRegion extend(SourceRegion region, std::size_t min) noexcept {
    if (lies) return region;
    if (min > sizeof memory) return {};
    given = min;
    return {region.ptr, given};
  }
};

TEST(ExtendingTalc, grows_its_heap_by_what_is_missing) {
  Talc<GrowingSource, talc::FineBinning, CountingUncached> talc;
  std::vector<Block> blocks;
  while (const Block block = talc.allocate({100, 1})) blocks.push_back(block);
  EXPECT_GT(blocks.size(), sizeof(GrowingSource::memory) / 112 - 2);
  EXPECT_EQ(talc.counters().heaps, 1U);
  EXPECT_EQ(talc.check(), nullptr);
}

TEST(ExtendingTalc, takes_an_extension_by_nothing_for_failure) {
  Talc<GrowingSource, talc::FineBinning, Uncached> talc;
  ASSERT_TRUE(talc.allocate({100, 1}));
  talc.source().lies = true;
  EXPECT_FALSE(talc.allocate({100, 1}));
  EXPECT_EQ(talc.check(), nullptr);
}

// Claim.

TEST(ClaimingTalc, claims_its_region_at_the_first_request_it_can_hold) {
  static std::byte memory[4096];
  Talc<ClaimSource> talc{memory};
  EXPECT_FALSE(talc.owns(memory + 100));
  EXPECT_FALSE(talc.allocate({4096, 1}));
  EXPECT_FALSE(talc.owns(memory + 100));
  EXPECT_TRUE(talc.allocate({3900, 1}));
  EXPECT_TRUE(talc.owns(memory + 100));
  EXPECT_FALSE(talc.allocate({3900, 1}));
}

TEST(ClaimingTalc, over_nothing_fails_cleanly) {
  Talc<ClaimSource> talc{nullptr, std::size_t{0}};
  EXPECT_FALSE(talc.allocate({1, 1}));
}

// Parents.

using Upstream = Talc<ManualSource, talc::FineBinning, Uncached>;
using Parented = Talc<ParentSource<Recording<Ref<Upstream>>>, talc::FineBinning, CountingUncached>;

class TalcParent : public testing::Test {
 protected:
  alignas(4096) std::byte memory[1 << 20];
  Upstream upstream;
  TalcParent() { upstream.claim(memory, sizeof memory); }
  void TearDown() override { EXPECT_EQ(conformance::recording_fault(), ""); }
};

TEST_F(TalcParent, gets_its_blocks_back_when_they_are_wholly_empty) {
  Parented talc{std::size_t{4096}, upstream};
  std::vector<Block> blocks;
  for (int i = 0; i < 500; ++i) blocks.push_back(talc.allocate({1000, 1}));
  const std::size_t most = talc.source().parent().live().size();
  EXPECT_GT(most, 20U);
  for (const Block block : blocks) talc.deallocate(block.ptr, {1000, 1});
  EXPECT_EQ(talc.source().parent().live().size(), 1U);
  EXPECT_EQ(talc.check(), nullptr);
}

TEST_F(TalcParent, is_not_asked_again_at_every_turn_of_a_boundary) {
  Parented talc{std::size_t{4096}, upstream};
  std::vector<Block> blocks;
  for (int i = 0; i < 16; ++i) blocks.push_back(talc.allocate({1000, 1}));
  const std::size_t heaps = talc.counters().total_heaps;
  for (int turn = 0; turn < 50; ++turn) {
    for (int i = 0; i < 4; ++i) {
      talc.deallocate(blocks.back().ptr, {1000, 1});
      blocks.pop_back();
    }
    for (int i = 0; i < 4; ++i) blocks.push_back(talc.allocate({1000, 1}));
  }
  EXPECT_LE(talc.counters().total_heaps, heaps + 1);
  for (const Block block : blocks) talc.deallocate(block.ptr, {1000, 1});
}

TEST_F(TalcParent, has_one_large_block_no_longer_than_it_is_needed) {
  Parented talc{std::size_t{4096}, upstream};
  const Block block = talc.allocate({100000, 1});
  ASSERT_TRUE(block);
  talc.deallocate(block.ptr, {100000, 1});
  EXPECT_TRUE(talc.source().parent().live().empty());
}

TEST_F(TalcParent, was_given_memory_back_with_another_alignment) {
  {
    Parented talc{std::size_t{4096}, upstream};
    for (std::size_t align = 1; align <= 8192; align *= 2) {
      const Block block = talc.allocate({10000, align});
      ASSERT_TRUE(block);
      EXPECT_TRUE(is_aligned(address_of(block.ptr), align));
      talc.deallocate(block.ptr, {10000, align});
    }
  }  // the rest goes back when the talc is destroyed; Recording judges each
  EXPECT_TRUE(upstream.allocate({sizeof memory - 52, 1}));
}

TEST_F(TalcParent, that_has_no_usual_block_is_asked_for_smaller_ones) {
  Parented talc{std::size_t{2} << 20, upstream};
  EXPECT_TRUE(talc.allocate({1000, 1}));
  EXPECT_EQ(talc.counters().claimed_bytes, std::size_t{1} << 19);
}

TEST_F(TalcParent, blocks_grow_so_that_heaps_stay_few) {
  Parented talc{std::size_t{1024}, upstream};
  while (talc.allocate({200, 1})) {
  }
  EXPECT_LT(talc.counters().heaps, 80U);  // 1024 blocks of 1 KiB
  EXPECT_GT(talc.counters().claimed_bytes, sizeof memory * 95 / 100);
}

TEST_F(TalcParent, is_walked_below_its_child) {
  Parented talc{std::size_t{4096}, upstream};
  const Block block = talc.allocate({100, 1});
  ASSERT_TRUE(block);
  const conformance::Snapshot snapshot = conformance::take_snapshot(talc);
  ASSERT_EQ(snapshot.regions.size(), 2U);
  EXPECT_EQ(snapshot.regions[0].region.node, 0U);
  EXPECT_EQ(snapshot.regions[1].region.node, 2U);  // behind the reference
}

// The operating system.

std::size_t committed(const auto& talc) {
  const conformance::Snapshot snapshot = conformance::take_snapshot(talc);
  std::size_t bytes = 0;
  for (const auto& walked : snapshot.regions) {
    for (const Span& span : walked.spans) bytes += span.kind == SpanKind::reserved ? 0 : span.size;
  }
  return bytes;
}

TEST(TalcOs, commits_on_demand) {
  Talc<OsSource> talc;
  const Block small = talc.allocate({1, 1});
  ASSERT_TRUE(small);
  EXPECT_EQ(committed(talc), OsSource::default_step);
  const Block large = talc.allocate({std::size_t{10} << 20, 1});
  ASSERT_TRUE(large);
  EXPECT_LT(committed(talc), std::size_t{11} << 20);
  large.ptr[(10 << 20) - 1] = std::byte{1};
  EXPECT_EQ(talc.check(), nullptr);
}

TEST(TalcOs, trims_the_top_when_it_falls_free) {
  Talc<OsSource> talc;
  std::vector<Block> blocks;
  for (int i = 0; i < 1000; ++i) {
    blocks.push_back(talc.allocate({64 << 10, 1}));
    ASSERT_TRUE(blocks.back());
    blocks.back().ptr[0] = std::byte{1};
  }
  EXPECT_GT(committed(talc), std::size_t{62} << 20);
  for (; blocks.size() > 500; blocks.pop_back()) talc.deallocate(blocks.back().ptr, {64 << 10, 1});
  EXPECT_LT(committed(talc), std::size_t{44} << 20);
  for (; !blocks.empty(); blocks.pop_back()) talc.deallocate(blocks.back().ptr, {64 << 10, 1});
  EXPECT_LE(committed(talc), std::size_t{4} << 20);
  EXPECT_EQ(talc.check(), nullptr);
  // What was given back can be had again, and is zero.
  const Block again = talc.allocate({std::size_t{32} << 20, 1});
  ASSERT_TRUE(again);
  EXPECT_EQ(again.ptr[again.size - 1], std::byte{0});
}

TEST(TalcOs, use_that_comes_and_goes_is_trimmed_once) {
  Talc<OsSource> talc;
  std::vector<Block> blocks;
  std::size_t trims = 0;
  for (int turn = 0; turn < 10; ++turn) {
    for (int i = 0; i < 160; ++i) blocks.push_back(talc.allocate({100 << 10, 1}));
    const std::size_t grown = committed(talc);
    for (; !blocks.empty(); blocks.pop_back()) talc.deallocate(blocks.back().ptr, {100 << 10, 1});
    trims += committed(talc) < grown ? 1 : 0;
  }
  EXPECT_EQ(trims, 1U);
  EXPECT_EQ(talc.check(), nullptr);
}

TEST(TalcOs, a_little_asked_for_again_keeps_a_little_more) {
  Talc<OsSource> talc;
  const auto layout = [](std::size_t mebibytes) { return Layout{mebibytes << 20, 1}; };
  const Block low = talc.allocate(layout(20));
  talc.deallocate(talc.allocate(layout(24)).ptr, layout(24));
  const std::size_t trimmed = committed(talc);
  EXPECT_LE(trimmed, std::size_t{26} << 20);
  talc.deallocate(talc.allocate(layout(6)).ptr, layout(6));
  EXPECT_GT(committed(talc), trimmed);
  talc.deallocate(low.ptr, layout(20));
  EXPECT_LT(committed(talc), std::size_t{4} << 20);
  EXPECT_EQ(talc.check(), nullptr);
}

TEST(TalcOs, a_region_that_is_full_is_followed_by_another) {
  Talc<OsSource, talc::FineBinning, CountingUncached> talc{std::size_t{1} << 20,
                                                           std::size_t{1} << 16};
  std::vector<Block> blocks;
  for (int i = 0; i < 100; ++i) blocks.push_back(talc.allocate({50000, 1}));
  EXPECT_GE(talc.counters().heaps, 5U);
  const Block huge = talc.allocate({std::size_t{8} << 20, 1});
  EXPECT_TRUE(huge);
  talc.deallocate(huge.ptr, {std::size_t{8} << 20, 1});
  for (const Block block : blocks) talc.deallocate(block.ptr, {50000, 1});
  EXPECT_EQ(talc.counters().heaps, 1U);
}

TEST(TalcOs, alignments_above_a_page) {
  Talc<OsSource> talc;
  for (std::size_t align = 4096; align <= std::size_t{1} << 26; align *= 4) {
    const Block block = talc.allocate({1, align});
    ASSERT_TRUE(block) << align;
    EXPECT_TRUE(is_aligned(address_of(block.ptr), align));
  }
  EXPECT_EQ(talc.check(), nullptr);
}

TEST(TalcOs, highly_aligned_blocks_leave_usable_memory_between_them) {
  Talc<OsSource> talc;
  for (int i = 0; i < 2000; ++i) ASSERT_TRUE(talc.allocate({1, 4096}));
  const std::size_t before = committed(talc);
  EXPECT_LT(before, std::size_t{2002} * 4096 + OsSource::default_step);
  for (int i = 0; i < 1900; ++i) ASSERT_TRUE(talc.allocate({4000, 1}));
  EXPECT_EQ(committed(talc), before);
}

TEST(OsSource, regions_are_aligned_and_zero) {
  OsSource source{std::size_t{1} << 20};
  for (std::size_t align = 1; align <= std::size_t{1} << 24; align *= 16) {
    const SourceRegion region = source.acquire(5000, align);
    ASSERT_TRUE(region);
    EXPECT_GE(region.size, std::size_t{1} << 20);
    EXPECT_TRUE(is_aligned(address_of(region.ptr), align));
    ASSERT_TRUE(OsSource::commit(region.ptr, source.granularity()));
    EXPECT_EQ(region.ptr[0], std::byte{0});
    region.ptr[0] = std::byte{1};
    OsSource::decommit(region.ptr, source.granularity());
    ASSERT_TRUE(OsSource::commit(region.ptr, source.granularity()));
    EXPECT_EQ(region.ptr[0], std::byte{0});
    OsSource::release(region, align);
  }
  EXPECT_FALSE(source.acquire(SIZE_MAX, 1));
  EXPECT_FALSE(source.acquire(SIZE_MAX - 4096, std::size_t{1} << 40));
}

TEST(OsSource, a_reserve_that_the_system_refuses_falls_back_to_what_is_needed) {
  OsSource source{std::size_t{1} << 60};
  const SourceRegion region = source.acquire(5000, 16);
  ASSERT_TRUE(region);
  EXPECT_EQ(region.size, 8192U);
  OsSource::release(region, 16);
}

/// A committing source whose commits fail when told.
class StingySource : public OsSource {
 public:
  int commits_left = 0;
  [[nodiscard]] bool commit(std::byte* ptr, std::size_t size) noexcept {
    return commits_left-- > 0 && OsSource::commit(ptr, size);
  }
};

TEST(TalcOs, a_commit_that_fails_is_a_request_that_fails) {
  Talc<StingySource, talc::FineBinning, Uncached> talc;
  EXPECT_FALSE(talc.allocate({1, 1}));
  talc.source().commits_left = 1;
  ASSERT_TRUE(talc.allocate({1, 1}));
  EXPECT_FALSE(talc.allocate({1 << 20, 1}));
  EXPECT_TRUE(talc.allocate({1000, 1}));
  EXPECT_EQ(talc.check(), nullptr);
}

}  // namespace
}  // namespace heapatlas
