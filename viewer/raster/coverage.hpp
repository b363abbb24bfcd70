// Which share of every pixel is covered by rectangles, in integers: 4096ths of a pixel along each
// axis.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

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
        pixels_(static_cast<std::size_t>(pixels)),
        scale_(static_cast<double>(pixels) * one_pixel / static_cast<double>(last - first)) {}

  [[nodiscard]] std::size_t pixels() const { return pixels_; }
  [[nodiscard]] std::uint32_t at(std::uint64_t value) const {
    const std::uint64_t inside = std::clamp(value, first_, last_) - first_;
    return static_cast<std::uint32_t>(
        static_cast<std::int64_t>(static_cast<double>(static_cast<std::int64_t>(inside)) * scale_));
  }
  [[nodiscard]] Interval at(std::uint64_t from, std::uint64_t to) const {
    return {at(from), at(to)};
  }

 private:
  std::uint64_t first_;
  std::uint64_t last_;
  std::size_t pixels_;
  double scale_;
};

/// Coverage of pixels by rectangles of two kinds: added as differences, to be summed along the
/// events by whoever draws.
///
/// A pixel's two kinds are the halves of one number, so that both cost one addition. Either half
/// may borrow from the other on the way; sums wrap modulo 2^64, and come out right at the end.
///
/// Most blocks are thinner than a pixel: the share of the two rows that they may lie in is written
/// at their two edges. Of taller ones only the four corners are written, and summed along the
/// addresses by `finish`. Column after column, because blocks come in order of birth: one edge of
/// each falls where the last one's did. The other may fall anywhere.
///
/// Several threads may add at once as long as they write different columns: an edge writes its own
/// and the next one.
class Coverage {
 public:
  /// What a rectangle adds to a pixel that it covers whole, in each kind.
  static constexpr std::uint64_t first_kind = 1;
  static constexpr std::uint64_t second_kind = std::uint64_t{1} << 32;

  /// A stretch of addresses, in 4096ths of a pixel: [from, middle) of one kind, [middle, to) of
  /// another.
  struct Places {
    std::uint32_t from;
    std::uint32_t middle;
    std::uint32_t to;
    std::uint64_t kind;
    std::uint64_t kind_after;
  };
  /// One edge of a rectangle that is at most two rows high.
  struct Edge {
    std::uint64_t here;  ///< what its first row gets, and the next one
    std::uint64_t next;
    std::uint32_t row;
    std::uint32_t at;  ///< in 4096ths of a pixel

    [[nodiscard]] std::size_t column() const { return at >> fraction_bits; }
  };

  Coverage(int width, int height)
      : stride_(static_cast<std::size_t>(height) + 2),
        width_(static_cast<std::size_t>(width)),
        cells_(stride_ * (width_ + 2)),
        tall_(cells_.size()),
        has_tall_(width_ + 2) {}

  /// Whether the places are too high for an Edge.
  [[nodiscard]] static bool is_tall(const Places& places) {
    return (places.from & (one_pixel - 1)) + (places.to - places.from) > 2 * one_pixel;
  }
  /// at: in 4096ths of a pixel.
  [[nodiscard]] static Edge edge_of(const Places& places, std::uint32_t at) {
    const std::uint32_t room = one_pixel - (places.from & (one_pixel - 1));
    const std::uint32_t all = places.to - places.from;
    const std::uint32_t first = places.middle - places.from;
    const std::uint32_t all_here = std::min(all, room);
    const std::uint32_t first_here = std::min(first, room);
    const auto value = [&](std::uint32_t before, std::uint32_t after) {
      return before * places.kind + after * places.kind_after;
    };
    return {value(first_here, all_here - first_here),
            value(first - first_here, (all - all_here) - (first - first_here)),
            places.from >> fraction_bits, at};
  }
  // An edge at 3.25 pixels covers three quarters of pixel 3 and all of those after it: as a
  // difference, 0.75 at 3 and 0.25 at 4.
  void begin(const Edge& edge) { write(edge, one_pixel - late(edge.at), late(edge.at)); }
  void end(const Edge& edge) {
    write(edge, ~std::uint64_t{one_pixel - late(edge.at)} + 1, ~std::uint64_t{late(edge.at)} + 1);
  }
  /// Asks the memory for the pixels of an edge.
  void prefetch(const Edge& edge) const {
    const std::size_t cell = edge.column() * stride_ + edge.row;
    __builtin_prefetch(&cells_[cell], 1);
    __builtin_prefetch(&cells_[cell + stride_], 1);
  }
  /// Rectangles of any height.
  void begin_tall(const Places& places, std::uint32_t at) {
    tall_edge(places, at, one_pixel - late(at), late(at));
  }
  void end_tall(const Places& places, std::uint32_t at) {
    tall_edge(places, at, ~std::uint64_t{one_pixel - late(at)} + 1, ~std::uint64_t{late(at)} + 1);
  }

