#include "viewer/raster/heap_map.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <vector>

#include "viewer/model/parallel.hpp"
#include "viewer/raster/cell_sums.hpp"

namespace heapatlas::viewer {
namespace {

/// Which sums a cell of one picture has, and the colour that they make. Categories come first, then
/// the states of the background, those that are holes last.
class CellKinds {
 public:
  CellKinds(const Colouring& colouring, const std::vector<HeapSpan>& background)
      : panel_(colouring.palette().panel) {
    for (const Colouring::Category& category : colouring.categories())
      colours_[categories_++] = category.colour;
    std::array<bool, state_count> present{};
    for (const HeapSpan& span : background) present[static_cast<std::size_t>(span.state)] = true;
    const auto add = [&](State state) {
      const auto i = static_cast<std::size_t>(state);
      colours_[count_] = colouring.colour_of(state);
      of_state_[i] = count_++;
    };
    count_ = categories_;
    for (std::size_t i = 0; i < state_count; ++i) {
      const auto state = static_cast<State>(i);
      if (present[i] && state != State::unused && state != State::free) add(state);
    }
    used_ = count_;
    add(State::unused);
    add(State::free);
  }

  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] std::size_t categories() const { return categories_; }
  [[nodiscard]] std::size_t of(State state) const {
    return of_state_[static_cast<std::size_t>(state)];
  }
  [[nodiscard]] Rgba colour(const std::uint64_t* bytes) const {
    std::uint64_t used = 0;
    std::uint64_t most = 0;
    std::size_t hue = 0;
    for (std::size_t i = 0; i < used_; ++i) {
      used += bytes[i];
      hue = bytes[i] > most ? i : hue;
      most = std::max(most, bytes[i]);
    }
    const std::uint64_t unused = bytes[used_];
    const std::uint64_t free = bytes[used_ + 1];
    if (used + unused + free == 0) return panel_;
    const Rgba ground = colours_[unused > free ? used_ : used_ + 1];
    return mix(ground, colours_[hue], used_share(used, unused + free));
  }

 private:
  Rgba panel_;
  std::size_t categories_ = 0;
  std::size_t used_ = 0;   ///< and with the states that are no holes
  std::size_t count_ = 0;  ///< and with those that are
  std::array<Rgba, slot_count> colours_{};
  std::array<std::size_t, state_count> of_state_{};
};

/// Marks the cells of [from, to) that stand for address space left out: from the end of a piece to
/// the next one.
void mark_gaps(std::vector<Rgba>& cells, std::uint64_t from, std::uint64_t to,
               const AddressLine& line, const MapView& view, Rgba colour) {
  const auto& pieces = line.pieces();
  auto piece =
      std::partition_point(pieces.begin(), pieces.end(),
                           [from](const AddressLine::Piece& one) { return one.position <= from; });
  const std::uint64_t size = view.row_for_piece ? view.row_bytes() : view.cell_bytes;
  for (; piece != pieces.end() && piece->position - size < to; ++piece) {
    for (std::uint64_t at = std::max(piece->position - size, from);
         at < std::min(piece->position, to); at += view.cell_bytes)
      cells[(at - from) / view.cell_bytes] = colour;
  }
}

/// A row for every piece, as long as that takes few rows.
void choose_gaps(MapView& view, const Run& run) {
  const std::size_t pieces = AddressLine{run.regions, 1}.pieces().size();
  view.row_for_piece = pieces * 8 <= static_cast<std::size_t>(view.rows);
}

/// Cells of one size in pixels and bytes, as many as fit.
MapView cut(const Run& run, int width, int height, int pixels, std::uint64_t bytes) {
  MapView view;
  view.cell_bytes = bytes;
  view.cell_width = pixels;
  view.cell_height = pixels;
  view.columns = std::max(1, width / pixels);
  if (view.columns > 64) view.columns -= view.columns % 16;  // rounder addresses at the rows
  view.rows = std::max(1, height / pixels);
  choose_gaps(view, run);
  return view;
}

}  // namespace

std::optional<std::uint64_t> MapView::position_at(int x, int y) const {
  if (x < 0 || y < 0 || x >= width() || y >= height()) return {};
  const auto row = static_cast<std::uint64_t>(y / cell_height);
  const auto column = static_cast<std::uint64_t>(x / cell_width);
  return first + row * row_bytes() + column * cell_bytes;
}

AddressLine line_for(const Run& run, const MapView& view) {
  return {run.regions, view.row_for_piece ? view.row_bytes() : view.cell_bytes};
}

MapView fit_map(const Run& run, int width, int height, std::uint64_t row_bytes) {
  if (row_bytes != 0) {
    // Cells of 2^k bytes, as small as lets a row fit; then as wide, and as high, as lets all fit.
    std::uint64_t bytes = 1;
    while (row_bytes / bytes > static_cast<std::uint64_t>(width)) bytes *= 2;
    const auto columns = static_cast<int>(std::max<std::uint64_t>(1, row_bytes / bytes));
    MapView view = cut(run, width, height, 1, bytes);
    view.columns = columns;
    view.cell_width = std::max(1, width / columns);
    const std::uint64_t rows = line_for(run, view).length() / view.row_bytes() + 1;
    if (rows < static_cast<std::uint64_t>(height))
      view.cell_height = std::min(height / static_cast<int>(rows), 16);
    view.rows = std::max(1, height / view.cell_height);
    return view;
  }
  const auto shows_all = [&](const MapView& view) {
    return line_for(run, view).length() <= view.bytes();
  };
  for (const int pixels : {16, 12, 8, 6, 4}) {
    const MapView view = cut(run, width, height, pixels, 1);
    if (shows_all(view)) return view;
  }
  MapView best = cut(run, width, height, 1, largest_number);
  double fullest = 0;
  for (const int pixels : {2, 3}) {
    MapView view;
    std::uint64_t bytes = 1;
    do {
      view = cut(run, width, height, pixels, bytes);
      bytes += std::max<std::uint64_t>(1, std::bit_floor(bytes) / 4);  // 4, 5, 6, 7, 8, 10, ...
    } while (!shows_all(view) && bytes < largest_number);
    const double full =
        static_cast<double>(line_for(run, view).length()) / static_cast<double>(view.bytes());
    if (full <= fullest) continue;
    fullest = full;
    best = view;
  }
  return best;
}

