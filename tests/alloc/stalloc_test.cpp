// stalloc: the suite over every kind, and its layout.
#include "core/alloc/stalloc.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>

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

}  // namespace
}  // namespace heapatlas::conformance
