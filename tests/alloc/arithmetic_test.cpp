// Size arithmetic must see every overflow: a wrapped sum that looks small corrupts a heap.
#include "core/alloc/arithmetic.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace heapatlas {
namespace {

constexpr std::size_t largest = SIZE_MAX;

TEST(CheckedSize, sums_and_products_that_fit) {
  EXPECT_TRUE((CheckedSize{40} + 2).fits(42));
  EXPECT_FALSE((CheckedSize{40} + 3).fits(42));
  EXPECT_EQ((CheckedSize{6} * 7).value_or(0), 42U);
  EXPECT_EQ((CheckedSize{largest - 1} + 1).value_or(0), largest);
}

TEST(CheckedSize, an_overflow_is_never_forgotten) {
  const CheckedSize wrapped = CheckedSize{largest} + 2;
  EXPECT_TRUE(wrapped.overflowed());
  EXPECT_FALSE(wrapped.fits(largest));
  EXPECT_FALSE((wrapped * 0).fits(largest));
  EXPECT_FALSE((CheckedSize{1} + wrapped).fits(largest));
  EXPECT_TRUE((CheckedSize{largest} * 2).overflowed());
  EXPECT_EQ(wrapped.value_or(7), 7U);
  EXPECT_EQ(wrapped.saturated(), largest);
}

TEST(CheckedSize, rounding_up_overflows_only_when_no_multiple_is_left) {
  EXPECT_EQ(CheckedSize{0}.rounded_up(16).value_or(1), 0U);
  EXPECT_EQ(CheckedSize{1}.rounded_up(16).value_or(0), 16U);
  EXPECT_EQ(CheckedSize{16}.rounded_up(16).value_or(0), 16U);
  EXPECT_TRUE(CheckedSize{largest}.rounded_up(2).overflowed());
  EXPECT_EQ(CheckedSize{largest - 15}.rounded_up(16).value_or(0), largest - 15);
  EXPECT_TRUE(CheckedSize{largest - 14}.rounded_up(16).overflowed());
}

TEST(Arithmetic, gaps_and_units) {
  EXPECT_EQ(gap_to_alignment(0x1000, 4096), 0U);
  EXPECT_EQ(gap_to_alignment(0x1001, 4096), 4095U);
  EXPECT_EQ(gap_to_alignment(UINTPTR_MAX, 4096), 1U);
  EXPECT_EQ(units_for(largest, 1), largest);
  EXPECT_EQ(units_for(largest, 4096), largest / 4096 + 1);
  EXPECT_EQ(units_for(1, 8), 1U);
  EXPECT_EQ(units_for(8, 8), 1U);
  EXPECT_EQ(floor_log2(1), 0U);
  EXPECT_EQ(floor_log2(largest), 63U);
}

}  // namespace
}  // namespace heapatlas
