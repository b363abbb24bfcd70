// os: the suite, and what is peculiar to blocks that are mappings.
#include "core/alloc/os/os.hpp"

#include <gtest/gtest.h>

#include <cstddef>

#include "core/alloc/os/pages.hpp"
#include "core/alloc/resize.hpp"
#include "tests/alloc/conformance/conformance.hpp"

namespace heapatlas::conformance {
namespace {

class OsSubject {
 public:
  static constexpr auto name = "os";
  static constexpr Facts facts{.unit = 4096, .usual_size = 3 * 4096};
  Os& allocator() { return os_; }

 private:
  Os os_;
};

HEAPATLAS_CONFORMANCE(Os, OsSubject);

TEST(Os, satisfies_alignments_above_a_page) {
  Os os;
  for (std::size_t align = os::page_size(); align <= std::size_t{1} << 24; align *= 4) {
    const Block block = os.allocate({1, align});
    ASSERT_TRUE(block);
    EXPECT_TRUE(is_aligned(address_of(block.ptr), align));
    EXPECT_EQ(block.size, os::page_size());
    os.deallocate(block.ptr, {1, align});
  }
}

TEST(Os, keeps_alignments_above_a_page_when_a_block_moves) {
  Os os;
  const Layout layout{os::page_size(), std::size_t{1} << 21};
  const Block block = os.allocate(layout);
  ASSERT_TRUE(block);
  block.ptr[17] = std::byte{9};
  // Something right above the block, so that it cannot grow in place.
  const Block obstacle = os::map(os::page_size(), 1, os::Access::read_write);
  const Block moved = os.reallocate(block.ptr, layout, std::size_t{1} << 26);
  ASSERT_TRUE(moved);
  EXPECT_TRUE(is_aligned(address_of(moved.ptr), layout.align));
  EXPECT_EQ(moved.ptr[17], std::byte{9});
  EXPECT_EQ(moved.ptr[(std::size_t{1} << 26) - 1], std::byte{0});
  os.deallocate(moved.ptr, layout.with_size(std::size_t{1} << 26));
  os::unmap(obstacle);
}

TEST(Os, a_checked_build_stops_on_misuse) {
  if (!checked) GTEST_SKIP() << "misuse checks are off in this build";
  Os os;
  const Block block = os.allocate({100, 8});
  ASSERT_TRUE(block);
  EXPECT_DEATH(os.deallocate(nullptr, {100, 8}), "misuse of os");
  EXPECT_DEATH(os.deallocate(block.ptr + 8, {92, 8}), "misuse of os");
  EXPECT_DEATH((void)os.allocate({0, 8}), "misuse of os.*at least 1");
  EXPECT_DEATH((void)os.allocate({1, 3}), "misuse of os.*power of two");
  os.deallocate(block.ptr, {100, 8});
}

TEST(Os, requests_beyond_the_address_space_fail) {
  Os os;
  EXPECT_FALSE(os.allocate({SIZE_MAX, 1}));
  EXPECT_FALSE(os.allocate({SIZE_MAX - os::page_size() + 2, 1}));
  EXPECT_FALSE(os.allocate({1, std::size_t{1} << 63}));
  EXPECT_FALSE(os.allocate({std::size_t{1} << 62, std::size_t{1} << 62}));
}

}  // namespace
}  // namespace heapatlas::conformance
