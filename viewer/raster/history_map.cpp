#include "viewer/raster/history_map.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "viewer/model/parallel.hpp"
#include "viewer/raster/coverage.hpp"

namespace heapatlas::viewer {
namespace {

/// The coverage by regions and by blocks of each category, two to a Coverage.
class Layers {
 public:
  Layers(const Run& run, const AddressLine& line, const Colouring& colouring,
         const HistoryView& view)
      : run_(run),
        line_(line),
        colouring_(colouring),
        by_state_(colouring.by() == ColourBy::state),
        events_(view.from, view.to, view.width),
        positions_(view.first, view.last, view.height),
        regions_(view.width, view.height) {
    for (std::size_t i = 0; i < colouring.categories().size(); i += 2)
      categories_.emplace_back(view.width, view.height);
  }

  /// Of the first kind: space in which a block may lie; of the second: what of it is foreign.
  [[nodiscard]] const Coverage& regions() const { return regions_; }
  /// Category 2i is of the first kind of coverage i, 2i + 1 of the second.
  [[nodiscard]] const std::vector<Coverage>& categories() const { return categories_; }

  void add_regions() {
    for (const Region& region : run_.regions) {
      for (std::size_t i = 0; i < region.extents.size(); ++i) {
        const bool last = i + 1 == region.extents.size();
        add_region(region, region.extents[i].from, last ? region.death : region.extents[i + 1].from,
                   region.extents[i].size);
      }
    }
  }
  /// Two threads share the blocks: each takes those that are born in its columns, and leaves what
  /// is not in its columns for later. Then they are done.
  void add_blocks() {
    const auto& blocks = run_.placements;
    const std::size_t column = blocks.empty() ? 0 : column_of(blocks[blocks.size() / 2].birth);
    const auto second = std::partition_point(
        blocks.begin(), blocks.end(),
        [&](const Placement& block) { return column_of(block.birth) < column; });
    const auto middle = static_cast<std::size_t>(second - blocks.begin());
    std::vector<Left> left;
    in_parallel(2, [&](std::size_t i) {
      if (i == 0) add_blocks(0, middle, column, left);
      if (i == 1) add_blocks(middle, blocks.size(), no_column, left);
    });
    for (const Left& one : left) finish(one);
    constexpr std::size_t columns = 64;
    in_parallel(events_.pixels() / columns + 1, [&](std::size_t i) {
      for (std::size_t at = i * columns; at < std::min(events_.pixels(), (i + 1) * columns); ++at) {
        regions_.finish(at);
        for (Coverage& coverage : categories_) coverage.finish(at);
      }
    });
  }

 private:
  static constexpr std::size_t no_column = std::numeric_limits<std::size_t>::max();

  /// A block, or its end, that a thread left.
  struct Left {
    Coverage* coverage;
    Coverage::Places places;
    std::uint32_t from;  ///< forever_begun: only its end
    std::uint32_t to;
  };
  static constexpr std::uint32_t forever_begun = std::numeric_limits<std::uint32_t>::max();

  [[nodiscard]] std::size_t column_of(Event at) const { return events_.at(at) >> fraction_bits; }