namespace {

/// Sums the bytes of cells that belong to one piece of the line.
class PieceSweep {
 public:
  PieceSweep(CellSums& sums, const CellKinds& kinds, const HeapAt& heap,
             const AddressLine::Piece& piece)
      : pen_(sums.pen(piece.address - piece.position)),
        kinds_(kinds),
        heap_(heap),
        begin_(std::max(piece.position, sums.begin()) + piece.address - piece.position),
        end_(std::min(piece.end(), sums.end()) + piece.address - piece.position) {}

  void sum_background() {
    Beneath(heap_, begin_)
        .for_each(begin_, end_, [this](std::uint64_t from, std::uint64_t to, State state) {
          pen_.begin_at(pen_.edge(from), kinds_.of(state));
          pen_.end_at(pen_.edge(to), kinds_.of(state));
        });
  }
  /// take_off: what lies beneath blocks does not count.
  template <bool slack_apart, bool take_off>
  void sum_blocks(const Colouring::At& colouring) {
    Beneath beneath(heap_, begin_);
    for_each_block(heap_, begin_, end_, [&, pen = pen_](const CutBlock& block) {
      const std::size_t category = colouring.category_of(block.id);
      pen.begin_at(pen.edge(block.from), category);
      if constexpr (slack_apart) {
        const CellSums::Edge slack = pen.edge(block.slack_from);
        pen.end_at(slack, category);
        pen.begin_at(slack, Colouring::slack_category);
      }
      pen.end_at(pen.edge(block.to), slack_apart ? Colouring::slack_category : category);
      if constexpr (take_off)
        beneath.for_each(block, [&](std::uint64_t from, std::uint64_t to, State state) {
          const std::size_t kind = kinds_.of(state);
          pen.end_at(pen.edge(from), kind);
          pen.begin_at(pen.edge(to), kind);
        });
    });
  }
  template <bool take_off>
  void sum_blocks(const Colouring::At& colouring) {
    if (colouring.slack_apart()) {
      sum_blocks<true, take_off>(colouring);
    } else {
      sum_blocks<false, take_off>(colouring);
    }
  }
  /// The one state that lies beneath all of the piece, as it most often does.
  [[nodiscard]] std::optional<State> all_beneath() const {
    std::optional<State> all;
    Beneath(heap_, begin_)
        .for_each(begin_, end_, [&](std::uint64_t from, std::uint64_t to, State state) {
          if (from == begin_ && to == end_) all = state;
        });
    return all;
  }

 private:
  CellSums::Pen pen_;
  const CellKinds& kinds_;
  const HeapAt& heap_;
  std::uint64_t begin_;  ///< the addresses of the piece that the sums are for
  std::uint64_t end_;
};

/// Sums the bytes of all pieces.
void sum_pieces(CellSums& sums, const CellKinds& kinds, const HeapAt& heap, const AddressLine& line,
                const Colouring::At& colouring) {
  const auto& pieces = line.pieces();
  auto piece = std::partition_point(
      pieces.begin(), pieces.end(),
      [&](const AddressLine::Piece& one) { return one.end() <= sums.begin(); });
  for (; piece != pieces.end() && piece->position < sums.end(); ++piece) {
    PieceSweep sweep(sums, kinds, heap, *piece);
    sweep.sum_background();
    const bool alone = piece->position <= sums.begin() && piece->end() >= sums.end();
    if (const auto state = sweep.all_beneath(); alone && state) {
      sweep.sum_blocks<false>(colouring);
      sums.take_off(kinds.of(*state), kinds.categories());
    } else {
      sweep.sum_blocks<true>(colouring);
    }
  }
}

}  // namespace

void draw_heap_map(Canvas& canvas, int x, int y, const HeapAt& heap, const AddressLine& line,
                   const Colouring& colouring, const MapView& view) {
  const CellKinds kinds(colouring, heap.background);
  const Colouring::At at = colouring.at(heap.at);
  // Strips of whole rows, small enough for a processor's cache.
  const int rows = std::max(1, 2048 / view.columns);
  const int strips = (view.rows + rows - 1) / rows;
  in_parallel(static_cast<std::size_t>(strips), [&](std::size_t i) {
    const int first = static_cast<int>(i) * rows;
    const auto count = static_cast<std::size_t>(std::min(rows, view.rows - first)) *
                       static_cast<std::size_t>(view.columns);
    CellSums sums(view.first + static_cast<std::uint64_t>(first) * view.row_bytes(),
                  view.cell_bytes, count, kinds.count());
    sum_pieces(sums, kinds, heap, line, at);
    std::vector<Rgba> cells(count);
    sums.for_each(
        [&](std::size_t cell, const std::uint64_t* bytes) { cells[cell] = kinds.colour(bytes); });
    mark_gaps(cells, sums.begin(), sums.end(), line, view, colouring.palette().gap);
    canvas.paste(cells, view.columns, view.cell_width, view.cell_height, x,
                 y + first * view.cell_height);
  });
}

}  // namespace heapatlas::viewer
