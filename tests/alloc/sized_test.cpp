// sized must find every block's layout again: a header in the wrong place, or one that a resize
// left behind, frees somebody else's memory.
#include "core/alloc/sized.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "core/alloc/limit.hpp"
#include "core/alloc/never.hpp"
#include "core/alloc/os/system.hpp"
#include "core/alloc/resize.hpp"
#include "core/alloc/stalloc.hpp"

namespace heapatlas {
namespace {

TEST(SizedHeader, holds_what_it_can_and_forgets_slack_beyond_4095) {
  const SizedHeader small{{1, 1}, 0};
  EXPECT_EQ(small.layout(), (Layout{1, 1}));
  EXPECT_EQ(small.granted(), 1U);
  const std::size_t largest = (std::size_t{1} << 46) - 1;
  const SizedHeader large{{largest, std::size_t{1} << 63}, 4095};
  EXPECT_EQ(large.layout(), (Layout{largest, std::size_t{1} << 63}));
  EXPECT_EQ(large.granted(), largest + 4095);
  EXPECT_TRUE(SizedHeader::can_hold(largest));
  EXPECT_FALSE(SizedHeader::can_hold(largest + 1));
  EXPECT_EQ((SizedHeader{{10, 8}, 100'000}.granted()), 10U + 4095);
}

TEST(Sized, alignment_is_kept_for_every_alignment) {
  Sized heap{System{}};
  for (std::size_t align = 1; align <= 65536; align *= 2) {
    for (const std::size_t size : {std::size_t{1}, align, align + 1, std::size_t{1000}}) {
      const Block block = heap.allocate({size, align});
      ASSERT_TRUE(block) << size << " at " << align;
      EXPECT_TRUE(is_aligned(address_of(block.ptr), align));
      EXPECT_EQ(heap.layout_of(block.ptr), (Layout{size, align}));
      EXPECT_EQ(heap.usable_size(block.ptr), block.size);
      std::memset(block.ptr, 0xA5, block.size);
      EXPECT_EQ(heap.layout_of(block.ptr), (Layout{size, align})) << "the grant covers the header";
      heap.deallocate(block.ptr);
    }
  }
}

TEST(Sized, frees_exactly_what_was_asked_of_the_part) {
  Sized heap{Limit{System{}, 10'000}};
  for (std::size_t align = 1; align <= 512; align *= 2) {
    const Block a = heap.allocate({100, align});
    ASSERT_TRUE(a);
    EXPECT_EQ(heap.part.used(), 100 + std::max<std::size_t>(align, 8));
    const Block b = reallocate(heap, a.ptr, {100, align}, 300);
    ASSERT_TRUE(b);
    EXPECT_EQ(heap.layout_of(b.ptr), (Layout{300, align}));
    heap.deallocate(b.ptr);
    EXPECT_EQ(heap.part.used(), 0U);
  }
}

TEST(Sized, sizes_near_the_end_of_the_address_space_fail_cleanly) {
  Sized heap{System{}};
  for (std::size_t below = 0; below < 40; ++below) {
    EXPECT_FALSE(heap.allocate({SIZE_MAX - below, 1}));
    EXPECT_FALSE(heap.allocate({SIZE_MAX - below, 4096}));
    EXPECT_FALSE(heap.allocate_zeroed({SIZE_MAX - below, 16}));
  }
  const Block a = heap.allocate({10, 1});
  std::memset(a.ptr, 7, 10);
  EXPECT_FALSE(reallocate(heap, a.ptr, {10, 1}, SIZE_MAX - 7));
  EXPECT_EQ(heap.layout_of(a.ptr), (Layout{10, 1}));
  heap.deallocate(a.ptr);
}

TEST(Sized, a_resize_in_place_updates_the_header) {
  Sized heap{Stalloc<64, 16>{}};
  const Block a = heap.allocate({8, 1});
  EXPECT_EQ(heap.usable_size(a.ptr), 8U);
  ASSERT_TRUE(heap.grow(a.ptr, {8, 1}, 100));
  EXPECT_EQ(heap.layout_of(a.ptr).size, 100U);
  EXPECT_EQ(heap.usable_size(a.ptr), 104U) << "seven blocks of 16, less the header";
  ASSERT_TRUE(heap.shrink(a.ptr, {100, 1}, 9));
  EXPECT_EQ(heap.usable_size(a.ptr), 24U);
  heap.deallocate(a.ptr);
  EXPECT_TRUE(heap.part.is_empty());
}

TEST(Sized, a_zeroed_block_is_zero_throughout) {
  Sized heap{System{}};
  const Block a = heap.allocate_zeroed({5000, 64});
  EXPECT_TRUE(std::all_of(a.ptr, a.ptr + a.size, [](std::byte b) { return b == std::byte{0}; }));
  heap.deallocate(a.ptr);
}

/// Says of its one block how many bytes were asked of it.
struct Telling : System {
  std::byte* block = nullptr;
  std::size_t requested = 0;
  Block allocate(Layout layout) noexcept {
    requested = layout.size;
    const Block granted = System::allocate(layout);
    block = granted.ptr;
    return granted;
  }
  template <HeapVisitor V>
  void walk(V& visitor) const {
    visitor.region(Region{block, requested, 0});
    visitor.span(Span{block, requested, SpanKind::used, 1, requested, 0});
  }
};

TEST(Sized, does_not_pass_its_headers_off_as_requested) {
  struct Visitor {
    std::size_t spans = 0;
    std::size_t requested = 0;
    void region(const Region&) {}
    void span(const Span& span) {
      ++spans;
      requested += span.requested;
    }
  } seen;
  Sized<Telling> heap{};
  const Block block = heap.allocate({100, 64});
  heap.walk(seen);
  EXPECT_EQ(seen.spans, 1U);
  EXPECT_EQ(seen.requested, 0U) << "164 were asked of the part, 100 of sized";
  heap.deallocate(block.ptr);
}

TEST(Sized, is_no_better_aligned_than_its_header_leaves_it) {
  EXPECT_EQ((Sized{Stalloc<8, 4>{}}.min_alignment()), 4U);
  EXPECT_EQ((Sized{Stalloc<8, 64>{}}.min_alignment()), 8U);
  EXPECT_EQ(Sized{Never{}}.max_alignment(), 1U);
}

#if HEAPATLAS_CHECKED
using Heap = Sized<Stalloc<64, 16>>;

TEST(SizedDeathTest, a_block_freed_twice) {
  Sized heap{System{}};
  const Block keeps_the_page = heap.allocate({100, 8});
  const Block a = heap.allocate({100, 8});
  ASSERT_TRUE(keeps_the_page && a);
  // The part's own free list may overwrite the header: then the layout is what gives it away.
  Heap small{};
  const Block b = small.allocate({40, 64});
  small.deallocate(b.ptr);
  EXPECT_DEATH(small.deallocate(b.ptr, {40, 64}), "misuse of sized: .*freed once");
  heap.deallocate(a.ptr);
  heap.deallocate(keeps_the_page.ptr);
}

TEST(SizedDeathTest, a_block_freed_with_a_stale_size) {
  Heap heap{};
  const Block a = heap.allocate({40, 8});
  ASSERT_TRUE(heap.grow(a.ptr, {40, 8}, 80));
  EXPECT_DEATH(heap.deallocate(a.ptr, {40, 8}), "misuse of sized: .*size last requested");
  EXPECT_DEATH(heap.deallocate(a.ptr, {80, 16}), "misuse of sized: .*its alignment");
  EXPECT_DEATH(static_cast<void>(heap.shrink(a.ptr, {40, 8}, 10)), "misuse of sized");
}
#endif

}  // namespace
}  // namespace heapatlas
