// A checked talc stops at misuse with a message that names it, the pointer and the rule.
#include <gtest/gtest.h>

#include <cstddef>

#include "core/alloc/manual_source.hpp"
#include "core/alloc/talc.hpp"

namespace heapatlas {
namespace {

class TalcMisuse : public testing::Test {
 protected:
  alignas(4096) std::byte memory[1 << 14];
  Talc<ManualSource> talc;

  void SetUp() override {
    if (!checked) GTEST_SKIP() << "misuse checks are off in this build";
    talc.claim(memory, sizeof memory);
  }
};

TEST_F(TalcMisuse, a_cached_block_freed_twice) {
  const Block block = talc.allocate({100, 1});
  talc.deallocate(block.ptr, {100, 1});
  EXPECT_DEATH(talc.deallocate(block.ptr, {100, 1}), "talc.*freed once");
}

TEST_F(TalcMisuse, a_large_block_freed_twice) {
  const Block below = talc.allocate({2000, 1});
  const Block block = talc.allocate({2000, 1});
  const Block above = talc.allocate({2000, 1});
  talc.deallocate(block.ptr, {2000, 1});
  EXPECT_DEATH(talc.deallocate(block.ptr, {2000, 1}), "talc.*freed once");
  talc.deallocate(above.ptr, {2000, 1});
  EXPECT_DEATH(talc.deallocate(above.ptr, {2000, 1}), "talc.*freed once");
  talc.deallocate(below.ptr, {2000, 1});
  EXPECT_DEATH(talc.deallocate(block.ptr, {2000, 1}), "talc.*freed once");
}

TEST_F(TalcMisuse, a_wrong_size) {
  const Block block = talc.allocate({100, 1});
  EXPECT_DEATH(talc.deallocate(block.ptr, {200, 1}), "talc.*size last requested");
  EXPECT_DEATH(talc.deallocate(block.ptr, {1, 1}), "talc.*size last requested");
  EXPECT_DEATH((void)talc.grow(block.ptr, {300, 1}, 400), "talc.*size last requested");
  EXPECT_DEATH((void)talc.shrink(block.ptr, {100, 1}, 200), "talc.*shrinks");
  EXPECT_DEATH((void)talc.grow(block.ptr, {100, 1}, 50), "talc.*grows");
}

TEST_F(TalcMisuse, a_foreign_pointer) {
  std::byte local[64];
  std::byte* volatile foreign = local + 16;  // volatile: compilers warn of what happens here
  EXPECT_DEATH(talc.deallocate(foreign, {16, 1}), "talc.*that granted it");
  foreign = nullptr;
  EXPECT_DEATH(talc.deallocate(foreign, {16, 1}), "talc.*that granted it");
  const Block block = talc.allocate({100, 1});
  EXPECT_DEATH(talc.deallocate(block.ptr + 8, {92, 1}), "talc.*address and alignment");
}

TEST_F(TalcMisuse, sizes_and_alignments_that_are_none) {
  EXPECT_DEATH((void)talc.allocate({0, 1}), "talc.*at least 1");
  EXPECT_DEATH((void)talc.allocate({1, 3}), "talc.*power of two");
  EXPECT_DEATH((void)talc.allocate({1, 0}), "talc.*power of two");
}

}  // namespace
}  // namespace heapatlas
