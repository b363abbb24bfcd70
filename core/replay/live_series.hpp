// A quantity over time in few points: of each stretch of events its highest value and its last, so
// that peaks are exact and what lies between is near. It is exact where the heap is walked as well:
// a stretch ends there.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "core/report/heap.hpp"

namespace heapatlas::replay {

class LiveSeries {
 public:
  static constexpr std::uint64_t max_points = 4096;  ///< and two for each walk

  /// `walks`: just after these events, which ascend, it is exact. Borrowed.
  LiveSeries(std::string name, report::Unit unit, report::Event events,
             std::span<const report::Event> walks)
      : stretch_{std::max<std::uint64_t>((events + max_points / 2 - 1) / (max_points / 2), 1)},
        walks_{walks} {
    series_.name = std::move(name);
    series_.unit = unit;
  }

  /// From an event on it has this value. Events ascend.
  void add(report::Event at, std::uint64_t value) {
    if (at / stretch_ != last_.first / stretch_ || passes_walk(at)) flush();
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

  /// Whether the heap is walked before the event's own value holds.
  bool passes_walk(report::Event at) {
    bool passed = false;
    for (; !walks_.empty() && walks_.front() < at; walks_ = walks_.subspan(1)) passed = true;
    return passed;
  }
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
  std::span<const report::Event> walks_;  ///< that were not passed
  report::Series series_;
  Point highest_;
  Point last_;
  bool empty_ = true;
};

}  // namespace heapatlas::replay
