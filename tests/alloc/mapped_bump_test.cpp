// mapped_bump: the suite, and the defects of bumps over a mapping elsewhere.
#include "core/alloc/os/mapped_bump.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <cstddef>

#include "tests/alloc/conformance/conformance.hpp"

namespace heapatlas::conformance {
namespace {

template <std::size_t Bytes>
class MappedBumpSubject {
 public:
  static constexpr auto name = "mapped_bump";
  static constexpr Facts facts{.capacity = Bytes,
                               .exact_fit = Bytes,
                               .usual_size = Bytes / 200,
                               .reclaims = false,
                               .coalesces = false};
  MappedBump& allocator() { return bump_; }

 private:
  MappedBump bump_{Bytes};
};

class SmallRegion : public MappedBumpSubject<1 << 18> {
 public:
  struct Tiny : MappedBumpSubject<4096> {
    static constexpr auto name = "one_page";
  };
};
class LargeRegion : public MappedBumpSubject<32 << 20> {
 public:
  static constexpr auto name = "large_mapped_bump";
};

HEAPATLAS_CONFORMANCE(MappedBump, SmallRegion, LargeRegion);

/// Whether a page has memory or at least a mapping behind it.
bool is_mapped(const std::byte* page) {
  unsigned char resident = 0;
  return ::mincore(const_cast<std::byte*>(page), 1, &resident) == 0;
}

TEST(MappedBump, is_constant_initialised_and_maps_at_first_use) {
  static constinit MappedBump bump;
  SnapshotVisitor before;
  bump.walk(before);
  EXPECT_TRUE(before.snapshot.regions.empty());
  EXPECT_FALSE(bump.allocate({MappedBump::default_size + 1, 1}));
  const Block block = bump.allocate({1, 1});
  ASSERT_TRUE(block);
  const Snapshot after = take_snapshot(bump);
  ASSERT_EQ(after.regions.size(), 1U);
  EXPECT_EQ(after.regions[0].region.size, std::size_t{1} << 30);
  EXPECT_EQ(after.count(SpanKind::reserved), 1U);
}

TEST(MappedBump, was_never_unmapped) {
  const std::byte* page = nullptr;
  {
    MappedBump bump{1 << 20};
    page = bump.allocate({1, 1}).ptr;
    EXPECT_TRUE(is_mapped(page));
  }
  EXPECT_FALSE(is_mapped(page));
}

TEST(MappedBump, alignment_was_wrong_above_a_page) {
  MappedBump bump{std::size_t{1} << 26};
  for (std::size_t align = 1; align <= std::size_t{1} << 22; align *= 2) {
    const Block block = bump.allocate({1, align});
    ASSERT_TRUE(block);
    EXPECT_TRUE(is_aligned(address_of(block.ptr), align));
  }
}

TEST(MappedBump, eight_aligned_bytes_cost_sixteen) {
  MappedBump bump{1 << 20};
  const Block first = bump.allocate({8, 8});
  for (int i = 1; i < 100; ++i) EXPECT_EQ(bump.allocate({8, 8}).ptr, first.ptr + 8 * i);
}

TEST(MappedBump, a_failed_large_request_advanced) {
  MappedBump bump{1 << 20};
  const Block first = bump.allocate({8, 8});
  EXPECT_FALSE(bump.allocate({(1 << 20) - 7, 1}));
  EXPECT_FALSE(bump.allocate({SIZE_MAX, 1}));
  EXPECT_EQ(bump.allocate({(1 << 20) - 8, 1}).ptr, first.ptr + 8);
}

TEST(MappedBump, reset_gives_the_memory_back) {
  MappedBump bump{1 << 20};
  std::byte* const first = bump.allocate({1 << 20, 1}).ptr;
  first[12345] = std::byte{1};
  bump.reset();
  const Block again = bump.allocate({1 << 20, 1});
  ASSERT_EQ(again.ptr, first);
  EXPECT_EQ(first[12345], std::byte{0});
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(MappedBump, a_failed_mapping_span_forever) {
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_AS, &before), 0);
  struct rlimit tight = before;
  tight.rlim_cur = std::size_t{1} << 31;
  ASSERT_EQ(::setrlimit(RLIMIT_AS, &tight), 0);
  MappedBump bump{std::size_t{1} << 40};
  const Block refused = bump.allocate({8, 8});
  ASSERT_EQ(::setrlimit(RLIMIT_AS, &before), 0);
  EXPECT_FALSE(refused);
  EXPECT_TRUE(take_snapshot(bump).regions.empty());
  EXPECT_TRUE(bump.allocate({8, 8})) << "a later request may succeed";
}
#endif

}  // namespace
}  // namespace heapatlas::conformance