  void add_region(const Region& region, Event from, Event until, std::uint64_t size) {
    const auto position = line_.position_of(region.address);
    const Interval times = events_.at(from, std::min(until, run_.events));
    if (!position || times.from >= times.to) return;
    const Interval places = positions_.at(*position, *position + size);
    const Coverage::Places all{places.from, places.to, places.to,
                               Coverage::first_kind + (region.own ? 0 : Coverage::second_kind), 0};
    regions_.begin_tall(all, times.from);
    regions_.end_tall(all, times.to);
  }
  /// end: the first column that belongs to another thread.
  void add_blocks(std::size_t from, std::size_t to, std::size_t end, std::vector<Left>& left) {
    LateEnds late;
    AddressLine::Piece piece;  // that of the block before
    for (std::size_t i = from; i < to; ++i) {
      const Placement& block = run_.placements[i];
      const Interval times = events_.at(block.birth, std::min(block.death, run_.events));
      if (times.from >= times.to) continue;
      if (block.address - piece.address >= piece.size) [[unlikely]] {
        const auto position = line_.position_of(block.address);
        if (!position) continue;
        const AddressLine::Piece* const found = line_.piece_at(*position);
        if (found == nullptr) continue;
        piece = *found;
      }
      const auto [coverage, places] = places_of(block, piece);
      // An edge writes its column and the next one.
      const bool begins = (times.from >> fraction_bits) + 1 < end;
      const bool ends = (times.to >> fraction_bits) + 1 < end;
      if (!begins || !ends) [[unlikely]]
        left.push_back({coverage, places, begins ? forever_begun : times.from, times.to});
      if (Coverage::is_tall(places)) [[unlikely]] {
        if (begins) coverage->begin_tall(places, times.from);
        if (ends) coverage->end_tall(places, times.to);
        continue;
      }
      if (begins) coverage->begin(Coverage::edge_of(places, times.from));
      if (ends) late.put_off(*coverage, Coverage::edge_of(places, times.to));
    }
    late.finish();
  }
  struct InCoverage {
    Coverage* coverage;
    Coverage::Places places;
  };
  [[nodiscard]] InCoverage places_of(const Placement& block, const AddressLine::Piece& piece) {
    const std::uint64_t position = piece.position + (block.address - piece.address);
    const std::uint32_t from = positions_.at(position);
    const std::uint32_t to = positions_.at(position + block.granted);
    if (by_state_)
      return {&categories_[0],
              {from, positions_.at(position + block.requested), to, Coverage::first_kind,
               Coverage::second_kind}};
    const std::size_t category = colouring_.category_at_death(block);
    return {&categories_[category / 2],
            {from, to, to, category % 2 == 0 ? Coverage::first_kind : Coverage::second_kind, 0}};
  }
  static void finish(const Left& one) {
    const bool is_tall = Coverage::is_tall(one.places);
    if (one.from != forever_begun) {
      if (is_tall) one.coverage->begin_tall(one.places, one.from);
      if (!is_tall) one.coverage->begin(Coverage::edge_of(one.places, one.from));
    }
    if (is_tall) one.coverage->end_tall(one.places, one.to);
    if (!is_tall) one.coverage->end(Coverage::edge_of(one.places, one.to));
  }

  const Run& run_;
  const AddressLine& line_;
  const Colouring& colouring_;
  bool by_state_;
  PixelAxis events_;
  PixelAxis positions_;
  Coverage regions_;
  std::vector<Coverage> categories_;
};

/// Every mixture of a ground with the hues.
class Mixtures {
 public:
  Mixtures(const SlotColours& hues, Rgba ground) {
    for (const Rgba hue : hues)
      for (unsigned share = 0; share <= 256; ++share) mixed_.push_back(mix(ground, hue, share));
  }

  static constexpr std::uint32_t hue_stride = 257;
  /// hue: hue_stride times its slot.
  [[nodiscard]] Rgba at(std::uint32_t hue, std::uint32_t share) const {
    return mixed_[hue + share];
  }

 private:
  std::vector<Rgba> mixed_;
};

/// Sums the differences of some rows along the events, and colours their pixels. Row after row in
/// each step, so that the compiler takes several at once.
class RowSweep {
 public:
  RowSweep(const Layers& layers, const SlotColours& colours, const Mixtures& mixtures, Rgba panel,
           int first, int rows)
      : layers_(layers),
        colours_(colours),
        mixtures_(mixtures),
        panel_(panel),
        first_(first),
        rows_(static_cast<std::size_t>(rows)),
        regions_(rows_),
        categories_(layers.categories().size(), std::vector<std::uint64_t>(rows_)),
        used_(rows_),
        most_(rows_),
        hue_(rows_),
        share_(rows_) {}

  [[nodiscard]] std::size_t rows() const { return rows_; }
  /// Columns must come one after another.
  void go_to(int column) {
    if (layers_.regions().has_tall(static_cast<std::size_t>(column))) advance_regions(column);
    std::fill(used_.begin(), used_.end(), 0);
    std::fill(most_.begin(), most_.end(), 0);
    for (std::size_t i = 0; i < categories_.size(); ++i) {
      auto& covered = categories_[i];
      advance(covered, layers_.categories()[i], column);
      const std::uint32_t hue = static_cast<std::uint32_t>(2 * i) * Mixtures::hue_stride;
      for (std::size_t row = 0; row < rows_; ++row) {
        const auto first = static_cast<std::uint32_t>(covered[row]);
        const auto second = static_cast<std::uint32_t>(covered[row] >> 32);
        const std::uint32_t more = second > first ? hue + Mixtures::hue_stride : hue;
        const std::uint32_t larger = std::max(first, second);
        used_[row] += first + second;
        hue_[row] = larger > most_[row] ? more : hue_[row];
        most_[row] = std::max(most_[row], larger);
      }
    }
  }
  /// put(row, colour) for every row's pixel in the column, coloured as a cell of the heap map is.
  template <class Put>
  void colour(Put&& put) {
    if (!is_plain_) {
      for (std::size_t row = 0; row < rows_; ++row) put(row, any_colour(row));
      return;
    }
    // All is region and nothing foreign, as nearly everywhere.
    for (std::size_t row = 0; row < rows_; ++row) share_[row] = used_share_of_pixel(used_[row]);
    for (std::size_t row = 0; row < rows_; ++row) put(row, mixtures_.at(hue_[row], share_[row]));
  }

