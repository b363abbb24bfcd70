#include "viewer/raster/map_picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

#include "viewer/raster/absence.hpp"
#include "viewer/raster/axis.hpp"
#include "viewer/raster/heap_map.hpp"
#include "viewer/raster/sheet.hpp"
#include "viewer/raster/timeline.hpp"

namespace heapatlas::viewer {
namespace {

std::string bytes_text(std::uint64_t bytes) {
  return format_bytes(static_cast<double>(bytes));
}

/// "8.1 MiB requested in 32,941 blocks"
std::string live_text(const Totals& totals) {
  return fmt::format("{} requested in {} blocks", bytes_text(totals.of(State::live)),
                     format_exact(totals.blocks));
}

/// "heap 8.9 MiB, 199.5 KiB of it slack"
std::string heap_text(const Totals& totals) {
  return fmt::format("heap {}, {} of it slack", bytes_text(totals.heap()),
                     bytes_text(totals.of(State::slack)));
}

/// "498 KiB free, the largest run 180 KiB"; what is taken by no live block, and what is opaque.
std::string holes_text(const Totals& totals) {
  std::string text;
  if (totals.holes() != 0)
    text = fmt::format("{} {}, the largest run {}", bytes_text(totals.holes()),
                       totals.of(State::unused) == 0 ? "free" : "in no block",
                       bytes_text(totals.largest_hole));
  if (const std::uint64_t taken = totals.of(State::taken); taken != 0)
    text += fmt::format("{}{} taken by no live block", text.empty() ? "" : "; ", bytes_text(taken));
  if (const std::uint64_t opaque = totals.of(State::opaque); opaque != 0)
    text += fmt::format("{}{} opaque", text.empty() ? "" : "; ", bytes_text(opaque));
  return text;
}

/// "external fragmentation 64%"; empty without holes.
std::string fragmentation_text(const Totals& totals) {
  if (totals.holes() == 0) return {};
  const double largest =
      static_cast<double>(totals.largest_hole) / static_cast<double>(totals.holes());
  return "external fragmentation " + format(1 - largest, Unit::share);
}

/// The texts that say something, with "; " between them.
std::string joined(std::initializer_list<std::string> texts) {
  std::string all;
  for (const std::string& text : texts) {
    if (text.empty()) continue;
    all += (all.empty() ? "" : "; ") + text;
  }
  return all;
}

/// The states that a legend must name: those of the background at these events.
std::vector<State> present_in(const std::vector<Totals>& all) {
  std::vector<State> present;
  for (std::size_t i = static_cast<std::size_t>(State::unused); i < state_count; ++i) {
    const auto holds = [i](const Totals& totals) { return totals.bytes[i] != 0; };
    if (std::any_of(all.begin(), all.end(), holds)) present.push_back(static_cast<State>(i));
  }
  return present;
}

bool has_gaps(const Run& run) {
  return AddressLine{run.regions, 1}.pieces().size() > 1;
}

Colouring colouring_of(const Indexed& run, const PictureOptions& options) {
  return {*run.run, options.colour, *options.palette,
          run.index != nullptr ? run.index->classes() : nullptr};
}

/// Where a piece of the line stands in a map whose pieces begin rows, in pixels from its top.
struct Band {
  int top;
  int bottom;
};
Band band_of(const AddressLine::Piece& piece, const MapView& view) {
  const auto y = [&](std::uint64_t position) {
    const std::uint64_t row =
        std::clamp(position, view.first, view.first + view.bytes()) - view.first;
    return static_cast<int>(row / view.row_bytes()) * view.cell_height;
  };
  return {y(piece.position), y(piece.end() + view.row_bytes() - 1)};
}

/// Round offsets into a stretch of the line, left of a map at the rows in which they lie.
void draw_offsets(Canvas& canvas, Rect map, const AddressLine::Piece& stretch, const MapView& view,
                  const PictureOptions& options, int& free_from) {
  const Font& font = *options.font;
  const int line_height = font.line_height(text_size);
  const Band band = band_of(stretch, view);
  const int most = std::max(2, (band.bottom - band.top) / (2 * line_height));
  for (const double tick : ticks(0, static_cast<double>(stretch.size), most, Unit::bytes)) {
    const auto position = stretch.position + static_cast<std::uint64_t>(tick);
    if (position < view.first || position >= stretch.end()) continue;
    const std::uint64_t row = (position - view.first) / view.row_bytes();
    if (row >= static_cast<std::uint64_t>(view.rows)) return;
    const int y = static_cast<int>(row) * view.cell_height;
    // Where the next stretch begins is worth more than how long this one goes on.
    const int end = tick > 0 ? band.bottom + view.cell_height : map.height;
    if (y < free_from || y + line_height > std::min(end, map.height)) continue;
    const std::string label = format_bytes(tick);
    font.draw(canvas, map.x - 7 - font.width(label, text_size), map.y + y, label, text_size,
              options.palette->faint);
    canvas.horizontal_line(map.y + y, map.x - 4, map.x - 2, options.palette->faint);
    free_from = y + line_height;
  }
}

/// Left of a map: how far into their piece rows are, or into the line where pieces share rows.
void draw_gutter(Canvas& canvas, Rect map, const AddressLine& line, const MapView& view,
                 const PictureOptions& options) {
  int free_from = 0;
  if (!view.row_for_piece) {
    draw_offsets(canvas, map, {0, 0, line.length()}, view, options, free_from);
    return;
  }
  for (const AddressLine::Piece& piece : line.pieces())
    draw_offsets(canvas, map, piece, view, options, free_from);
}

/// One heap map with its gutter, into the room of a sheet.
void draw_map(Canvas& canvas, Rect room, const Run& run, const HeapAt& heap,
              const Colouring& colouring, const MapView& view, const PictureOptions& options,
              bool with_names) {
  const AddressLine line = line_for(run, view);
  const Rect map{room.x, room.y, view.width(), view.height()};
  draw_heap_map(canvas, map.x, map.y, heap, line, colouring, view);
  draw_gutter(canvas, map, line, view, options);
  if (!view.row_for_piece) return;
  for (const AddressLine::Piece& piece : line.pieces()) {
    const Band band = band_of(piece, view);
    const Rect inside{map.x, map.y + band.top, map.width, band.bottom - band.top};
    draw_absence(canvas, inside, run, piece, options);
  }
  if (!with_names) return;
  const PieceNames names(run);
  for (const AddressLine::Piece& piece : line.pieces()) {
    const Band band = band_of(piece, view);
    names.draw(canvas, map.right(), map.y + band.top, map.y + band.bottom, piece, options);
  }
}

/// Rows below the end of the line need not be drawn.
void trim(MapView& view, const Run& run) {
  const std::uint64_t length = line_for(run, view).length();
  const std::uint64_t rows =
      std::max<std::uint64_t>(1, (length + view.row_bytes() - 1) / view.row_bytes());
  view.rows = static_cast<int>(std::min<std::uint64_t>(rows, static_cast<unsigned>(view.rows)));
}

std::string scale_of(const MapView& view) {
  return fmt::format("one cell is {}, one row {}", bytes_text(view.cell_bytes),
                     bytes_text(view.row_bytes()));
}

/// All runs on one scale: the largest cells that any of them needs.
MapView common_view(const std::vector<Indexed>& runs, int width, int height,
                    const PictureOptions& options) {
  MapView common = fit_map(*runs.front().run, width, height, options.row_bytes);
  for (const Indexed& run : runs) {
    const MapView view = fit_map(*run.run, width, height, options.row_bytes);
    if (view.bytes() > common.bytes()) common = view;
  }
  return common;
}

}  // namespace

void draw_map_picture(Canvas& canvas, const Indexed& run, const PictureOptions& options) {
  const Colouring colouring = colouring_of(run, options);
  const HeapAt heap = heap_at(*run.run, run.index, options.at);
  const Totals totals = totals_of(heap);
  Sheet sheet(canvas, options);
  sheet.legend(colouring.title(), legend_of(colouring, present_in({totals}), has_gaps(*run.run)));
  const bool with_names = sheet.rest().width >= 700;
  const int names = with_names ? name_gutter : 0;
  MapView view =
      fit_map(*run.run, sheet.rest().width - gutter - names,
              sheet.rest().height - Sheet::title_height(*options.font, 2), options.row_bytes);
  trim(view, *run.run);
  const std::vector<std::string> details = {
      instant_text(*run.run, options.at) + ": " + joined({live_text(totals), heap_text(totals)}),
      joined({holes_text(totals), fragmentation_text(totals), scale_of(view)})};
  sheet.title(fmt::format("{}   on   {}", run.run->trace, run.run->chain), details);
  sheet.cut_left(gutter);
  draw_map(canvas, sheet.rest(), *run.run, heap, colouring, view, options, with_names);
}

void draw_compare_picture(Canvas& canvas, const std::vector<Indexed>& runs,
                          const PictureOptions& options) {
  Sheet sheet(canvas, options);
  std::vector<HeapAt> heaps;
  std::vector<Totals> totals;
  bool gaps = false;
  for (const Indexed& run : runs) {
    heaps.push_back(heap_at(*run.run, run.index, options.at));
    totals.push_back(totals_of(heaps.back()));
    gaps = gaps || has_gaps(*run.run);
  }
  const Colouring first = colouring_of(runs.front(), options);
  sheet.legend(first.title(), legend_of(first, present_in(totals), gaps));
  const int count = static_cast<int>(runs.size());
  const int width = sheet.rest().width / count;
  const MapView common =
      common_view(runs, std::max(1, width - gutter - Sheet::margin),
                  std::max(1, sheet.rest().height - Sheet::title_height(*options.font, 1) -
                                  Sheet::title_height(*options.font, 3)),
                  options);
  sheet.title(fmt::format("{}   at   {}", runs.front().run->trace,
                          instant_text(*runs.front().run, options.at)),
              {scale_of(common) + ", in all maps"});
  const Rect rest = sheet.rest();
  for (int i = 0; i < count; ++i) {
    const auto k = static_cast<std::size_t>(i);
    const Indexed& run = runs[k];
    const Colouring colouring = colouring_of(run, options);
    MapView view = common;
    trim(view, *run.run);
    Sheet part(canvas, {rest.x + i * width, rest.y, width - Sheet::margin, rest.height}, options);
    part.title(run.run->chain, {live_text(totals[k]), heap_text(totals[k]), holes_text(totals[k])});
    part.cut_left(gutter);
    draw_map(canvas, part.rest(), *run.run, heaps[k], colouring, view, options, false);
  }
}

}  // namespace heapatlas::viewer
