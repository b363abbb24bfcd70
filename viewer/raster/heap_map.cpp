#include "viewer/raster/heap_map.hpp"

#include <algorithm>
#include <bit>
#include <span>
#include <vector>

#include "core/alloc/arithmetic.hpp"

namespace heapatlas::viewer {
namespace {

/// Sums spans into cells, in ascending order, and hands on each cell's colour.
template <class Emit>
class CellSweep {
 public:
  CellSweep(const MapView& view, const SlotColours& colours, Emit emit)
      : view_(view),
        end_(view.first + view.bytes()),
        colours_(colours),
        emit_(emit),
        cell_end_(view.first + view.cell_bytes) {}

  /// A span in positions of the line, at or after the one before it.
  void add(std::uint64_t from, std::uint64_t to, std::size_t slot) {
    from = std::max(from, view_.first);
    to = std::min(to, end_);
    while (from < to) {
      if (from >= cell_end_) go_to(from);
      const std::uint64_t end = std::min(to, cell_end_);
      if (end - from == view_.cell_bytes) {
        emit_(cell_, colours_[slot]);  // the whole cell is of one kind
      } else {
        sum_.add(slot, end - from);
      }
      from = end;
    }
  }
  void finish() { flush(); }

 private:
  void flush() {
    if (!sum_.empty()) emit_(cell_, sum_.colour(colours_));
    sum_.clear();
  }
  /// Makes the cell of a position the current one; most often it is the next.
  void go_to(std::uint64_t position) {
    flush();
    const std::uint64_t cells =
        position - cell_end_ < view_.cell_bytes ? 1 : (position - cell_end_) / view_.cell_bytes + 1;
    cell_ += cells;
    cell_end_ += cells * view_.cell_bytes;
  }

  const MapView& view_;
  std::uint64_t end_;
  const SlotColours& colours_;
  Emit emit_;
  std::uint64_t cell_ = 0;  ///< the cell that sum_ is of
  std::uint64_t cell_end_;  ///< where it ends on the line
  CellSum sum_;
};

/// The part of the live blocks, which are in order of address, that may reach into [from, to).
std::span<const PlacementId> in_range(const Placements& blocks, std::span<const PlacementId> live,
                                      std::uint64_t from, std::uint64_t to) {
  auto first = std::lower_bound(
      live.begin(), live.end(), from,
      [&](PlacementId id, std::uint64_t address) { return blocks[id].address < address; });
  if (first != live.begin()) --first;
  const auto last = std::lower_bound(
      first, live.end(), to,
      [&](PlacementId id, std::uint64_t address) { return blocks[id].address < address; });
  return {first, last};
}

/// The part of the background, which is in order of address, within [from, to).
std::vector<HeapSpan> clipped(const std::vector<HeapSpan>& spans, std::uint64_t from,
                              std::uint64_t to) {
  std::vector<HeapSpan> kept;
  auto span = std::partition_point(spans.begin(), spans.end(),
                                   [from](const HeapSpan& one) { return one.end() <= from; });
  for (; span != spans.end() && span->address < to; ++span) {
    const std::uint64_t address = std::max(span->address, from);
    kept.push_back({address, std::min(span->end(), to) - address, span->state, unknown});
  }
  return kept;
}

/// Marks the cells that stand for address space left out: from the end of a piece to the next one.
void mark_gaps(std::vector<Rgba>& cells, const AddressLine& line, const MapView& view,
               Rgba colour) {
  const std::uint64_t end = view.first + view.bytes();
  for (std::size_t i = 1; i < line.pieces().size(); ++i) {
    const std::uint64_t piece = line.pieces()[i].position;
    const std::uint64_t mark = piece - (view.row_for_piece ? view.row_bytes() : view.cell_bytes);
    for (std::uint64_t at = std::max(mark, view.first); at < std::min(piece, end);
         at += view.cell_bytes)
      cells[(at - view.first) / view.cell_bytes] = colour;
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
      bytes = is_power_of_two(bytes) && bytes > 1 ? bytes + bytes / 2 : std::bit_ceil(bytes + 1);
    } while (!shows_all(view) && bytes < largest_number);
    const double full =
        static_cast<double>(line_for(run, view).length()) / static_cast<double>(view.bytes());
    if (full <= fullest) continue;
    fullest = full;
    best = view;
  }
  return best;
}

void draw_heap_map(Canvas& canvas, int x, int y, const Run& run, const HeapAt& heap,
                   const AddressLine& line, const Colouring& colouring, const MapView& view) {
  std::vector<Rgba> cells(
      static_cast<std::size_t>(view.columns) * static_cast<std::size_t>(view.rows),
      colouring.palette().panel);
  const SlotColours colours = slot_colours(colouring);
  CellSweep sweep(view, colours,
                  [&cells](std::uint64_t cell, Rgba colour) { cells[cell] = colour; });
  for (const AddressLine::Piece& piece : line.pieces()) {
    if (piece.end() <= view.first || piece.position >= view.first + view.bytes()) continue;
    // Of the piece, only what is in view.
    const std::uint64_t skipped = view.first - std::min(view.first, piece.position);
    const std::uint64_t begin = piece.address + skipped;
    const std::uint64_t end =
        piece.address + std::min(piece.size, view.first + view.bytes() - piece.position);
    const auto slot_of_span = [&](const HeapSpan& span) {
      if (span.state == State::live) return colouring.category_of(span.block, heap.at);
      if (span.state == State::slack) return colouring.slack_category_of(span.block, heap.at);
      return slot_of(span.state);
    };
    for_each_span(run.placements, in_range(run.placements, heap.live, begin, end),
                  clipped(heap.background, begin, end), [&](const HeapSpan& span) {
                    const std::uint64_t from = std::max(span.address, begin);
                    const std::uint64_t to = std::min(span.end(), end);
                    if (from < to)
                      sweep.add(piece.position + (from - piece.address),
                                piece.position + (to - piece.address), slot_of_span(span));
                  });
  }
  sweep.finish();
  mark_gaps(cells, line, view, colouring.palette().gap);
  canvas.paste(cells, view.columns, view.cell_width, view.cell_height, x, y);
}

}  // namespace heapatlas::viewer
