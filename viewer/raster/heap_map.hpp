// The heap at one event, as a grid of cells: row after row, each cell the same number of bytes.
//
// The line of all regions (AddressLine) is cut into rows of `columns` cells. Where addresses were
// left out of the line the map has a gap mark: when pieces are few, each begins on a row of its own
// below a marked row; when they are many, after a marked cell. Cells that no region reaches at the
// event are the panel.
//
// One sweep over the live blocks in view, O(blocks in view + cells), in strips that threads share;
// nothing is kept between pictures.
#pragma once

#include <optional>

#include "viewer/model/address_line.hpp"
#include "viewer/model/heap_state.hpp"
#include "viewer/raster/canvas.hpp"
#include "viewer/raster/cell.hpp"

namespace heapatlas::viewer {

struct MapView {
  std::uint64_t first = 0;  ///< position on the line of the first cell: a multiple of cell_bytes
  std::uint64_t cell_bytes = 1;  ///< >= 1
  int columns = 1;
  int rows = 1;
  int cell_width = 1;         ///< pixels
  int cell_height = 1;        ///< pixels
  bool row_for_piece = true;  ///< every piece of the line begins a row

  [[nodiscard]] int width() const { return columns * cell_width; }
  [[nodiscard]] int height() const { return rows * cell_height; }
  [[nodiscard]] std::uint64_t row_bytes() const {
    return cell_bytes * static_cast<std::uint64_t>(columns);
  }
  [[nodiscard]] std::uint64_t bytes() const {
    return row_bytes() * static_cast<std::uint64_t>(rows);
  }
  /// The position on the line under a pixel of the map.
  [[nodiscard]] std::optional<std::uint64_t> position_at(int x, int y) const;
};

/// The run's regions on a line that is cut as the view asks.
[[nodiscard]] AddressLine line_for(const Run& run, const MapView& view);

/// The view that shows the whole run in width by height pixels, with cells of 4 to 7 times 2^k
/// bytes that fill as much of them as can be; or, with a row size, as much of its beginning as
/// fits.
[[nodiscard]] MapView fit_map(const Run& run, int width, int height, std::uint64_t row_bytes = 0);

/// Draws the map of a heap with its top left at (x, y). line: line_for(run, view).
/// The heap, the line and the colouring are of one run.
void draw_heap_map(Canvas& canvas, int x, int y, const HeapAt& heap, const AddressLine& line,
                   const Colouring& colouring, const MapView& view);

}  // namespace heapatlas::viewer
