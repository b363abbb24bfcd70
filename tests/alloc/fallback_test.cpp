// fallback: the suite over pairs and chains, and the defects of such pairs elsewhere.
#include "core/alloc/fallback.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>

#include "core/alloc/bump.hpp"
#include "core/alloc/never.hpp"
#include "core/alloc/os/os.hpp"
#include "core/alloc/os/system.hpp"
#include "core/alloc/stalloc.hpp"
#include "core/alloc/tree_stalloc.hpp"
#include "tests/alloc/conformance/conformance.hpp"
#include "tests/alloc/conformance/units.hpp"

namespace heapatlas::conformance {
namespace {

template <class A>
using Tapped = Recording<Failing<A>>;

class TwoStallocs {
 public:
  static constexpr auto name = "stalloc_or_stalloc";
  static constexpr Facts facts{.capacity = 4096, .unit = 8};
  struct Tiny;
  auto& allocator() { return chain_; }

 private:
  Fallback<Tapped<Stalloc<128, 8>>, Tapped<TreeStalloc<256, 16>>> chain_;
};
struct TwoStallocs::Tiny {
  static constexpr auto name = "tiny_stalloc_or_stalloc";
  static constexpr Facts facts{.capacity = 64, .unit = 8};
  auto& allocator() { return chain; }
  Fallback<Tapped<Stalloc<4, 8>>, Tapped<Stalloc<8, 8>>> chain;
};

class BumpOrStalloc {
 public:
  static constexpr auto name = "bump_or_stalloc";
  static constexpr Facts facts{.capacity = 4096, .unit = 16, .reclaims = false, .coalesces = false};
  struct Tiny;
  auto& allocator() { return chain_; }

 private:
  alignas(4096) std::byte memory_[2048];
  Fallback<Tapped<Bump>, Tapped<Stalloc<256, 16>>> chain_{Tapped<Bump>{memory_, sizeof memory_},
                                                          {}};
};
struct BumpOrStalloc::Tiny {
  static constexpr auto name = "tiny_bump_or_stalloc";
  static constexpr Facts facts{.capacity = 64, .unit = 16, .reclaims = false, .coalesces = false};
  auto& allocator() { return chain; }
  alignas(64) std::byte memory[40];
  Fallback<Tapped<Bump>, Tapped<Stalloc<4, 16>>> chain{Tapped<Bump>{memory, sizeof memory}, {}};
};

class StallocOrSystem {
 public:
  static constexpr auto name = "stalloc_or_system";
  static constexpr Facts facts{.unit = 8};
  struct Tiny;
  auto& allocator() { return chain_; }

 private:
  Fallback<Tapped<Stalloc<128, 8>>, Tapped<System>> chain_;
};
struct StallocOrSystem::Tiny {
  static constexpr auto name = "tiny_stalloc_or_system";
  static constexpr Facts facts{.unit = 8};
  auto& allocator() { return chain; }
  Fallback<Tapped<Stalloc<3, 8>>, Tapped<System>> chain;
};

class StallocOrOs {
 public:
  static constexpr auto name = "stalloc_or_os";
  static constexpr Facts facts{.unit = 16};
  auto& allocator() { return chain_; }

 private:
  Fallback<Tapped<Stalloc<128, 16>>, Tapped<Os>> chain_;
};

/// The first link reallocates by itself, the second does not.
class UnitsOrStalloc {
 public:
  static constexpr auto name = "reallocating_or_stalloc";
  static constexpr Facts facts{.capacity = 4096, .unit = 16};
  auto& allocator() { return chain_; }

 private:
  using Honest = Tapped<Units<Defect::none>>;
  alignas(4096) std::byte memory_[1024];
  Fallback<Honest, Tapped<Stalloc<256, 16>>> chain_{Honest{memory_}, {}};
};

class ThreeLinks {
 public:
  static constexpr auto name = "stalloc_or_bump_or_system";
  static constexpr Facts facts{.unit = 8, .reclaims = false, .coalesces = false};
  auto& allocator() { return chain_; }

 private:
  using Rest = Fallback<Tapped<Bump>, Tapped<System>>;
  std::byte memory_[512];
  Fallback<Tapped<Stalloc<32, 8>>, Rest> chain_{{},
                                                Rest{Tapped<Bump>{memory_, sizeof memory_}, {}}};
};

class NeverOrStalloc {
 public:
  static constexpr auto name = "never_or_stalloc";
  static constexpr Facts facts{.capacity = 1024, .exact_fit = 1024, .unit = 8};
  auto& allocator() { return chain_; }

 private:
  Fallback<Never, Tapped<Stalloc<128, 8>>> chain_;
};

class StallocOrNever {
 public:
  static constexpr auto name = "stalloc_or_never";
  static constexpr Facts facts{.capacity = 1024, .exact_fit = 1024, .unit = 8};
  auto& allocator() { return chain_; }