  /// Once everything is added, for every column.
  void finish(std::size_t column) {
    if (!has_tall(column)) return;
    std::uint64_t running = 0;
    for (std::size_t row = 0; row + 2 < stride_; ++row) {
      running += tall_[column * stride_ + row];
      cells_[column * stride_ + row] += running;
    }
  }
  [[nodiscard]] bool has_tall(std::size_t column) const { return has_tall_[column] != 0; }
  /// After finish: what a column's rows have more than those of the column before it, in 4096 x
  /// 4096ths of the pixel.
  [[nodiscard]] const std::uint64_t* differences(int column) const {
    return &cells_[static_cast<std::size_t>(column) * stride_];
  }
  /// Asks the memory for rows of the column that a sweep will come to after some others: they lie
  /// too far apart for a processor to foresee them.
  void prefetch_after(int column, int first, std::size_t rows) const {
    constexpr std::size_t ahead = 8;
    constexpr std::size_t line = 64 / sizeof(std::uint64_t);
    const std::uint64_t* const later =
        differences(static_cast<int>(std::min(static_cast<std::size_t>(column) + ahead, width_))) +
        first;
    for (std::size_t row = 0; row < rows; row += line) __builtin_prefetch(later + row);
  }

 private:
  [[nodiscard]] static std::uint32_t late(std::uint32_t at) { return at & (one_pixel - 1); }

  void write(const Edge& edge, std::uint64_t weight, std::uint64_t next_weight) {
    std::uint64_t* const cell = &cells_[edge.column() * stride_ + edge.row];
    cell[0] += weight * edge.here;
    cell[1] += weight * edge.next;
    cell[stride_] += next_weight * edge.here;
    cell[stride_ + 1] += next_weight * edge.next;
  }
  void tall_edge(const Places& places, std::uint32_t at, std::uint64_t weight,
                 std::uint64_t next_weight) {
    const std::size_t column = at >> fraction_bits;
    for (const std::size_t next : {0, 1}) {
      has_tall_[column + next] = 1;
      std::uint64_t* const rows = &tall_[(column + next) * stride_];
      const std::uint64_t weighed = next == 0 ? weight : next_weight;
      step(rows, places.from, weighed * places.kind);
      step(rows, places.middle, weighed * (places.kind_after - places.kind));
      step(rows, places.to, ~(weighed * places.kind_after) + 1);
    }
  }
  /// From a place on.
  static void step(std::uint64_t* rows, std::uint32_t from, std::uint64_t value) {
    rows[from >> fraction_bits] += (one_pixel - late(from)) * value;
    rows[(from >> fraction_bits) + 1] += late(from) * value;
  }

  std::size_t stride_;
  std::size_t width_;
  Zeroes<std::uint64_t> cells_;
  Zeroes<std::uint64_t> tall_;
  std::vector<std::uint8_t> has_tall_;  ///< of each column: whether tall_ has anything in it
};

/// Edges that wait until their pixels have come to the cache.
class LateEnds {
 public:
  /// Ends a rectangle, sooner or later.
  void put_off(Coverage& coverage, const Coverage::Edge& edge) {
    coverage.prefetch(edge);
    Waiting& oldest = waiting_[next_++ % waiting_.size()];
    if (oldest.coverage != nullptr) [[likely]]
      oldest.coverage->end(oldest.edge);
    oldest = {&coverage, edge};
  }
  void finish() {
    for (const Waiting& one : waiting_)
      if (one.coverage != nullptr) one.coverage->end(one.edge);
    waiting_.fill({});
  }

 private:
  struct Waiting {
    Coverage* coverage;
    Coverage::Edge edge;
  };
  std::array<Waiting, 16> waiting_{};
  std::size_t next_ = 0;
};

}  // namespace heapatlas::viewer
