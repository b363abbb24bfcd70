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

/// Coverage of pixels by rectangles: added as differences, then summed once.
///
/// Most blocks are thinner than a few pixels: their share of each row is written at their two edges
/// and summed along the events. Of tall ones only the four corners are written, to be summed along
/// the addresses first. Column after column: blocks come in order of birth, so that one edge of
/// each falls where the last one's did. Sums wrap modulo 2^32, and come out right at the end.
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
    if (!tall_.empty()) sum_tall();
    for (std::size_t at = stride_; at < stride_ * width_; ++at) cells_[at] += cells_[at - stride_];
  }
  /// After sum: a column's rows, in 4096 x 4096ths of the pixel.
  [[nodiscard]] const std::uint32_t* column(int column) const {
    return &cells_[static_cast<std::size_t>(column) * stride_];
  }

 private:
  static constexpr std::uint32_t tall_rows = 6;

  // An edge at 3.25 pixels covers three quarters of pixel 3 and all of those after it: as a
  // difference, 0.75 at 3 and 0.25 at 4.
  void edge(std::uint32_t x, Interval places, std::uint32_t sign) {
    const std::size_t column = (x >> fraction_bits) * stride_;
    const std::uint32_t late = x & (one - 1);
    if ((places.to >> fraction_bits) - (places.from >> fraction_bits) < tall_rows) {
      thin(&cells_[column], places, sign * (one - late));
      thin(&cells_[column + stride_], places, sign * late);
    } else {
      if (tall_.empty()) tall_.resize(cells_.size());
      tall(&tall_[column], places, sign * (one - late));
      tall(&tall_[column + stride_], places, sign * late);
    }
  }
  static void thin(std::uint32_t* column, Interval places, std::uint32_t weight) {
    std::uint32_t* row = column + (places.from >> fraction_bits);
    std::uint32_t from = places.from & (one - 1);
    std::uint32_t left = places.to - places.from;
    while (from + left > one) {
      *row++ += weight * (one - from);
      left -= one - from;
      from = 0;
    }
    *row += weight * left;
  }
  static void tall(std::uint32_t* column, Interval places, std::uint32_t weight) {
    std::uint32_t* const top = column + (places.from >> fraction_bits);
    std::uint32_t* const bottom = column + (places.to >> fraction_bits);
    const std::uint32_t top_late = (places.from & (one - 1)) * weight;
    const std::uint32_t bottom_late = (places.to & (one - 1)) * weight;
    top[0] += one * weight - top_late;
    top[1] += top_late;
    bottom[0] -= one * weight - bottom_late;
    bottom[1] -= bottom_late;
  }
  void sum_tall() {
    for (std::size_t column = 0; column < width_; ++column) {
      std::uint32_t running = 0;
      for (std::size_t row = 0; row + 2 < stride_; ++row) {
        running += tall_[column * stride_ + row];
        cells_[column * stride_ + row] += running;
      }
    }
  }

  std::size_t stride_;
  std::size_t width_;
  std::vector<std::uint32_t> cells_;  ///< to be summed along the events
  std::vector<std::uint32_t> tall_;   ///< along the addresses first; empty while there are none
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
    const bool by_state = colouring.by() == ColourBy::state;
    for (std::size_t i = 0; i < run_.placements.size(); ++i) {
      const Placement& block = run_.placements[i];
      const Event died = std::min(block.death, run_.events);
      const Interval times = events_.at(block.birth, died);
      if (times.from >= times.to) continue;
      const auto position = line_.position_of(block.address);
      if (!position) continue;
      const std::size_t category =
          by_state ? 0 : colouring.category_at_death(static_cast<PlacementId>(i));
      const std::uint64_t own = by_state ? block.requested : block.granted;
      const Interval places = positions_.at(*position, *position + own);
      layer(category).add(times, places);
      if (own < block.granted)
        layer(Colouring::slack_category)
            .add(times, {places.to, positions_.at(*position + block.granted)});
    }
  }
  void sum() {
    regions_.sum();
    if (foreign_) foreign_->sum();
    for (Coverage* const layer : by_slot_) {
      if (layer != nullptr) layer->sum();
    }
  }
  /// Colours the pixels of one column as cells of the heap map are coloured.
  void draw_column(int column, const SlotColours& colours, Rgba panel, std::vector<Rgba>& pixels,
                   std::size_t stride) const {
    const std::uint32_t* const regions = regions_.column(column);
    const std::uint32_t* const foreign = foreign_ ? foreign_->column(column) : nullptr;
    std::array<const std::uint32_t*, slot_count> layers{};
    for (std::size_t i = 0; i < layers_.size(); ++i) layers[i] = layers_[i].second.column(column);
    for (std::size_t row = 0; row < static_cast<std::size_t>(view_.height); ++row) {
      const std::uint32_t region = std::min(regions[row], whole);
      Rgba& pixel = pixels[row * stride + static_cast<std::size_t>(column)];
      if (region == 0) continue;
      std::uint32_t used = 0;
      std::uint32_t most = 0;
      Rgba hue;
      for (std::size_t i = 0; i < layers_.size(); ++i) {
        const std::uint32_t bytes = layers[i][row];
        used += bytes;
        if (bytes <= most) continue;
        most = bytes;
        hue = colours[layers_[i].first];
      }
      std::uint32_t hole = used < region ? region - used : 0;
      if (foreign != nullptr) {
        const std::uint32_t opaque = std::min(foreign[row], hole);
        if (opaque > most) hue = colours[slot_of(State::opaque)];
        used += opaque;
        hole -= opaque;
      }
      const Rgba inside = mix(colours[slot_of(State::unused)], hue, used_share(used, hole));
      pixel = region == whole ? inside : mix(panel, inside, share_of(region));
    }
  }

 private:
  /// Space outside of regions shows through; what is there at all shows at least a little.
  [[nodiscard]] static unsigned share_of(std::uint32_t region) {
    return std::max(64U, region >> (2 * fraction_bits - 8));
  }

  Coverage& layer(std::size_t slot) {
    if (by_slot_[slot] == nullptr) [[unlikely]]
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
  const auto stride = static_cast<std::size_t>(view.width);
  std::vector<Rgba> pixels(stride * static_cast<std::size_t>(view.height),
                           colouring.palette().panel);
  for (int column = 0; column < view.width; ++column)
    layers.draw_column(column, colours, colouring.palette().panel, pixels, stride);
  canvas.paste(pixels, view.width, 1, 1, x, y);
}

}  // namespace heapatlas::viewer
