#include "viewer/raster/picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "viewer/raster/axis.hpp"
#include "viewer/raster/heap_map.hpp"
#include "viewer/raster/history_map.hpp"
#include "viewer/raster/legend.hpp"
#include "viewer/raster/timeline.hpp"

namespace heapatlas::viewer {
namespace {

constexpr int margin = 14;
constexpr int title_size = 16;

/// The room of a picture, taken up from its edges.
class Sheet {
 public:
  Sheet(Canvas& canvas, Rect rect, const PictureOptions& options)
      : canvas_(canvas), rect_(rect), palette_(*options.palette), font_(*options.font) {}

  [[nodiscard]] Rect rest() const { return rect_; }

  void title(std::string_view text, const std::vector<std::string>& details) {
    font_.draw(canvas_, rect_.x, rect_.y, font_.fitted(text, title_size, rect_.width), title_size,
               palette_.ink);
    cut_top(font_.line_height(title_size) + 2);
    for (const std::string& detail : details) {
      font_.draw(canvas_, rect_.x, rect_.y, font_.fitted(detail, text_size, rect_.width), text_size,
                 palette_.faint);
      cut_top(font_.line_height(text_size));
    }
    cut_top(8);
  }
  void legend(const std::string& title, const std::vector<LegendEntry>& entries) {
    const auto draw = [&](Canvas* canvas, int y) {
      return draw_legend(canvas, rect_.x, y, rect_.width, title, entries, palette_, font_);
    };
    const int height = draw(nullptr, 0);
    draw(&canvas_, rect_.bottom() - height);
    rect_.height -= height + 8;
  }
  void cut_top(int by) {
    rect_.y += by;
    rect_.height -= by;
  }
  void cut_left(int by) {
    rect_.x += by;
    rect_.width -= by;
  }
  void cut_bottom(int by) { rect_.height -= by; }

