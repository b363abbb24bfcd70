// A quantity over time in few points: of each stretch of events its highest value and its last, so
// that peaks are exact and what lies between is near.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "core/report/heap.hpp"

namespace heapatlas::replay {

class LiveSeries {
 public:
  static constexpr std::uint64_t max_points = 4096;

  LiveSeries(std::string name, report::Unit unit, report::Event events)
      : stretch_{std::max<std::uint64_t>((events + max_points / 2 - 1) / (max_points / 2), 1)} {
    series_.name = std::move(name);
    series_.unit = unit;
  }

  /// From an event on it has this value. Events ascend.
  void add(report::Event at, std::uint64_t value) {
    if (at / stretch_ != last_.first / stretch_) flush();
    if (empty_ || value > highest_.second) highest_ = {at, value};
    last_ = {at, value};
    empty_ = false;
  }

  [[nodiscard]] report::Series finish() && {
    flush();
    return std::move(series_);
  }

 private:
  using Point = std::pair<report::Event, std::uint64_t>;

  void flush() {
    if (empty_) return;
    put(highest_);
    if (last_.first > highest_.first) put(last_);
    empty_ = true;
  }
  void put(const Point& point) {
    series_.at.push_back(point.first);
    series_.value.push_back(static_cast<double>(point.second));
  }

  std::uint64_t stretch_;
  report::Series series_;
  Point highest_;
  Point last_;
  bool empty_ = true;
};

}  // namespace heapatlas::replay
