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
      : panel_(colouring.palette().panel), categories_(colouring.categories().size()) {
    std::array<Rgba, slot_count> colours{};
    for (std::size_t i = 0; i < categories_; ++i) colours[i] = colouring.categories()[i].colour;
    std::array<bool, state_count> present{};
    for (const HeapSpan& span : background) present[static_cast<std::size_t>(span.state)] = true;
    count_ = categories_;
    const auto add = [&](State state) {
      colours[count_] = colouring.colour_of(state);
      of_state_[static_cast<std::size_t>(state)] = count_++;
    };
    for (std::size_t i = 0; i < state_count; ++i) {
      const auto state = static_cast<State>(i);
      if (present[i] && state != State::unused && state != State::free) add(state);
    }
    used_ = count_;
    add(State::unused);
    add(State::free);
    hues_ = std::max<std::size_t>(1, used_);  // one at least, though nothing shows of it
    for (const std::size_t ground : {used_, used_ + 1})
      for (std::size_t hue = 0; hue < hues_; ++hue)
        for (unsigned share = 0; share <= 256; ++share)
          mixed_.push_back(mix(colours[ground], colours[hue], share));
  }

  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] std::size_t of(State state) const {
    return of_state_[static_cast<std::size_t>(state)];
  }
  /// beneath: the state that the bytes of all categories are counted in as well; empty: none.
  template <class Sum>
  [[nodiscard]] Rgba colour(const Sum* bytes, std::optional<State> beneath) const {
    // The most, and of equals the first, in one number: four bits hold a kind.
    Sum used = 0;
    Sum most = 15;
    const auto weigh = [&](std::size_t kind, Sum of_kind) {
      used += of_kind;
      most = std::max(most, static_cast<Sum>(of_kind << 4 | (15 - kind)));
    };
    for (std::size_t i = 0; i < categories_; ++i) weigh(i, bytes[i]);
    const std::size_t under = beneath ? of(*beneath) : count_;
    const Sum twice = used;
    for (std::size_t i = categories_; i < used_; ++i)
      weigh(i, i == under ? static_cast<Sum>(bytes[i] - twice) : bytes[i]);
    const auto hole = [&](std::size_t kind) {
      return kind == under ? static_cast<Sum>(bytes[kind] - twice) : bytes[kind];
    };
    const Sum unused = hole(used_);
    const Sum free = hole(used_ + 1);
    if (used + unused + free == 0) return panel_;
    const std::size_t hue = 15 - (most & 15);
    const std::size_t ground = unused > free ? 0 : hues_;
    return mixed_[(ground + hue) * 257 + used_share(used, static_cast<Sum>(unused + free))];
  }

 private:
  Rgba panel_;
  std::size_t categories_;
  std::size_t used_ = 0;   ///< and with the states that are no holes
  std::size_t count_ = 0;  ///< and with those that are
  std::size_t hues_ = 0;
  std::array<std::size_t, state_count> of_state_{};
  std::vector<Rgba> mixed_;  ///< by ground (unused, free), hue, and share from 0 to 256
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
template <class Sum>
class PieceSweep {
 public:
  PieceSweep(CellSums<Sum>& sums, const CellKinds& kinds, const HeapAt& heap,
             const AddressLine::Piece& piece)
      : pen_(sums.pen(piece.address - piece.position)),
        kinds_(kinds),
        heap_(heap),
        begin_(std::max(piece.position, sums.begin()) + piece.address - piece.position),
        end_(std::min(piece.end(), sums.end()) + piece.address - piece.position) {}

  void sum_background() {
    const Background& background = *heap_.background;
    Beneath(background.bare ? *background.bare : background.spans, begin_)
        .for_each(begin_, end_, [this](std::uint64_t from, std::uint64_t to, State state) {
          pen_.add(from, to, kinds_.of(state));
        });
  }
  /// take_off: what lies beneath blocks does not count.
  void sum_blocks(const Colouring::At& colouring, bool take_off) {
    if (colouring.slack_apart()) {
      sum_blocks(take_off, [pen = pen_](const CutBlock& block) {
        pen.add_pair(block.from, block.slack_from, block.to);
      });
    } else {
      sum_blocks(take_off, [pen = pen_, colouring](const CutBlock& block) {
        pen.add(block.from, block.to, colouring.category_of(block.id, block.classes));
      });
    }
  }
  /// The one state that lies beneath all of the piece, as it most often does without a walk.
  [[nodiscard]] std::optional<State> all_beneath() const {
    std::optional<State> all;
    Beneath(heap_, begin_)
        .for_each(begin_, end_, [&](std::uint64_t from, std::uint64_t to, State state) {
          if (from == begin_ && to == end_) all = state;
        });
    return all;
  }