 private:
  Canvas& canvas_;
  Rect rect_;
  const Palette& palette_;
  const Font& font_;
};

/// Two lines of what an event's heap holds.
std::vector<std::string> describe(const Totals& totals, Event at) {
  const auto bytes = [](std::uint64_t count) { return format_bytes(static_cast<double>(count)); };
  return {
      fmt::format("event {}: {} in {} blocks, and {} slack", format_count(static_cast<double>(at)),
                  bytes(totals.of(State::live)), totals.blocks, bytes(totals.of(State::slack))),
      fmt::format("{} in no block, {} of it in one run", bytes(totals.holes()),
                  bytes(totals.largest_hole))};
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

/// The addresses left of a map, one for each labelled row.
void draw_gutter(Canvas& canvas, Rect map, const AddressLine& line, const MapView& view,
                 const PictureOptions& options) {
  const int line_height = options.font->line_height(text_size);
  const int step = std::max(1, (line_height * 2 + view.cell_height - 1) / view.cell_height);
  for (int row = 0; row < view.rows; row += step) {
    const int y = row * view.cell_height;
    if (y + line_height > map.height) break;
    const auto position = view.position_at(0, y);
    if (!position || *position >= line.length()) break;
    const auto address = line.address_at(*position);
    if (!address) continue;
    const std::string label = fmt::format("{:x}", *address);
    options.font->draw(canvas, map.x - 6 - options.font->width(label, text_size), map.y + y, label,
                       text_size, options.palette->faint);
    canvas.horizontal_line(map.y + y, map.x - 4, map.x - 2, options.palette->faint);
  }
}

/// One heap map with its gutter, into the room of a sheet.
void draw_map(Canvas& canvas, Rect room, const Run& run, const HeapAt& heap,
              const Colouring& colouring, const MapView& view, const PictureOptions& options) {
  const AddressLine line = line_for(run, view);
  const Rect map{room.x, room.y, view.width(), view.height()};
  draw_heap_map(canvas, map.x, map.y, heap, line, colouring, view);
  draw_gutter(canvas, map, line, view, options);
}

/// Rows below the end of the line need not be drawn.
void trim(MapView& view, const Run& run) {
  const std::uint64_t length = line_for(run, view).length();
  const std::uint64_t rows =
      std::max<std::uint64_t>(1, (length + view.row_bytes() - 1) / view.row_bytes());
  view.rows = static_cast<int>(std::min<std::uint64_t>(rows, static_cast<unsigned>(view.rows)));
}

std::string scale_of(const MapView& view) {
  return fmt::format("one cell is {}, one row {}",
                     format_bytes(static_cast<double>(view.cell_bytes)),
                     format_bytes(static_cast<double>(view.row_bytes())));
}

/// The title of one map, above it: what is drawn and at which scale.
void draw_map_title(Sheet& sheet, std::string_view title, const Totals& totals, Event at,
                    const MapView& view) {
  std::vector<std::string> details = describe(totals, at);
  details.back() += "; " + scale_of(view);
  sheet.title(title, details);
}
int map_title_height(const Font& font) {
  return font.line_height(title_size) + 2 + 2 * font.line_height(text_size) + 8;
}

void draw_map_picture(Canvas& canvas, const Indexed& run, const PictureOptions& options) {
  const Colouring colouring(*run.run, options.colour, *options.palette);
  const HeapAt heap = heap_at(*run.run, run.index, options.at);
  const Totals totals = totals_of(heap);
  Sheet sheet(canvas, canvas.bounds().inset(margin), options);
  sheet.legend(colouring.title(), legend_of(colouring, present_in({totals}), has_gaps(*run.run)));
  MapView view = fit_map(*run.run, sheet.rest().width - gutter,
                         sheet.rest().height - map_title_height(*options.font), options.row_bytes);
  trim(view, *run.run);
  draw_map_title(sheet, fmt::format("{}   on   {}", run.run->trace, run.run->chain), totals,
                 options.at, view);
  sheet.cut_left(gutter);
  draw_map(canvas, sheet.rest(), *run.run, heap, colouring, view, options);
}

void draw_history_picture(Canvas& canvas, const Indexed& run, const PictureOptions& options) {
  const Colouring colouring(*run.run, options.colour, *options.palette);
  Sheet sheet(canvas, canvas.bounds().inset(margin), options);
  const bool foreign = std::any_of(run.run->regions.begin(), run.run->regions.end(),
                                   [](const Region& region) { return !region.own; });
  sheet.title(
      fmt::format("{}   on   {}", run.run->trace, run.run->chain),
      {"every block from its birth to its death: events to the right, addresses downwards"});
  const AddressLine line = history_line(*run.run, sheet.rest().height);
  sheet.legend(colouring.title(), legend_of(colouring,
                                            foreign ? std::vector{State::unused, State::opaque}
                                                    : std::vector{State::unused},
                                            false));
  sheet.cut_left(gutter);
  sheet.cut_bottom(options.font->line_height(text_size) + 6);
  const Rect plot = sheet.rest();
  const HistoryView view = fit_history(*run.run, line, plot.width, plot.height);
  draw_history(canvas, plot.x, plot.y, *run.run, line, colouring, view);
  for (const double tick :
       ticks(0, static_cast<double>(line.length()), plot.height / 36, Unit::bytes)) {
    const auto position = static_cast<std::uint64_t>(tick);
    const auto address = line.address_at(position);
    if (!address) continue;
    const int y = plot.y + column_at(position, view.first, view.last, plot.height);
    const std::string label = fmt::format("{:x}", *address);
    options.font->draw(canvas, plot.x - 6 - options.font->width(label, text_size),
                       std::min(y, plot.bottom() - options.font->line_height(text_size)), label,
                       text_size, options.palette->faint);
    canvas.horizontal_line(y, plot.x - 4, plot.x - 2, options.palette->faint);
  }
  draw_event_axis(canvas, plot, view.from, view.to, *options.palette, *options.font);
}

/// Series that share a unit share a panel.
std::vector<std::vector<const Series*>> panels_of(const Run& run) {
  std::vector<std::vector<const Series*>> panels;
  for (const Series& series : run.series) {
    const auto fits = std::find_if(panels.begin(), panels.end(), [&](const auto& panel) {
      return panel.front()->unit == series.unit;
    });
    if (fits != panels.end()) {
      fits->push_back(&series);
    } else {
      panels.push_back({&series});
    }
  }
  return panels;
}

void draw_timeline_picture(Canvas& canvas, const Indexed& run, const PictureOptions& options) {
  Sheet sheet(canvas, canvas.bounds().inset(margin), options);
  sheet.title(fmt::format("{}   on   {}", run.run->trace, run.run->chain),
              {"quantities over the events of the trace; faint lines where the heap was walked"});
  sheet.cut_left(gutter);
  sheet.cut_bottom(options.font->line_height(text_size) + 6);
  const auto panels = panels_of(*run.run);
  if (panels.empty()) return;
  TimelineView view{0, std::max<Event>(1, run.run->events), options.at, {}};
  for (const Snapshot& snapshot : run.run->snapshots) view.marks.push_back(snapshot.at);
  const int between = 12;
  const int count = static_cast<int>(panels.size());
  const int height = (sheet.rest().height - between * (count - 1)) / count;
  for (const auto& panel : panels) {
    const Rect plot{sheet.rest().x, sheet.rest().y, sheet.rest().width, height};
    draw_timeline(canvas, plot, panel, view, *options.palette, *options.font);
    if (&panel == &panels.back())
      draw_event_axis(canvas, plot, view.from, view.to, *options.palette, *options.font);
    sheet.cut_top(height + between);
  }
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

void draw_compare_picture(Canvas& canvas, const std::vector<Indexed>& runs,
                          const PictureOptions& options) {
  Sheet sheet(canvas, canvas.bounds().inset(margin), options);
  std::vector<HeapAt> heaps;
  std::vector<Totals> totals;
  bool gaps = false;
  for (const Indexed& run : runs) {
    heaps.push_back(heap_at(*run.run, run.index, options.at));
    totals.push_back(totals_of(heaps.back()));
    gaps = gaps || has_gaps(*run.run);
  }
  const Colouring first(*runs.front().run, options.colour, *options.palette);
  sheet.legend(first.title(), legend_of(first, present_in(totals), gaps));
  const int count = static_cast<int>(runs.size());
  const Rect rest = sheet.rest();
  const int width = rest.width / count;
  const MapView common =
      common_view(runs, std::max(1, width - gutter - margin),
                  std::max(1, rest.height - map_title_height(*options.font)), options);
  for (int i = 0; i < count; ++i) {
    const auto k = static_cast<std::size_t>(i);
    const Indexed& run = runs[k];
    const Colouring colouring(*run.run, options.colour, *options.palette);
    MapView view = common;
    trim(view, *run.run);
    Sheet part(canvas, {rest.x + i * width, rest.y, width - margin, rest.height}, options);
    draw_map_title(part, run.run->chain, totals[k], options.at, view);
    part.cut_left(gutter);
    draw_map(canvas, part.rest(), *run.run, heaps[k], colouring, view, options);
  }
}

}  // namespace

std::optional<PictureKind> parse_picture_kind(std::string_view text) {
  static constexpr std::string_view kinds[] = {"map", "history", "timeline", "compare"};
  const auto found = std::find(std::begin(kinds), std::end(kinds), text);
  if (found == std::end(kinds)) return {};
  return static_cast<PictureKind>(found - std::begin(kinds));
}

Canvas draw_picture(const std::vector<Indexed>& runs, const PictureOptions& options) {
  Canvas canvas(std::max(options.width, min_picture_width),
                std::max(options.height, min_picture_height), options.palette->paper);
  switch (options.kind) {
    case PictureKind::map:
      draw_map_picture(canvas, runs.front(), options);
      break;
    case PictureKind::history:
      draw_history_picture(canvas, runs.front(), options);
      break;
    case PictureKind::timeline:
      draw_timeline_picture(canvas, runs.front(), options);
      break;
    case PictureKind::compare:
      draw_compare_picture(canvas, runs, options);
      break;
  }
  return canvas;
}

}  // namespace heapatlas::viewer
