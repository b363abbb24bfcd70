// Which share of every pixel is covered by rectangles, in integers: 4096ths of a pixel along each
// axis.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "viewer/raster/zeroes.hpp"

namespace heapatlas::viewer {

inline constexpr int fraction_bits = 12;  ///< of a pixel, along each axis
inline constexpr std::uint32_t one_pixel = 1U << fraction_bits;
inline constexpr std::uint32_t whole_pixel = 1U << (2 * fraction_bits);

/// Half-open, in 4096ths of a pixel.
struct Interval {
  std::uint32_t from;
  std::uint32_t to;
};

/// One axis of a picture: from [first, last) to pixels [0, pixels), in 4096ths of a pixel.
class PixelAxis {
 public:
  PixelAxis(std::uint64_t first, std::uint64_t last, int pixels)
      : first_(first),
        last_(last),
        scale_(static_cast<double>(pixels) * one_pixel / static_cast<double>(last - first)) {}

  [[nodiscard]] std::uint32_t at(std::uint64_t value) const {
    const std::uint64_t inside = std::clamp(value, first_, last_) - first_;
    return static_cast<std::uint32_t>(static_cast<double>(static_cast<std::int64_t>(inside)) *
                                      scale_);
  }
  [[nodiscard]] Interval at(std::uint64_t from, std::uint64_t to) const {
    return {at(from), at(to)};
  }

 private:
  std::uint64_t first_;
  std::uint64_t last_;
  double scale_;
};

/// Coverage of pixels by rectangles: added as differences, to be summed along the events by whoever
/// draws.
///
/// Most blocks are thinner than a few pixels: their share of each row is written at their two
/// edges. Of tall ones only the four corners are written, and summed along the addresses by
/// `finish`. Column after column: blocks come in order of birth, so that one edge of each falls
/// where the last one's did. The other falls anywhere, and is written when its cells have come to
/// the cache. Sums wrap modulo 2^32, and come out right at the end.
class Coverage {
 public:
  Coverage(int width, int height)
      : stride_(static_cast<std::size_t>(height) + 2),
        width_(static_cast<std::size_t>(width)),
        cells_(stride_ * (width_ + 2)) {}

  /// times by places: both in 4096ths of a pixel, within the picture.
  void add(Interval times, Interval places) {
    if (places.from >= places.to) return;
    const bool is_thin = (places.to >> fraction_bits) - (places.from >> fraction_bits) < tall_rows;
    if (is_thin && times.from >> fraction_bits == times.to >> fraction_bits) {
      // Born and dead within one column, as most are.
      std::uint32_t* const column = &cells_[(times.from >> fraction_bits) * stride_];
      thin(column, places, times.to - times.from, times.from - times.to);
      return;
    }
    edge(times.from, places, is_thin, 1);
    if (is_thin) {
      put_off({times.to, places});
    } else {
      edge(times.to, places, is_thin, ~0U);
    }
  }
  void finish() {
    for (const Death& death : put_off_) edge(death.at, death.places, true, ~0U);
    put_off_.fill({});
    if (tall_.empty()) return;
    for (std::size_t column = 0; column < width_; ++column) {
      std::uint32_t running = 0;
      for (std::size_t row = 0; row + 2 < stride_; ++row) {
        running += tall_[column * stride_ + row];
        cells_[column * stride_ + row] += running;
      }
    }
  }
  /// After finish: what a column's rows have more than those of the column before it, in 4096 x
  /// 4096ths of the pixel.
  [[nodiscard]] const std::uint32_t* differences(int column) const {
    return &cells_[static_cast<std::size_t>(column) * stride_];
  }
  /// Asks the memory for rows of the column that a sweep will come to after some others: they lie
  /// too far apart for a processor to foresee them.
  void prefetch_after(int column, int first, std::size_t rows) const {
    constexpr std::size_t ahead = 8;
    constexpr std::size_t line = 64 / sizeof(std::uint32_t);
    const std::uint32_t* const later =
        differences(static_cast<int>(std::min(static_cast<std::size_t>(column) + ahead, width_))) +
        first;
    for (std::size_t row = 0; row < rows; row += line) __builtin_prefetch(later + row);
  }

 private:
  static constexpr std::uint32_t tall_rows = 6;

  /// The later edge of a thin rectangle.
  struct Death {
    std::uint32_t at;
    Interval places;
  };
  /// Asks for the death's cells, and writes the one that was put off longest.
  void put_off(const Death& death) {
    const std::size_t cell =
        (death.at >> fraction_bits) * stride_ + (death.places.from >> fraction_bits);
    __builtin_prefetch(&cells_[cell], 1);
    __builtin_prefetch(&cells_[cell + stride_], 1);
    Death& oldest = put_off_[next_put_off_++ % put_off_.size()];
    edge(oldest.at, oldest.places, true, ~0U);
    oldest = death;
  }
  // An edge at 3.25 pixels covers three quarters of pixel 3 and all of those after it: as a
  // difference, 0.75 at 3 and 0.25 at 4.
  void edge(std::uint32_t x, Interval places, bool is_thin, std::uint32_t sign) {
    const std::size_t column = (x >> fraction_bits) * stride_;
    const std::uint32_t late = x & (one_pixel - 1);
    if (is_thin) {
      thin(&cells_[column], places, sign * (one_pixel - late), sign * late);
    } else {
      if (tall_.empty()) tall_ = Zeroes<std::uint32_t>(cells_.size());
      tall(&tall_[column], places, sign * (one_pixel - late));
      tall(&tall_[column + stride_], places, sign * late);
    }
  }
  /// The rows of a column get `weight`, those of the next one `next_weight`.
  void thin(std::uint32_t* column, Interval places, std::uint32_t weight,
            std::uint32_t next_weight) {
    std::uint32_t* row = column + (places.from >> fraction_bits);
    std::uint32_t from = places.from & (one_pixel - 1);
    std::uint32_t left = places.to - places.from;
    const auto put = [&](std::uint32_t share) {
      row[0] += weight * share;
      row[stride_] += next_weight * share;
    };
    while (from + left > one_pixel) {
      put(one_pixel - from);
      left -= one_pixel - from;
      from = 0;
      ++row;
    }
    put(left);
  }
  static void tall(std::uint32_t* column, Interval places, std::uint32_t weight) {
    std::uint32_t* const top = column + (places.from >> fraction_bits);
    std::uint32_t* const bottom = column + (places.to >> fraction_bits);
    const std::uint32_t top_late = (places.from & (one_pixel - 1)) * weight;
    const std::uint32_t bottom_late = (places.to & (one_pixel - 1)) * weight;
    top[0] += one_pixel * weight - top_late;
    top[1] += top_late;
    bottom[0] -= one_pixel * weight - bottom_late;
    bottom[1] -= bottom_late;
  }

  std::size_t stride_;
  std::size_t width_;
  Zeroes<std::uint32_t> cells_;
  Zeroes<std::uint32_t> tall_;       ///< empty while there are none
  std::array<Death, 16> put_off_{};  ///< not written yet; of no extent: none
  std::size_t next_put_off_ = 0;
};

}  // namespace heapatlas::viewer
