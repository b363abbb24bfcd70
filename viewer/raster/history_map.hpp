// The heap over all time: events across, addresses down, every block a rectangle from its birth to
// its death.
//
// Coverage is exact, box-filtered: a pixel knows which share of its (events x bytes) was in live
// blocks of each category. Each rectangle is splatted into a two-dimensional difference array, four
// entries at each corner, and two running sums turn that into coverage: O(blocks + pixels), in
// integers, so that blocks that touch leave no seam. Edges fall on 4096ths of a pixel: a lone hole
// thinner than that may not show, a share of many thin blocks is right on average. A pixel is then
// coloured as a cell of the heap map is (cell.hpp). Threads share the blocks, and then the rows.
#pragma once

#include "viewer/model/address_line.hpp"
#include "viewer/raster/canvas.hpp"
#include "viewer/raster/cell.hpp"

namespace heapatlas::viewer {

struct HistoryView {
  Event from = 0;  ///< the events shown: [from, to)
  Event to = 1;
  std::uint64_t first = 0;  ///< the positions of the line shown: [first, last)
  std::uint64_t last = 1;
  int width = 1;  ///< pixels
  int height = 1;
};

/// The view of the whole run. The line's gaps must be meant for height: history_line.
[[nodiscard]] HistoryView fit_history(const Run& run, const AddressLine& line, int width,
                                      int height);

/// The line of the run's regions with gaps of about two pixels between pieces.
[[nodiscard]] AddressLine history_line(const Run& run, int height);

/// Draws with the top left at (x, y). By age, blocks are coloured by the age they died at.
void draw_history(Canvas& canvas, int x, int y, const Run& run, const AddressLine& line,
                  const Colouring& colouring, const HistoryView& view);

}  // namespace heapatlas::viewer
