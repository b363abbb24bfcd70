// Whether a series says what a quantity was: exact at each of its points, and never below the
// quantity between two of them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/report/heap.hpp"

namespace heapatlas::replay {

class SeriesJudge {
 public:
  SeriesJudge(const report::Heap& heap, std::string_view name)
      : name_{name}, series_{heap.find_series(name)} {
    EXPECT_NE(series_, nullptr) << name;
    if (series_ == nullptr) series_ = &nothing_;
  }

  /// Call after each event, in order, when `now` is up to date.
  void pass(report::Event at) {
    while (points_ < series_->at.size() && series_->at[points_] == at) {
      value_ = series_->value[points_++];
      if (value_ != static_cast<double>(now))
        ADD_FAILURE() << name_ << " at event " << at << ": " << value_ << ", not " << now;
    }
    const double next = points_ < series_->at.size() ? series_->value[points_] : value_;
    if (static_cast<double>(now) > std::max(value_, next))
      ADD_FAILURE() << name_ << " at event " << at << ": " << now << " is above the points about";
  }

  /// The series has the quantity at the event that was passed last.
  void judge_here() const { EXPECT_EQ(value_, static_cast<double>(now)) << name_; }

  /// After the last event.
  void finish() const {
    EXPECT_EQ(points_, series_->at.size()) << name_ << " has points out of order";
    judge_here();
  }

  std::uint64_t now = 0;

 private:
  std::string name_;
  report::Series nothing_;
  const report::Series* series_;
  std::size_t points_ = 0;  ///< passed
  double value_ = 0;
};

/// A series' value at an event.
inline double value_at(const report::Heap& heap, std::string_view name, report::Event at) {
  const report::Series* series = heap.find_series(name);
  EXPECT_NE(series, nullptr) << name;
  if (series == nullptr) return 0;
  const auto above = std::upper_bound(series->at.begin(), series->at.end(), at);
  EXPECT_NE(above, series->at.begin()) << name << " has no value yet";
  if (above == series->at.begin()) return 0;
  return series->value[static_cast<std::size_t>(above - series->at.begin()) - 1];
}

}  // namespace heapatlas::replay
