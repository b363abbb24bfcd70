// stalloc: the suite over every kind, and its layout.
#include "core/alloc/stalloc.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <vector>

#include "tests/alloc/conformance/conformance.hpp"
#include "tests/alloc/stalloc_subjects.hpp"

namespace heapatlas::conformance {
namespace {

struct Small : InlineStallocSubject<Stalloc<512, 8>, 512, 8> {
  static constexpr auto name = "blocks_of_8";
  struct Tiny : InlineStallocSubject<Stalloc<9, 4>, 9, 4> {
    static constexpr auto name = "nine_blocks_of_4";
  };
};
struct Large : InlineStallocSubject<Stalloc<64, 1024>, 64, 1024> {
  static constexpr auto name = "blocks_of_1024";
  struct Tiny : InlineStallocSubject<Stalloc<6, 64>, 6, 64> {
    static constexpr auto name = "six_blocks_of_64";
  };
};
struct Wide : InlineStallocSubject<Stalloc<70000, 8>, 70000, 8> {
  static constexpr auto name = "more_than_65535_blocks";
};
struct Over : StallocOverSubject<1 << 14, 16> {
  static constexpr auto name = "over_borrowed_memory";
  struct Tiny : StallocOverSubject<64, 8> {
    static constexpr auto name = "eight_blocks_borrowed";
  };
};
struct OneBlock : InlineStallocSubject<Stalloc<1, 1024>, 1, 1024> {
  static constexpr auto name = "one_block";
};

HEAPATLAS_CONFORMANCE(Stalloc, Small, Large, Wide, Over, OneBlock);

TEST(Stalloc, has_the_documented_size) {
  EXPECT_EQ(sizeof(Stalloc<8, 4>), 36U);
  EXPECT_EQ(sizeof(Stalloc<8, 8>), 72U);
  EXPECT_EQ(sizeof(Stalloc<8, 16>), 144U);
  EXPECT_EQ(sizeof(Stalloc<8, 64>), 576U);
  EXPECT_EQ(alignof(Stalloc<8, 64>), 64U);
  EXPECT_EQ(sizeof(Stalloc<65535, 4>), 65535U * 4 + 4);
  EXPECT_EQ(sizeof(Stalloc<65536, 8>), 65536U * 8 + 8);
}

constinit Stalloc<100, 8> static_heap;

TEST(Stalloc, works_before_main_and_starts_as_zeros) {
  // Constant-initialised: every block is free, and nothing has run to make it so.
  EXPECT_TRUE(static_heap.is_empty());
  const Block all = static_heap.allocate({800, 1});
  ASSERT_TRUE(all);
  for (std::size_t i = 0; i < 800; ++i) EXPECT_EQ(all.ptr[i], std::byte{0});
  static_heap.deallocate(all.ptr, {800, 1});
}

TEST(Stalloc, owned_its_end_pointer) {
  Stalloc<8, 16> heap;
  const std::byte* const first = heap.allocate({128, 1}).ptr;
  EXPECT_TRUE(heap.owns(first));
  EXPECT_TRUE(heap.owns(first + 127));
  EXPECT_FALSE(heap.owns(first + 128));
}

TEST(StallocOver, without_room_for_a_block_grants_nothing) {
  alignas(64) std::byte memory[64];
  StallocOver<> none{nullptr, 0, 16};
  StallocOver<> short_of{memory, 63, 64};
  StallocOver<> misaligned{memory + 1, 63, 64};
  for (auto* heap : {&none, &short_of, &misaligned}) {
    EXPECT_EQ(heap->block_count(), 0U);
    EXPECT_TRUE(heap->is_oom());
    EXPECT_FALSE(heap->allocate({1, 1}));
    EXPECT_FALSE(heap->owns(memory));
    heap->clear();
    EXPECT_TRUE(heap->is_oom());
    EXPECT_EQ(heap->check(), nullptr);
  }
}

TEST(StallocOver, uses_memory_on_from_the_first_aligned_block) {
  alignas(64) std::byte memory[256];
  StallocOver<> heap{memory + 8, 248, 64};
  EXPECT_EQ(heap.block_count(), 3U);
  EXPECT_EQ(heap.allocate({1, 1}).ptr, memory + 64);
}

/// Blocks that count how often an index goes to them.
class CountedBlocks : public stalloc::BorrowedBlocks {
 public:
  using BorrowedBlocks::BorrowedBlocks;
  [[nodiscard]] std::byte* data() const noexcept {
    ++visits;
    return BorrowedBlocks::data();
  }
  mutable std::size_t visits = 0;
};

TEST(StallocList, refuses_without_a_walk_what_is_larger_than_all_free_chunks) {
  constexpr std::size_t count = 4000;
  std::vector<std::byte> memory(count * 16 + 16);
  CountedBlocks blocks{memory.data(), memory.size(), 16, count};
  stalloc::ListIndex<std::uint16_t> index;
  index.clear(blocks);
  ASSERT_EQ(index.take(blocks, count, 16), 0U);
  // A thousand chunks of two blocks, one of three.
  for (std::size_t at = 0; at < count; at += 4) index.give(blocks, at, at == 2000 ? 3 : 2);

  const auto visits_of = [&](std::size_t n) {
    blocks.visits = 0;
    EXPECT_EQ(index.take(blocks, n, 16), stalloc::none);
    return blocks.visits;
  };
  EXPECT_LT(visits_of(4), 10U);  // each give said how large its chunk became
  ASSERT_EQ(index.take(blocks, 3, 16), 2000U);
  EXPECT_GT(visits_of(3), 900U) << "walks once, as it may have been one of several";
  EXPECT_LT(visits_of(3), 10U);
  index.give(blocks, 3002, 2);  // joins two chunks to one of six
  EXPECT_EQ(index.take(blocks, 6, 16), 3000U);
  EXPECT_EQ(index.check(blocks), nullptr);
}

TEST(StallocList, knows_the_chunks_that_a_first_one_leaves_behind) {
  alignas(1024) std::byte memory[64 * 16];
  StallocOver<std::uint16_t> heap{memory, sizeof memory, 16};
  const auto grant = [&](std::size_t size, std::size_t align = 1) {
    return heap.allocate({size, align}).ptr;
  };
  std::byte* const all = grant(sizeof memory);
  EXPECT_EQ(grant(1), nullptr);
  heap.deallocate(all + 32 * 16, {16, 1});
  EXPECT_EQ(grant(32), nullptr);
  heap.deallocate(all + 16, {30 * 16, 1});  // in front of the one that was first
  heap.deallocate(all + 33 * 16, {31 * 16, 1});
  EXPECT_EQ(heap.check(), nullptr);
  std::byte* const aligned = grant(16, 256);  // what is behind it stays free, and is behind now
  EXPECT_EQ(aligned, all + 256);
  EXPECT_EQ(heap.check(), nullptr);
  EXPECT_EQ(grant(15 * 16), all + 16);
  EXPECT_EQ(grant(14 * 16), all + 17 * 16);
  EXPECT_EQ(grant(33 * 16), nullptr);
  EXPECT_EQ(grant(32 * 16), all + 32 * 16);
  EXPECT_EQ(heap.check(), nullptr);
}

}  // namespace
}  // namespace heapatlas::conformance
