// What samples say: medians, spread, and whether two sets of samples differ.
//
// Everything is deterministic: resampling draws from a fixed seed. No function changes its input.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace heapatlas::replay {

/// The quantile q in 0..1, linear between neighbours (Hyndman and Fan's definition 7). The samples
/// must not be empty.
[[nodiscard]] double quantile(std::span<const double> samples, double q);

/// The middle sample, or the mean of the two middle ones. The samples must not be empty.
[[nodiscard]] double median(std::span<const double> samples);

/// Half the distance between the quartiles over the median: how far a typical sample strays. The
/// samples must not be empty, nor their median 0.
[[nodiscard]] double relative_spread(std::span<const double> samples);

/// Where a value lies, with the given confidence.
struct Interval {
  double low = 0;
  double high = 0;

  [[nodiscard]] bool holds(double value) const noexcept { return low <= value && value <= high; }
};

/// Fewer samples than these on either side say nothing about a difference.
inline constexpr std::size_t samples_for_interval = 5;

/// A 95% confidence interval of median(numerators) / median(denominators), by the bootstrap's
/// percentile method (Efron): both sides are resampled with replacement, independently. Nothing
/// with fewer than samples_for_interval on a side. The denominators must be above 0.
[[nodiscard]] std::optional<Interval> ratio_interval(std::span<const double> numerators,
                                                     std::span<const double> denominators,
                                                     std::uint64_t seed = 1);

/// True when the samples fall into two groups, so that a median describes neither: the best split
/// in two explains nine tenths of the variance, each side holds a quarter of the samples and at
/// least two, and the sides' means lie more than 5% apart. Never true for fewer than 6 samples.
[[nodiscard]] bool two_modes(std::span<const double> samples);

}  // namespace heapatlas::replay
