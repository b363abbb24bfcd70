#include "viewer/raster/history_map.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace heapatlas::viewer {
namespace {

constexpr int fraction_bits = 12;  ///< of a pixel, along each axis
constexpr std::uint32_t one = 1U << fraction_bits;
constexpr std::uint32_t whole = 1U << (2 * fraction_bits);

/// Half-open, in 4096ths of a pixel.
struct Interval {
  std::uint32_t from;
  std::uint32_t to;
};

/// One axis: from [first, last) to pixels [0, pixels), in 4096ths of a pixel.
class Axis {
 public:
  Axis(std::uint64_t first, std::uint64_t last, int pixels)
      : first_(first),
        last_(last),
        scale_(static_cast<double>(pixels) * one / static_cast<double>(last - first)) {}

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

/// Coverage of pixels by rectangles: added as differences, then summed once. Column after column:
/// blocks come in order of birth, so that one edge of each falls where the last one's did, and both
/// ends of an edge share a cache line.
class Coverage {
 public:
  Coverage(int width, int height)
      : stride_(static_cast<std::size_t>(height) + 2),
        width_(static_cast<std::size_t>(width)),
        cells_(stride_ * (width_ + 2)) {}

  /// times by places: both in 4096ths of a pixel, within the picture.
  void add(Interval times, Interval places) {
    if (places.from >= places.to) return;
    edge(times.from, places, 1);
    edge(times.to, places, ~0U);
  }
  void sum() {
    for (std::size_t column = 0; column < width_; ++column) {
      std::uint32_t* const here = &cells_[column * stride_];
      std::uint32_t running = 0;
      for (std::size_t row = 0; row + 2 < stride_; ++row) {
        running += here[row];
        here[row] = running + (column > 0 ? here[row - stride_] : 0);
      }
    }
  }
  /// After sum: 4096 x 4096ths of the pixel.
  [[nodiscard]] std::uint32_t at(std::size_t column, std::size_t row) const {
    return cells_[column * stride_ + row];
  }

 private:
  // An edge at 3.25 pixels covers three quarters of pixel 3 and all of those after it: as a
  // difference, 0.75 at 3 and 0.25 at 4. Sums wrap modulo 2^32, and come out right at the end.
  void edge(std::uint32_t x, Interval places, std::uint32_t sign) {
    std::uint32_t* const column = &cells_[(x >> fraction_bits) * stride_];
    const std::uint32_t late = x & (one - 1);
    profile(column, places, sign * (one - late));
    profile(column + stride_, places, sign * late);
  }
  static void profile(std::uint32_t* column, Interval places, std::uint32_t weight) {
    std::uint32_t* const top = column + (places.from >> fraction_bits);
    std::uint32_t* const bottom = column + (places.to >> fraction_bits);
    const std::uint32_t top_late = (places.from & (one - 1)) * weight;
    const std::uint32_t bottom_late = (places.to & (one - 1)) * weight;
    top[0] += one * weight - top_late;
    top[1] += top_late;
    bottom[0] -= one * weight - bottom_late;
    bottom[1] -= bottom_late;
  }

  std::size_t stride_;
  std::size_t width_;
  std::vector<std::uint32_t> cells_;
};

class Layers {
 public:
  Layers(const Run& run, const AddressLine& line, const HistoryView& view)
      : run_(run),
        line_(line),
        view_(view),
        events_(view.from, view.to, view.width),
        positions_(view.first, view.last, view.height),
        regions_(view.width, view.height) {
    layers_.reserve(slot_count);  // by_slot_ points into it
  }

