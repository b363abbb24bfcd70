// A proxy must tell everything, in an order that could have happened, and change nothing.
#include "core/alloc/proxy.hpp"

#include <gtest/gtest.h>

#include "core/alloc/never.hpp"
#include "core/alloc/os/system.hpp"
#include "core/alloc/resize.hpp"
#include "core/alloc/ring_logger.hpp"
#include "core/alloc/sized.hpp"
#include "core/alloc/stalloc.hpp"

namespace heapatlas {
namespace {

using Heap = Stalloc<8, 16>;
using Kind = ProxyEvent::Kind;

TEST(Proxy, tells_the_five_events_and_reset) {
  Proxy heap{Heap{}, RingLogger<16>{}};
  const auto last = [&] { return heap.logger().recent(0); };

  const Block a = heap.allocate({20, 4});
  EXPECT_EQ(last().kind, Kind::allocated);
  EXPECT_EQ(last().layout, (Layout{20, 4}));
  EXPECT_EQ(last().block, a);
  EXPECT_FALSE(last().zeroed);

  EXPECT_FALSE(heap.allocate({1000, 8}));
  EXPECT_EQ(last().kind, Kind::allocate_failed);
  EXPECT_EQ(last().layout, (Layout{1000, 8}));
  EXPECT_FALSE(last().block);

  const Block grown = heap.grow(a.ptr, {20, 4}, 40);
  EXPECT_EQ(last().kind, Kind::reallocated);
  EXPECT_EQ(last().ptr, a.ptr);
  EXPECT_EQ(last().layout, (Layout{20, 4}));
  EXPECT_EQ(last().new_size, 40U);
  EXPECT_EQ(last().block, grown);

  EXPECT_FALSE(heap.grow(a.ptr, {40, 4}, 4000));
  EXPECT_EQ(last().kind, Kind::reallocate_failed);
  EXPECT_EQ(last().new_size, 4000U);

  ASSERT_TRUE(heap.shrink(a.ptr, {40, 4}, 10));
  EXPECT_EQ(last().kind, Kind::reallocated);

  heap.deallocate(a.ptr, {10, 4});
  EXPECT_EQ(last().kind, Kind::deallocated);
  EXPECT_EQ(last().ptr, a.ptr);
  EXPECT_EQ(last().layout, (Layout{10, 4}));

  heap.reset();
  EXPECT_EQ(last().kind, Kind::reset);
  EXPECT_EQ(heap.logger().total(), 7U);
}

TEST(Proxy, tells_a_zeroed_allocation_and_a_move) {
  Proxy heap{System{}, RingLogger<16>{}};
  const Block a = heap.allocate_zeroed({20, 4});
  EXPECT_TRUE(heap.logger().recent(0).zeroed);
  const Block b = heap.reallocate(a.ptr, {20, 4}, 1 << 20);
  ASSERT_TRUE(b);
  EXPECT_EQ(heap.logger().recent(0).kind, Kind::reallocated);
  EXPECT_EQ(heap.logger().recent(0).block, b);
  heap.deallocate(b.ptr, {1 << 20, 4});
}

/// Wants to know whether the part still held the block when it was told of the free.
struct OrderLogger {
  static constexpr Threads threads = Threads::one;
  const std::byte* watched = nullptr;
  std::byte seen{};
  void allocated(Layout, bool, Block block) noexcept {
    block.ptr[0] = std::byte{42};
    watched = block.ptr;
  }
  void allocate_failed(Layout, bool) noexcept {}
  void deallocating(std::byte* ptr, Layout) noexcept { seen = *ptr; }
  void reallocated(std::byte*, Layout, std::size_t, Block) noexcept {}
  void reallocate_failed(std::byte*, Layout, std::size_t) noexcept {}
};

TEST(Proxy, a_free_is_told_before_the_block_goes_back) {
  Proxy heap{Heap{}, OrderLogger{}};
  const Block a = heap.allocate({16, 1});
  heap.deallocate(a.ptr, {16, 1});  // the heap writes its free list over the block
  EXPECT_EQ(heap.logger().seen, std::byte{42});
}

TEST(Proxy, a_logger_may_live_elsewhere_and_serve_several) {
  RingLogger<4> log;
  Proxy<Heap, RingLogger<4>&> first{Heap{}, log};
  Proxy<Never, RingLogger<4>&> second{Never{}, log};
  ASSERT_TRUE(first.allocate({1, 1}));
  EXPECT_FALSE(second.allocate({2, 1}));
  ASSERT_EQ(log.size(), 2U);
  EXPECT_EQ(log.recent(1).kind, Kind::allocated);
  EXPECT_EQ(log.recent(0).kind, Kind::allocate_failed);
}

TEST(Proxy, supports_what_its_part_supports_and_no_more) {
  using Logged = Proxy<Heap, RingLogger<4>>;
  static_assert(Owning<Logged> == Owning<Heap> && Resizing<Logged> == Resizing<Heap>);
  static_assert(!Reallocating<Logged> && !Zeroing<Logged>);
  static_assert(Reallocating<Proxy<System, RingLogger<4>>> &&
                Zeroing<Proxy<System, RingLogger<4>>>);
  static_assert(!Resizing<Proxy<Never, RingLogger<4>>>);
  static_assert(!SelfSizing<Proxy<Sized<Heap>, RingLogger<4>>>);
  static_assert(Proxy<System, RingLogger<4>>::threads == Threads::one, "the ring is not shared");
}

TEST(RingLogger, keeps_the_last_events) {
  Proxy heap{Heap{}, RingLogger<3>{}};
  EXPECT_EQ(heap.logger().size(), 0U);
  for (std::size_t size = 1; size <= 5; ++size) ASSERT_TRUE(heap.allocate({size, 1}));
  EXPECT_EQ(heap.logger().total(), 5U);
  ASSERT_EQ(heap.logger().size(), 3U);
  EXPECT_EQ(heap.logger().recent(0).layout.size, 5U);
  EXPECT_EQ(heap.logger().recent(2).layout.size, 3U);
}

}  // namespace
}  // namespace heapatlas
