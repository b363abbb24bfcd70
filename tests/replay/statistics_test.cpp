#include "core/replay/statistics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace heapatlas::replay {
namespace {

using Samples = std::vector<double>;

TEST(Statistics, medians_and_quantiles_of_known_samples) {
  EXPECT_DOUBLE_EQ(median(Samples{3}), 3);
  EXPECT_DOUBLE_EQ(median(Samples{9, 1, 5}), 5);
  EXPECT_DOUBLE_EQ(median(Samples{4, 1, 3, 2}), 2.5);
  const Samples one_to_five = {5, 4, 3, 2, 1};
  EXPECT_DOUBLE_EQ(quantile(one_to_five, 0), 1);
  EXPECT_DOUBLE_EQ(quantile(one_to_five, 1), 5);
  EXPECT_DOUBLE_EQ(quantile(one_to_five, 0.25), 2);
  // The example of definition 7: 0.1 of 1..10 lies at 1.9.
  EXPECT_DOUBLE_EQ(quantile(Samples{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 0.1), 1.9);
}

TEST(Statistics, spread_is_half_the_quartiles_distance_over_the_median) {
  EXPECT_DOUBLE_EQ(relative_spread(Samples{10, 10, 10}), 0);
  EXPECT_DOUBLE_EQ(relative_spread(Samples{8, 9, 10, 11, 12}), 0.1);
}

TEST(Statistics, too_few_samples_give_no_interval) {
  EXPECT_FALSE(ratio_interval(Samples{1, 1, 1, 1}, Samples{1, 1, 1, 1, 1, 1}).has_value());
  EXPECT_FALSE(ratio_interval(Samples{1, 1, 1, 1, 1, 1}, Samples{1, 1, 1, 1}).has_value());
  EXPECT_TRUE(ratio_interval(Samples{1, 1, 1, 1, 1}, Samples{1, 1, 1, 1, 1}).has_value());
}

TEST(Statistics, samples_without_spread_give_an_interval_without_width) {
  const auto interval = ratio_interval(Samples(8, 3.0), Samples(9, 2.0));
  ASSERT_TRUE(interval.has_value());
  EXPECT_DOUBLE_EQ(interval->low, 1.5);
  EXPECT_DOUBLE_EQ(interval->high, 1.5);
  EXPECT_FALSE(interval->holds(1));
}

Samples normal(double mean, double deviation, std::size_t count, unsigned seed) {
  std::mt19937_64 random(seed);
  Samples samples;
  for (std::size_t i = 0; i < count; ++i) {
    double sum = 0;  // of twelve uniform draws: close enough to a normal one
    for (int k = 0; k < 12; ++k) sum += static_cast<double>(random() >> 11) * 0x1p-53;
    samples.push_back(mean + deviation * (sum - 6));
  }
  return samples;
}

TEST(Statistics, the_interval_holds_the_true_ratio_about_as_often_as_promised) {
  int held = 0;
  constexpr int trials = 200;
  for (unsigned seed = 0; seed < trials; ++seed) {
    const auto interval =
        ratio_interval(normal(15, 1, 10, 2 * seed), normal(10, 1, 10, 2 * seed + 1));
    if (interval->holds(1.5)) ++held;
  }
  EXPECT_GE(held, trials * 90 / 100);
}

TEST(Statistics, a_clear_difference_is_detected_and_none_is_not_invented) {
  int wrongly = 0;
  for (unsigned seed = 0; seed < 100; ++seed) {
    const Samples system = normal(10, 0.3, 10, 3 * seed);
    EXPECT_LT(ratio_interval(normal(8, 0.3, 10, 3 * seed + 1), system)->high, 1);
    if (!ratio_interval(normal(10, 0.3, 10, 3 * seed + 2), system)->holds(1)) ++wrongly;
  }
  EXPECT_LE(wrongly, 12);
}

TEST(Statistics, the_same_samples_give_the_same_interval) {
  const Samples a = normal(10, 1, 10, 1);
  const Samples b = normal(11, 1, 10, 2);
  const auto first = ratio_interval(a, b);
  const auto again = ratio_interval(a, b);
  EXPECT_EQ(first->low, again->low);
  EXPECT_EQ(first->high, again->high);
  EXPECT_LT(first->low, first->high);
}

TEST(Statistics, two_groups_of_samples_are_seen) {
  EXPECT_TRUE(two_modes(Samples{10, 10.1, 9.9, 15, 15.2, 14.9}));
  EXPECT_TRUE(two_modes(Samples{15, 10, 10, 10, 10, 10, 15.1, 15, 10, 10}));
}

TEST(Statistics, one_group_is_not_two) {
  EXPECT_FALSE(two_modes(Samples{10, 10, 10, 10, 10, 10}));
  EXPECT_FALSE(two_modes(Samples{10, 20, 10, 20, 10}));                  // too few to say
  EXPECT_FALSE(two_modes(Samples{10, 10, 10, 10, 10, 10, 10, 10, 40}));  // one outlier
  EXPECT_FALSE(two_modes(Samples{10, 10.1, 10, 10.1, 10, 10.1}));        // too close to matter
  int seen = 0;
  for (unsigned seed = 0; seed < 100; ++seed)
    if (two_modes(normal(10, 1, 10, seed))) ++seen;
  EXPECT_LE(seen, 8);
}

}  // namespace
}  // namespace heapatlas::replay
