// A series of few points is exact at its points, at walks and at its peak.
#include "core/replay/live_series.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace heapatlas::replay {
namespace {

using report::Event;

double value_at(const report::Series& series, Event at) {
  const auto above = std::upper_bound(series.at.begin(), series.at.end(), at);
  return above == series.at.begin()
             ? 0
             : series.value[static_cast<std::size_t>(above - series.at.begin()) - 1];
}

TEST(LiveSeries, is_exact_at_walks_and_at_its_peak) {
  constexpr Event events = 100'000;
  std::mt19937 random{3};
  std::vector<Event> walks;
  for (Event at = 0; at < events; at += 1 + random() % 500) walks.push_back(at);
  LiveSeries made("live", report::Unit::bytes, events, walks);
  std::vector<double> truth(events);
  std::uint64_t value = 0;
  for (Event at = 0; at < events; ++at) {
    if (random() % 3 != 0) made.add(at, value = random() % 1'000'000);
    truth[at] = static_cast<double>(value);
  }
  const report::Series series = std::move(made).finish();
  EXPECT_LE(series.at.size(), LiveSeries::max_points + 2 * walks.size());
  EXPECT_LT(series.at.size(), events / 8);
  for (const Event at : walks) ASSERT_EQ(value_at(series, at), truth[at]) << at;
  for (std::size_t i = 0; i < series.at.size(); ++i)
    ASSERT_EQ(series.value[i], truth[series.at[i]]);
  EXPECT_EQ(*std::max_element(series.value.begin(), series.value.end()),
            *std::max_element(truth.begin(), truth.end()));
}

TEST(LiveSeries, a_walk_between_changes_sees_the_one_before) {
  const std::vector<Event> walks{0, 5, 20};
  LiveSeries made("live", report::Unit::bytes, 30, walks);
  made.add(3, 70);
  made.add(4, 60);
  made.add(6, 90);
  const report::Series series = std::move(made).finish();
  EXPECT_EQ(value_at(series, 0), 0);
  EXPECT_EQ(value_at(series, 5), 60);
  EXPECT_EQ(value_at(series, 20), 90);
}

}  // namespace
}  // namespace heapatlas::replay
