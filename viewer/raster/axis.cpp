#include "viewer/raster/axis.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

namespace heapatlas::viewer {
namespace {

/// value in the largest of the units that it reaches, each `factor` of the one before.
std::string scaled(double value, double factor, const char* const* units, std::size_t count) {
  std::size_t unit = 0;
  while (unit + 1 < count && std::fabs(value) >= factor) {
    value /= factor;
    ++unit;
  }
  // 999.96 rounds to a thousand of a unit: then it is one of the next.
  if (unit + 1 < count && std::fabs(std::round(value * 10)) >= factor * 10) {
    value /= factor;
    ++unit;
  }
  std::string text = fmt::format("{:.1f}", value);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text + units[unit];
}

}  // namespace

std::string format_bytes(double bytes) {
  static constexpr const char* units[] = {" B", " KiB", " MiB", " GiB", " TiB", " PiB"};
  return scaled(bytes, 1024, units, std::size(units));
}

std::string format_count(double count) {
  static constexpr const char* units[] = {"", "k", "M", "G", "T"};
  return scaled(count, 1000, units, std::size(units));
}

std::string format_exact(std::uint64_t count) {
  std::string text = std::to_string(count);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, 1, ',');
  return text;
}

std::string format(double value, Unit unit) {
  static constexpr const char* times[] = {" ns", " us", " ms", " s"};
  static constexpr const char* percent[] = {"%"};
  switch (unit) {
    case Unit::bytes:
      return format_bytes(value);
    case Unit::share:
      return scaled(value * 100, 1e9, percent, 1);
    case Unit::nanoseconds:
      return scaled(value, 1000, times, std::size(times));
    case Unit::count:
      break;
  }
  return format_count(value);
}

std::vector<double> ticks(double from, double to, int most, Unit unit) {
  const double width = to - from;
  if (!(width > 0)) return {from};
  const double smallest = width / most;
  double step = 0;
  if (unit == Unit::bytes) {
    step = std::exp2(std::ceil(std::log2(smallest)));
  } else {
    const double decade = std::pow(10, std::floor(std::log10(smallest)));
    for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
      step = decade * factor;
      if (step >= smallest) break;
    }
  }
  if (unit == Unit::bytes || unit == Unit::count) step = std::max(step, 1.0);
  std::vector<double> found;
  for (double k = std::ceil(from / step); k * step <= to && found.size() < 1000; ++k)
    found.push_back(k * step);
  if (found.size() > static_cast<std::size_t>(most)) found.resize(static_cast<std::size_t>(most));
  return found;
}

}  // namespace heapatlas::viewer
