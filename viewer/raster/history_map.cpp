#include "viewer/raster/history_map.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "viewer/model/parallel.hpp"
#include "viewer/raster/coverage.hpp"

namespace heapatlas::viewer {
namespace {

/// The coverage by some of the blocks, of each slot apart.
class Layers {
 public:
  Layers(const Run& run, const AddressLine& line, const HistoryView& view)
      : run_(run),
        line_(line),
        view_(view),
        events_(view.from, view.to, view.width),
        positions_(view.first, view.last, view.height) {}

  /// Space in which a block may lie, and which part of it is foreign.
  void add_regions() {
    for (const Region& region : run_.regions) {
      for (std::size_t i = 0; i < region.extents.size(); ++i) {
        const bool last = i + 1 == region.extents.size();
        const Event until = last ? region.death : region.extents[i + 1].from;
        const auto add = [&](State state) {
          add_region(layer(slot_of(state)), region.extents[i].from, until, region.address,
                     region.extents[i].size);
        };
        add(State::unused);
        if (!region.own) add(State::opaque);
      }
    }
  }
  void add_blocks(std::size_t from, std::size_t to, const Colouring& colouring) {
    const bool by_state = colouring.by() == ColourBy::state;
    for (std::size_t i = from; i < to; ++i) {
      const Placement& block = run_.placements[i];
      const Interval times = events_.at(block.birth, std::min(block.death, run_.events));
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
  void finish() {
    for (const auto& layer : by_slot_)
      if (layer) layer->finish();
  }
  /// Null: nothing is of the slot.
  [[nodiscard]] const Coverage* of(std::size_t slot) const { return by_slot_[slot].get(); }

 private:
  Coverage& layer(std::size_t slot) {
    if (by_slot_[slot] == nullptr) [[unlikely]]
      by_slot_[slot] = std::make_unique<Coverage>(view_.width, view_.height);
    return *by_slot_[slot];
  }
  void add_region(Coverage& layer, Event from, Event until, std::uint64_t address,
                  std::uint64_t size) {
    const auto position = line_.position_of(address);
    if (!position) return;
    const Interval times = events_.at(from, std::min(until, run_.events));
    if (times.from < times.to) layer.add(times, positions_.at(*position, *position + size));
  }

  const Run& run_;
  const AddressLine& line_;
  const HistoryView& view_;
  PixelAxis events_;
  PixelAxis positions_;
  std::array<std::unique_ptr<Coverage>, slot_count> by_slot_;
};

/// Sums the differences of some rows along the events, and colours their pixels. Row after row in
/// each step, so that the compiler takes several at once.
class RowSweep {
 public:
  RowSweep(const std::vector<Layers>& parts, const SlotColours& colours, Rgba panel, int first,
           int rows)
      : colours_(colours),
        panel_(panel),
        first_(first),
        rows_(static_cast<std::size_t>(rows)),
        region_{slot_of(State::unused), {}, std::vector<std::uint32_t>(rows_)},
        foreign_{slot_of(State::opaque), {}, std::vector<std::uint32_t>(rows_)},
        used_(rows_),
        most_(rows_),
        hue_(rows_) {
    for (std::size_t slot = 0; slot < slot_count; ++slot)
      for (const Layers& part : parts)
        if (part.of(slot) != nullptr) sum_of(slot).sources.push_back(part.of(slot));
  }

  /// Columns must come one after another.
  void go_to(int column) {
    advance(region_, column);
    advance(foreign_, column);
    std::fill(used_.begin(), used_.end(), 0);
    std::fill(most_.begin(), most_.end(), 0);
    for (Sum& sum : categories_) {
      advance(sum, column);
      const auto slot = static_cast<std::uint32_t>(sum.slot);
      for (std::size_t row = 0; row < rows_; ++row) {
        const std::uint32_t covered = sum.covered[row];
        used_[row] += covered;
        hue_[row] = covered > most_[row] ? slot : hue_[row];
        most_[row] = std::max(most_[row], covered);
      }
    }
    std::uint32_t other = 0;
    for (std::size_t row = 0; row < rows_; ++row)
      other |= (region_.covered[row] ^ whole_pixel) | foreign_.covered[row];
    is_plain_ = other == 0;
  }
  /// The colour of a row's pixel in the column, as a cell of the heap map is coloured.
  [[nodiscard]] Rgba colour(std::size_t row) const {
    return is_plain_ ? plain_colour(row) : any_colour(row);
  }

 private:
  struct Sum {
    std::size_t slot;
    std::vector<const Coverage*> sources;
    std::vector<std::uint32_t> covered;  ///< of each row, in the column
  };

  Sum& sum_of(std::size_t slot) {
    if (slot == region_.slot) return region_;
    if (slot == foreign_.slot) return foreign_;
    if (categories_.empty() || categories_.back().slot != slot)
      categories_.push_back({slot, {}, std::vector<std::uint32_t>(rows_)});
    return categories_.back();
  }
  void advance(Sum& sum, int column) const {
    for (const Coverage* const source : sum.sources) {
      const std::uint32_t* const differences = source->differences(column) + first_;
      source->prefetch_after(column, first_, rows_);
      for (std::size_t row = 0; row < rows_; ++row) sum.covered[row] += differences[row];
    }
  }
  /// Where all is region and nothing foreign, which is nearly everywhere.
  [[nodiscard]] Rgba plain_colour(std::size_t row) const {
    const std::uint32_t used = std::min(used_[row], whole_pixel);
    return mix(colours_[region_.slot], colours_[hue_[row]], used_share_of_pixel(used));
  }
  [[nodiscard]] Rgba any_colour(std::size_t row) const {
    const std::uint32_t region = std::min(region_.covered[row], whole_pixel);
    if (region == 0) return panel_;
    std::uint32_t used = used_[row];
    std::uint32_t hole = used < region ? region - used : 0;
    const std::uint32_t opaque = std::min(foreign_.covered[row], hole);
    const Rgba hue = colours_[opaque > most_[row] ? foreign_.slot : hue_[row]];
    used += opaque;
    hole -= opaque;
    const Rgba inside = mix(colours_[region_.slot], hue, used_share(used, hole));
    return region == whole_pixel ? inside : mix(panel_, inside, share_of(region));
  }
  /// used_share(used, whole_pixel - used), without its division.
  [[nodiscard]] static unsigned used_share_of_pixel(std::uint32_t used) {
    const unsigned between = 70 + (used * 110 >> (2 * fraction_bits));
    return used == 0 ? 0 : used == whole_pixel ? 256 : between;
  }
  /// Space outside of regions shows through; what is there at all shows at least a little.
  [[nodiscard]] static unsigned share_of(std::uint32_t region) {
    return std::max(64U, region >> (2 * fraction_bits - 8));
  }

  const SlotColours& colours_;
  Rgba panel_;
  int first_;
  std::size_t rows_;
  Sum region_;
  Sum foreign_;
  std::vector<Sum> categories_;      ///< ascending in slot
  std::vector<std::uint32_t> used_;  ///< these three of each row, in the column
  std::vector<std::uint32_t> most_;
  std::vector<std::uint32_t> hue_;  ///< the slot with the most
  bool is_plain_ = false;           ///< all rows of the column: the region whole, nothing foreign
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
  // Each part has arrays of its own: more than two would cost more to sum than they save.
  const std::size_t blocks = run.placements.size();
  std::vector<Layers> parts;
  parts.reserve(2);
  parts.emplace_back(run, line, view);
  if (blocks >= 64 << 10) parts.emplace_back(run, line, view);
  in_parallel(parts.size(), [&](std::size_t i) {
    if (i == 0) parts[i].add_regions();
    parts[i].add_blocks(blocks * i / parts.size(), blocks * (i + 1) / parts.size(), colouring);
    parts[i].finish();
  });
  const SlotColours colours = slot_colours(colouring);
  constexpr int rows = 48;  // few enough that a strip of pixels stays in the cache
  const int strips = (view.height + rows - 1) / rows;
  in_parallel(static_cast<std::size_t>(strips), [&](std::size_t i) {
    const int first = static_cast<int>(i) * rows;
    const int count = std::min(rows, view.height - first);
    RowSweep sweep(parts, colours, colouring.palette().panel, first, count);
    for (int column = 0; column < view.width; ++column) {
      sweep.go_to(column);
      for (int row = 0; row < count; ++row)
        canvas.set(x + column, y + first + row, sweep.colour(static_cast<std::size_t>(row)));
    }
  });
}

}  // namespace heapatlas::viewer