 private:
  void advance_regions(int column) {
    advance(regions_, layers_.regions(), column);
    is_plain_ = std::all_of(regions_.begin(), regions_.end(),
                            [](std::uint64_t covered) { return covered == whole_pixel; });
  }
  void advance(std::vector<std::uint64_t>& covered, const Coverage& by, int column) const {
    const std::uint64_t* const differences = by.differences(column) + first_;
    by.prefetch_after(column, first_, rows_);
    for (std::size_t row = 0; row < rows_; ++row) covered[row] += differences[row];
  }
  [[nodiscard]] Rgba any_colour(std::size_t row) const {
    const std::uint32_t region = std::min(static_cast<std::uint32_t>(regions_[row]), whole_pixel);
    if (region == 0) return panel_;
    std::uint32_t used = used_[row];
    std::uint32_t hole = used < region ? region - used : 0;
    const std::uint32_t opaque = std::min(static_cast<std::uint32_t>(regions_[row] >> 32), hole);
    const Rgba hue =
        colours_[opaque > most_[row] ? slot_of(State::opaque) : hue_[row] / Mixtures::hue_stride];
    used += opaque;
    hole -= opaque;
    const Rgba inside =
        mix(colours_[slot_of(State::unused)], hue, used_share<std::uint64_t>(used, hole));
    return region == whole_pixel ? inside : mix(panel_, inside, share_of(region));
  }
  /// used_share(used, whole_pixel - used), without its division; blocks that overlap can cover more
  /// than all of it.
  [[nodiscard]] static std::uint32_t used_share_of_pixel(std::uint32_t used) {
    const std::uint32_t between = 70 + (used * 110 >> (2 * fraction_bits));
    const std::uint32_t share = used >= whole_pixel ? 256 : between;
    return used == 0 ? 0 : share;
  }
  /// Space outside of regions shows through; what is there at all shows at least a little.
  [[nodiscard]] static unsigned share_of(std::uint32_t region) {
    return std::max(64U, region >> (2 * fraction_bits - 8));
  }

  const Layers& layers_;
  const SlotColours& colours_;
  const Mixtures& mixtures_;
  Rgba panel_;
  int first_;
  std::size_t rows_;
  std::vector<std::uint64_t> regions_;  ///< of each row in the column: both kinds
  std::vector<std::vector<std::uint64_t>> categories_;
  std::vector<std::uint32_t> used_;  ///< these four of each row, in the column
  std::vector<std::uint32_t> most_;
  std::vector<std::uint32_t> hue_;  ///< hue_stride times the slot with the most
  std::vector<std::uint32_t> share_;
  bool is_plain_ = false;  ///< all rows of the column: the region whole, nothing foreign
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
  Layers layers(run, line, colouring, view);
  layers.add_regions();
  layers.add_blocks();
  const SlotColours colours = slot_colours(colouring);
  const Mixtures mixtures(colours, colours[slot_of(State::unused)]);
  constexpr int rows = 48;  // few enough that a strip of pixels stays in the cache
  const int strips = (view.height + rows - 1) / rows;
  in_parallel(static_cast<std::size_t>(strips), [&](std::size_t i) {
    const int first = static_cast<int>(i) * rows;
    RowSweep sweep(layers, colours, mixtures, colouring.palette().panel, first,
                   std::min(rows, view.height - first));
    // Pixels go to the canvas a cache line of a row at a time.
    constexpr int columns = 16;
    std::vector<Rgba> tile;
    for (int column = 0; column < view.width; column += columns) {
      const int wide = std::min(columns, view.width - column);
      tile.resize(sweep.rows() * static_cast<std::size_t>(wide));
      for (int k = 0; k < wide; ++k) {
        sweep.go_to(column + k);
        sweep.colour([&](std::size_t row, Rgba colour) {
          tile[row * static_cast<std::size_t>(wide) + static_cast<std::size_t>(k)] = colour;
        });
      }
      canvas.paste(tile, wide, 1, 1, x + column, y + first);
    }
  });
}

}  // namespace heapatlas::viewer