  void add_regions() {
    for (const Region& region : run_.regions) {
      for (std::size_t i = 0; i < region.extents.size(); ++i) {
        const bool last = i + 1 == region.extents.size();
        const Event until = last ? region.death : region.extents[i + 1].from;
        add(regions_, region.extents[i].from, until, region.address, region.extents[i].size);
        if (region.own) continue;
        if (!foreign_) foreign_.emplace(view_.width, view_.height);
        add(*foreign_, region.extents[i].from, until, region.address, region.extents[i].size);
      }
    }
  }
  void add_blocks(const Colouring& colouring) {
    for (std::size_t i = 0; i < run_.placements.size(); ++i) {
      const auto id = static_cast<PlacementId>(i);
      const Placement& block = run_.placements[i];
      const auto position = line_.position_of(block.address);
      if (!position) continue;
      const Event died = std::min(block.death, run_.events);
      const Interval times = events_.at(block.birth, died);
      if (times.from >= times.to) continue;
      const std::size_t category = colouring.category_of(id, died - 1);
      const std::size_t slack = colouring.slack_category_of(id, died - 1);
      const std::uint64_t own = slack == category ? block.granted : block.requested;
      const Interval places = positions_.at(*position, *position + own);
      layer(category).add(times, places);
      if (own < block.granted)
        layer(slack).add(times, {places.to, positions_.at(*position + block.granted)});
    }
  }
  void sum() {
    regions_.sum();
    if (foreign_) foreign_->sum();
    for (Coverage* const layer : by_slot_) {
      if (layer != nullptr) layer->sum();
    }
  }
  /// The colour of a pixel as a cell of the map is coloured; layers that nothing is in cost
  /// nothing.
  [[nodiscard]] Rgba colour(std::size_t column, std::size_t row, const SlotColours& colours,
                            Rgba panel) const {
    const std::uint32_t region = std::min(regions_.at(column, row), whole);
    if (region == 0) return panel;
    CellSum sum;
    std::uint32_t used = 0;
    for (const auto& [slot, layer] : layers_) {
      const std::uint32_t bytes = layer.at(column, row);
      if (bytes == region) return mix(panel, colours[slot], share_of(region));
      if (bytes == 0) continue;
      sum.add(slot, bytes);
      used += bytes;
    }
    if (used < region) {
      const std::uint32_t rest = region - used;
      const std::uint32_t opaque = foreign_ ? std::min(foreign_->at(column, row), rest) : 0;
      if (opaque != 0) sum.add(slot_of(State::opaque), opaque);
      if (opaque < rest) sum.add(slot_of(State::unused), rest - opaque);
    }
    return mix(panel, sum.colour(colours), share_of(region));
  }

 private:
  /// Space outside of regions shows through; what is there at all shows at least a little.
  [[nodiscard]] static unsigned share_of(std::uint32_t region) {
    return std::max(64U, region >> (2 * fraction_bits - 8));
  }
  Coverage& layer(std::size_t slot) {
    if (by_slot_[slot] == nullptr)
      by_slot_[slot] = &layers_.emplace_back(slot, Coverage(view_.width, view_.height)).second;
    return *by_slot_[slot];
  }
  void add(Coverage& layer, Event from, Event until, std::uint64_t address, std::uint64_t size) {
    const auto position = line_.position_of(address);
    if (!position) return;
    const Interval times = events_.at(from, std::min(until, run_.events));
    if (times.from < times.to) layer.add(times, positions_.at(*position, *position + size));
  }

  const Run& run_;
  const AddressLine& line_;
  const HistoryView& view_;
  Axis events_;
  Axis positions_;
  Coverage regions_;
  std::optional<Coverage> foreign_;  ///< of regions_, those of which nothing is known
  std::vector<std::pair<std::size_t, Coverage>> layers_;
  std::array<Coverage*, slot_count> by_slot_{};
};

}  // namespace

AddressLine history_line(const Run& run, int height) {
  const std::uint64_t length = AddressLine{run.regions, 1}.length();
  return {run.regions, std::max<std::uint64_t>(1, length / static_cast<unsigned>(height))};
}

HistoryView fit_history(const Run& run, const AddressLine& line, int width, int height) {
  return {0,     std::max<Event>(1, run.events),
          0,     std::max<std::uint64_t>(1, line.length()),
          width, height};
}

void draw_history(Canvas& canvas, int x, int y, const Run& run, const AddressLine& line,
                  const Colouring& colouring, const HistoryView& view) {
  Layers layers(run, line, view);
  layers.add_regions();
  layers.add_blocks(colouring);
  layers.sum();
  const SlotColours colours = slot_colours(colouring);
  constexpr int strip = 16;  // columns at a time: coverage lies column after column, pixels do not
  for (int left = 0; left < view.width; left += strip)
    for (int row = 0; row < view.height; ++row)
      for (int column = left; column < std::min(left + strip, view.width); ++column)
        canvas.set(x + column, y + row,
                   layers.colour(static_cast<std::size_t>(column), static_cast<std::size_t>(row),
                                 colours, colouring.palette().panel));
}

}  // namespace heapatlas::viewer
