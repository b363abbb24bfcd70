#include "core/replay/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace heapatlas::replay {
namespace {

constexpr int resamples = 2000;

std::vector<double> sorted(std::span<const double> samples) {
  std::vector<double> copy(samples.begin(), samples.end());
  std::sort(copy.begin(), copy.end());
  return copy;
}

double quantile_of_sorted(std::span<const double> values, double q) {
  const double place = q * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  if (below + 1 >= values.size()) return values.back();
  const double part = place - static_cast<double>(below);
  return values[below] + part * (values[below + 1] - values[below]);
}

/// A draw below n; the same everywhere, unlike the standard distributions.
std::size_t draw(std::mt19937_64& random, std::size_t n) {
  return static_cast<std::size_t>(((random() >> 32) * n) >> 32);
}

double resampled_median(std::span<const double> samples, std::mt19937_64& random,
                        std::vector<double>& scratch) {
  scratch.clear();
  for (std::size_t i = 0; i < samples.size(); ++i)
    scratch.push_back(samples[draw(random, samples.size())]);
  std::sort(scratch.begin(), scratch.end());
  return quantile_of_sorted(scratch, 0.5);
}

double mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double squares_about_mean(std::span<const double> values) {
  const double centre = mean(values);
  double sum = 0;
  for (const double value : values) sum += (value - centre) * (value - centre);
  return sum;
}

}  // namespace

double quantile(std::span<const double> samples, double q) {
  return quantile_of_sorted(sorted(samples), q);
}

double median(std::span<const double> samples) {
  return quantile(samples, 0.5);
}

double relative_spread(std::span<const double> samples) {
  const std::vector<double> values = sorted(samples);
  return (quantile_of_sorted(values, 0.75) - quantile_of_sorted(values, 0.25)) / 2 /
         quantile_of_sorted(values, 0.5);
}

std::optional<Interval> ratio_interval(std::span<const double> numerators,
                                       std::span<const double> denominators, std::uint64_t seed) {
  if (std::min(numerators.size(), denominators.size()) < samples_for_interval) return std::nullopt;
  std::mt19937_64 random{seed};
  std::vector<double> scratch;
  std::vector<double> ratios;
  ratios.reserve(resamples);
  for (int i = 0; i < resamples; ++i) {
    const double above = resampled_median(numerators, random, scratch);
    ratios.push_back(above / resampled_median(denominators, random, scratch));
  }
  std::sort(ratios.begin(), ratios.end());
  return Interval{quantile_of_sorted(ratios, 0.025), quantile_of_sorted(ratios, 0.975)};
}

bool two_modes(std::span<const double> samples) {
  if (samples.size() < 6) return false;
  const std::vector<double> values = sorted(samples);
  const std::span<const double> all(values);
  const double total = squares_about_mean(all);
  const std::size_t least = std::max<std::size_t>(2, (samples.size() + 3) / 4);
  for (std::size_t split = least; split + least <= values.size(); ++split) {
    const auto low = all.first(split);
    const auto high = all.subspan(split);
    if (mean(high) - mean(low) <= 0.05 * mean(all)) continue;
    if (squares_about_mean(low) + squares_about_mean(high) <= 0.1 * total) return true;
  }
  return false;
}

}  // namespace heapatlas::replay