 private:
  template <class Add>
  void sum_blocks(bool take_off, Add&& add) {
    if (!take_off) {
      for_each_block(heap_, begin_, end_, add);
      return;
    }
    Beneath beneath(heap_, begin_);
    for_each_block(heap_, begin_, end_, [&](const CutBlock& block) {
      add(block);
      beneath.for_each(block, [&](std::uint64_t from, std::uint64_t to, State state) {
        pen_.take_off(from, to, kinds_.of(state));
      });
    });
  }

  typename CellSums<Sum>::Pen pen_;
  const CellKinds& kinds_;
  const HeapAt& heap_;
  std::uint64_t begin_;  ///< the addresses of the piece that the sums are for
  std::uint64_t end_;
};

/// Sums the bytes of all pieces. Gives the state of which the bytes of blocks have not been taken
/// off, if there is one: it is beneath all blocks.
template <class Sum>
std::optional<State> sum_pieces(CellSums<Sum>& sums, const CellKinds& kinds, const HeapAt& heap,
                                const AddressLine& line, const Colouring::At& colouring) {
  const auto& pieces = line.pieces();
  auto piece = std::partition_point(
      pieces.begin(), pieces.end(),
      [&](const AddressLine::Piece& one) { return one.end() <= sums.begin(); });
  std::optional<State> beneath;
  for (; piece != pieces.end() && piece->position < sums.end(); ++piece) {
    PieceSweep<Sum> sweep(sums, kinds, heap, *piece);
    sweep.sum_background();
    const bool alone = piece->position <= sums.begin() && piece->end() >= sums.end();
    if (alone && !heap.background->bare) beneath = sweep.all_beneath();
    sweep.sum_blocks(colouring, !beneath && !heap.background->bare);
  }
  return beneath;
}

/// The colours of some cells of a view.
template <class Sum>
std::vector<Rgba> colour_cells(std::uint64_t begin, std::size_t count, const CellKinds& kinds,
                               const HeapAt& heap, const AddressLine& line,
                               const Colouring::At& colouring, const MapView& view) {
  CellSums<Sum> sums(begin, view.cell_bytes, count, kinds.count());
  const std::optional<State> beneath = sum_pieces(sums, kinds, heap, line, colouring);
  std::vector<Rgba> cells(count);
  for (std::size_t cell = 0; cell < count; ++cell)
    cells[cell] = kinds.colour(sums.of(cell), beneath);
  return cells;
}

}  // namespace

void draw_heap_map(Canvas& canvas, int x, int y, const HeapAt& heap, const AddressLine& line,
                   const Colouring& colouring, const MapView& view) {
  const CellKinds kinds(colouring, heap.background->spans);
  const Colouring::At at = colouring.at(heap.at);
  // Small sums are quicker, as long as used_share cannot overflow them.
  const auto colours = view.cell_bytes <= std::uint64_t{1} << 24 ? colour_cells<std::uint32_t>
                                                                 : colour_cells<std::uint64_t>;
  // Strips of whole rows, small enough for a processor's cache.
  const int rows = std::max(1, 2048 / view.columns);
  const int strips = (view.rows + rows - 1) / rows;
  in_parallel(static_cast<std::size_t>(strips), [&](std::size_t i) {
    const int first = static_cast<int>(i) * rows;
    const auto count = static_cast<std::size_t>(std::min(rows, view.rows - first)) *
                       static_cast<std::size_t>(view.columns);
    const std::uint64_t begin = view.first + static_cast<std::uint64_t>(first) * view.row_bytes();
    auto cells = colours(begin, count, kinds, heap, line, at, view);
    mark_gaps(cells, begin, begin + count * view.cell_bytes, line, view, colouring.palette().gap);
    canvas.paste(cells, view.columns, view.cell_width, view.cell_height, x,
                 y + first * view.cell_height);
  });
}

}  // namespace heapatlas::viewer
