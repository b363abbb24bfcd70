// bump: the suite, and the defects that bump allocators elsewhere are known for.
#include "core/alloc/bump.hpp"

#include <gtest/gtest.h>

#include <cstddef>

#include "core/alloc/resize.hpp"
#include "tests/alloc/conformance/conformance.hpp"

namespace heapatlas::conformance {
namespace {

template <class A, std::size_t Bytes>
class BumpOver {
 public:
  static constexpr Facts facts{
      .capacity = Bytes, .exact_fit = Bytes, .reclaims = false, .coalesces = false};
  A& allocator() { return bump_; }

 private:
  alignas(4096) std::byte memory_[Bytes];
  A bump_{memory_, Bytes};
};

struct PlainBump : BumpOver<Bump, 1 << 16> {
  static constexpr auto name = "bump";
  struct Tiny : BumpOver<Bump, 96> {
    static constexpr auto name = "tiny_bump";
  };
};
struct AtomicBump : BumpOver<SharedBump, 1 << 16> {
  static constexpr auto name = "shared_bump";
  struct Tiny : BumpOver<SharedBump, 96> {
    static constexpr auto name = "tiny_shared_bump";
  };
};

HEAPATLAS_CONFORMANCE(Bump, PlainBump, AtomicBump);

template <class A>
class BumpDefects : public testing::Test {};
using Bumps = testing::Types<Bump, SharedBump>;
TYPED_TEST_SUITE(BumpDefects, Bumps);

TYPED_TEST(BumpDefects, alignment_padding_was_not_counted_and_blocks_overlapped) {
  alignas(64) std::byte memory[128];
  TypeParam bump{memory, sizeof memory};
  const Block first = bump.allocate({1, 1});
  const Block second = bump.allocate({32, 32});
  const Block third = bump.allocate({1, 1});
  EXPECT_EQ(first.ptr, memory);
  EXPECT_EQ(second.ptr, memory + 32);
  EXPECT_EQ(third.ptr, memory + 64);
}

TYPED_TEST(BumpDefects, alignment_was_computed_on_the_offset) {
  alignas(8192) static std::byte memory[3 * 8192];
  TypeParam bump{memory + 4096, sizeof memory - 4096};
  const Block block = bump.allocate({1, 8192});
  EXPECT_EQ(block.ptr, memory + 8192);
}

TYPED_TEST(BumpDefects, an_exact_fit_was_refused) {
  std::byte memory[24];
  TypeParam bump{memory, sizeof memory};
  EXPECT_TRUE(bump.allocate({24, 1}));
  EXPECT_FALSE(bump.allocate({1, 1}));
}

TYPED_TEST(BumpDefects, a_failed_large_request_advanced) {
  alignas(64) std::byte memory[64];
  TypeParam bump{memory, sizeof memory};
  EXPECT_FALSE(bump.allocate({65, 1}));
  EXPECT_FALSE(bump.allocate({SIZE_MAX, 1}));
  EXPECT_FALSE(bump.allocate({SIZE_MAX - 63, 64}));
  EXPECT_FALSE(bump.allocate({1, std::size_t{1} << 63}));
  EXPECT_EQ(bump.used(), 0U);
}

TYPED_TEST(BumpDefects, eight_aligned_bytes_cost_sixteen) {
  alignas(64) std::byte memory[64];
  TypeParam bump{memory, sizeof memory};
  for (int i = 0; i < 8; ++i) EXPECT_EQ(bump.allocate({8, 8}).ptr, memory + 8 * i);
}

TYPED_TEST(BumpDefects, zeroed_growth_zeroed_the_old_block) {
  std::byte memory[64];
  TypeParam bump{memory, sizeof memory};
  const Block block = bump.allocate({8, 1});
  for (std::size_t i = 0; i < 64; ++i) memory[i] = std::byte{7};
  const Block grown = reallocate_zeroed(bump, block.ptr, {8, 1}, 16);
  ASSERT_EQ(grown.ptr, memory);
  for (std::size_t i = 0; i < 16; ++i) EXPECT_EQ(memory[i], std::byte(i < 8 ? 7 : 0));
  EXPECT_EQ(memory[16], std::byte{7});
}

TYPED_TEST(BumpDefects, the_last_block_could_not_grow) {
  std::byte memory[64];
  TypeParam bump{memory, sizeof memory};
  const Block first = bump.allocate({8, 1});
  const Block last = bump.allocate({8, 1});
  EXPECT_FALSE(bump.grow(first.ptr, {8, 1}, 9));
  EXPECT_TRUE(bump.grow(last.ptr, {8, 1}, 56));
  EXPECT_FALSE(bump.grow(last.ptr, {56, 1}, 57));
  EXPECT_TRUE(bump.shrink(last.ptr, {56, 1}, 1));
  EXPECT_EQ(bump.used(), 9U);
  bump.deallocate(last.ptr, {1, 1});
  bump.deallocate(first.ptr, {8, 1});
  EXPECT_EQ(bump.used(), 0U);
}

TYPED_TEST(BumpDefects, a_checked_build_stops_on_misuse) {
  if (!checked) GTEST_SKIP() << "misuse checks are off in this build";
  alignas(64) std::byte memory[64];
  TypeParam bump{memory, sizeof memory};
  const Block first = bump.allocate({16, 1});
  const Block last = bump.allocate({8, 1});
  std::byte local{};
  EXPECT_DEATH(bump.deallocate(&local, {1, 1}), "misuse of bump.*that granted it");
  EXPECT_DEATH(bump.deallocate(nullptr, {1, 1}), "misuse of bump.*that granted it");
  EXPECT_DEATH(bump.deallocate(first.ptr, {25, 1}), "misuse of bump.*size last requested");
  EXPECT_DEATH((void)bump.grow(last.ptr, {9, 1}, 10), "misuse of bump.*size last requested");
  EXPECT_DEATH((void)bump.allocate({0, 1}), "misuse of bump.*at least 1");
  EXPECT_DEATH((void)bump.allocate({1, 3}), "misuse of bump.*power of two");
  bump.deallocate(last.ptr, {8, 1});
  EXPECT_DEATH(bump.deallocate(last.ptr, {8, 1}), "misuse of bump.*freed once");
}

TEST(Bump, is_constant_initialised) {
  static std::byte memory[32];
  static constinit Bump bump{memory, sizeof memory};
  static constinit SharedBump shared{memory, sizeof memory};
  EXPECT_EQ(bump.capacity() + shared.capacity(), 64U);
}

TEST(Bump, without_memory_fails_cleanly) {
  Bump bump{nullptr, 0};
  EXPECT_FALSE(bump.allocate({1, 1}));
  EXPECT_FALSE(bump.owns(nullptr));
}

}  // namespace
}  // namespace heapatlas::conformance