 private:
  Fallback<Tapped<Stalloc<128, 8>>, Never> chain_;
};

HEAPATLAS_CONFORMANCE(Fallback, TwoStallocs, BumpOrStalloc, StallocOrSystem, StallocOrOs,
                      UnitsOrStalloc, ThreeLinks, NeverOrStalloc, StallocOrNever);

TEST(Fallback, is_built_in_place) {
  std::byte memory[64];
  Fallback chain{Bump{memory, sizeof memory}, System{}};
  const Block inside = chain.allocate({64, 1});
  const Block outside = chain.allocate({64, 1});
  EXPECT_TRUE(chain.first.owns(inside.ptr));
  EXPECT_FALSE(chain.first.owns(outside.ptr));
  chain.deallocate(outside.ptr, {64, 1});
}

TEST(Fallback, has_only_what_its_links_can_do) {
  using Plain = Fallback<Bump, Stalloc<8, 8>>;
  using Mixed = Fallback<Stalloc<8, 8>, System>;
  using Bare = Fallback<Never, Never>;
  static_assert(Owning<Plain> && Resizing<Plain> && Resettable<Plain>);
  static_assert(!Reallocating<Plain> && !Zeroing<Plain> && !SelfSizing<Plain>);
  static_assert(Resizing<Mixed> && Reallocating<Mixed> && Zeroing<Mixed>);
  static_assert(!Owning<Mixed> && !Resettable<Mixed> && !SelfSizing<Mixed>);
  static_assert(!Resizing<Bare> && Resettable<Bare>);
  static_assert(Fallback<SharedBump, System>::threads == Threads::any);
  static_assert(Fallback<Bump, System>::threads == Threads::one);
}

TEST(Fallback, alignment_is_the_least_that_is_sure_and_the_most_that_is_possible) {
  Fallback<Stalloc<8, 64>, System> chain;
  EXPECT_EQ(chain.min_alignment(), System::min_alignment());
  EXPECT_EQ(chain.max_alignment(), chain.first.max_alignment());
}

TEST(Fallback, a_link_that_cannot_serve_an_alignment_is_passed_over) {
  // 64-aligned, 64 bytes: no multiple of 4096 but by chance of where the object lies.
  alignas(4096) std::byte memory[128];
  Fallback chain{Bump{memory + 64, 64}, System{}};
  const Layout layout{8, 4096};
  const Block block = chain.allocate(layout);
  ASSERT_TRUE(block);
  EXPECT_FALSE(chain.first.owns(block.ptr));
  EXPECT_EQ(chain.first.used(), 0U);
  chain.deallocate(block.ptr, layout);
}

TEST(Fallback, reallocate_never_fell_over_to_the_second_link) {
  Fallback<Stalloc<4, 8>, System> chain;
  Block block = chain.allocate({32, 1});
  ASSERT_TRUE(chain.first.owns(block.ptr));
  std::fill(block.ptr, block.ptr + 32, std::byte{3});
  block = reallocate(chain, block.ptr, {32, 1}, 1000);
  ASSERT_TRUE(block);
  EXPECT_FALSE(chain.first.owns(block.ptr));
  EXPECT_TRUE(chain.first.is_empty());
  for (int i = 0; i < 32; ++i) EXPECT_EQ(block.ptr[i], std::byte{3});
  chain.deallocate(block.ptr, {1000, 1});
}

TEST(Fallback, a_block_that_must_move_goes_to_the_first_link_with_room) {
  Fallback<Stalloc<8, 8>, Stalloc<8, 8>> chain;
  const Block first = chain.allocate({64, 1});
  const Block second = chain.allocate({8, 1});
  const Block obstacle = chain.allocate({8, 1});
  ASSERT_TRUE(chain.second.owns(second.ptr));
  chain.deallocate(first.ptr, {64, 1});
  const Block moved = reallocate(chain, second.ptr, {8, 1}, 16);
  EXPECT_TRUE(chain.first.owns(moved.ptr));
  chain.deallocate(obstacle.ptr, {8, 1});
  EXPECT_TRUE(chain.second.is_empty());
}

TEST(Fallback, a_block_of_a_middle_link_moves_to_the_first_with_room_also_beside_a_realloc) {
  Fallback<Stalloc<8, 8>, Fallback<Stalloc<8, 8>, System>> chain;
  const Block first = chain.allocate({64, 1});
  const Block second = chain.allocate({8, 1});
  const Block obstacle = chain.allocate({8, 1});
  ASSERT_TRUE(chain.second.first.owns(second.ptr));
  chain.deallocate(first.ptr, {64, 1});
  const Block moved = reallocate(chain, second.ptr, {8, 1}, 16);
  EXPECT_TRUE(chain.first.owns(moved.ptr));
  chain.deallocate(moved.ptr, {16, 1});
  chain.deallocate(obstacle.ptr, {8, 1});
}

TEST(Fallback, a_failed_resize_of_the_first_went_to_the_second_with_a_foreign_block) {
  Fallback<Recording<Stalloc<4, 8>>, Recording<Stalloc<4, 8>>> chain;
  recording_fault().clear();
  const Block first = chain.allocate({32, 1});
  const Block second = chain.allocate({32, 1});
  EXPECT_FALSE(chain.grow(first.ptr, {32, 1}, 33));
  EXPECT_FALSE(reallocate(chain, first.ptr, {32, 1}, 40));
  EXPECT_TRUE(chain.shrink(second.ptr, {32, 1}, 8));
  EXPECT_TRUE(chain.grow(second.ptr, {8, 1}, 32));
  chain.deallocate(first.ptr, {32, 1});
  chain.deallocate(second.ptr, {32, 1});
  EXPECT_EQ(recording_fault(), "");
}

#if HEAPATLAS_CHECKED
TEST(Fallback, an_unowned_free_was_ignored) {
  Fallback<Stalloc<4, 8>, Stalloc<4, 8>> chain;
  std::byte local{};
  EXPECT_DEATH(chain.deallocate(&local, {1, 1}), "misuse of fallback");
}
#endif

}  // namespace
}  // namespace heapatlas::conformance
