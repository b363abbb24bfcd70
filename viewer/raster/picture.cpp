#include "viewer/raster/picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "viewer/raster/axis.hpp"
#include "viewer/raster/history_map.hpp"
#include "viewer/raster/map_picture.hpp"
#include "viewer/raster/sheet.hpp"
#include "viewer/raster/timeline.hpp"

namespace heapatlas::viewer {
namespace {

/// The instants that a picture over time names: those that were walked, and the one asked for.
std::vector<Mark> marks_of(const Run& run, Event at) {
  std::vector<Mark> marks;
  const auto add = [&](Event event, const std::string& label) {
    const auto same = std::find_if(marks.begin(), marks.end(),
                                   [event](const Mark& mark) { return mark.at == event; });
    if (same == marks.end()) {
      marks.push_back({event, label});
    } else if (!label.empty()) {
      same->label += (same->label.empty() ? "" : ", ") + label;
    }
  };
  for (const Snapshot& snapshot : run.snapshots) add(snapshot.at, snapshot.label);
  if (run.snapshot_at(at) == nullptr) add(at, "event " + format_exact(at));
  std::stable_sort(marks.begin(), marks.end(),
                   [](const Mark& a, const Mark& b) { return a.at < b.at; });
  return marks;
}

/// The offsets of each piece of a line, left of a plot, and the pieces' names right of it.
void draw_places(Canvas& canvas, Rect plot, const Run& run, const AddressLine& line,
                 const HistoryView& view, const PictureOptions& options, bool with_names) {
  const Font& font = *options.font;
  const int height = font.line_height(text_size);
  const PieceNames names(run);
  int free_from = plot.y;
  for (const AddressLine::Piece& piece : line.pieces()) {
    const int top = plot.y + column_at(piece.position, view.first, view.last, plot.height);
    const int bottom = plot.y + column_at(piece.end(), view.first, view.last, plot.height);
    const int most = std::max(2, (bottom - top) / (2 * height));
    for (const double tick : ticks(0, static_cast<double>(piece.size), most, Unit::bytes)) {
      const auto position = piece.position + static_cast<std::uint64_t>(tick);
      const int y = plot.y + column_at(position, view.first, view.last, plot.height);
      // Where the next piece begins is worth more than how long this one goes on.
      if (y < free_from || y + height > (tick > 0 ? bottom + 2 : plot.bottom())) continue;
      const std::string label = format_bytes(tick);
      font.draw(canvas, plot.x - 7 - font.width(label, text_size), y, label, text_size,
                options.palette->faint);
      canvas.horizontal_line(y, plot.x - 4, plot.x - 2, options.palette->faint);
      free_from = y + height;
    }
    if (with_names) names.draw(canvas, plot.right(), top, bottom, piece, options);
  }
}

void draw_history_picture(Canvas& canvas, const Indexed& indexed, const PictureOptions& options) {
  const Run& run = *indexed.run;
  const Colouring colouring(run, options.colour, *options.palette);
  Sheet sheet(canvas, options);
  const bool with_names = sheet.rest().width >= 700;
  sheet.title(
      fmt::format("{}   on   {}", run.trace, run.chain),
      {"every block from its birth to its death: events to the right, addresses downwards"});
  const AddressLine line = history_line(run, sheet.rest().height);
  std::vector<State> present{State::unused};
  if (std::any_of(run.regions.begin(), run.regions.end(),
                  [](const Region& region) { return !region.own; }))
    present.push_back(State::opaque);
  sheet.legend(colouring.title(), legend_of(colouring, present, false));
  sheet.cut_left(gutter);
  if (with_names) sheet.cut_right(name_gutter);
  sheet.cut_top(options.font->line_height(text_size) + 6);
  sheet.cut_bottom(options.font->line_height(text_size) + 6);
  const Rect plot = sheet.rest();
  const HistoryView view = fit_history(run, line, plot.width, plot.height);
  draw_history(canvas, plot.x, plot.y, run, line, colouring, view);
  draw_places(canvas, plot, run, line, view, options, with_names);
  draw_marks(canvas, plot, marks_of(run, options.at), view.from, view.to, *options.palette,
             *options.font);
  draw_event_axis(canvas, plot, view.from, view.to, *options.palette, *options.font);
}

double highest(const Series& series) {
  return series.value.empty() ? 0 : *std::max_element(series.value.begin(), series.value.end());
}

/// Series that share a unit share a panel, unless one would flatten the other.
std::vector<std::vector<const Series*>> panels_of(const Run& run) {
  std::vector<std::vector<const Series*>> panels;
  for (const Series& series : run.series) {
    const auto fits = std::find_if(panels.begin(), panels.end(), [&](const auto& panel) {
      const double first = highest(*panel.front());
      return panel.front()->unit == series.unit && (first <= 0 || highest(series) < 16 * first);
    });
    if (fits != panels.end()) {
      fits->push_back(&series);
    } else {
      panels.push_back({&series});
    }
  }
  return panels;
}

void draw_timeline_picture(Canvas& canvas, const Indexed& indexed, const PictureOptions& options) {
  const Run& run = *indexed.run;
  Sheet sheet(canvas, options);
  sheet.title(fmt::format("{}   on   {}", run.trace, run.chain),
              {"quantities over the events of the trace"});
  sheet.cut_left(gutter);
  sheet.cut_top(options.font->line_height(text_size) + 6);
  sheet.cut_bottom(options.font->line_height(text_size) + 6);
  const auto panels = panels_of(run);
  if (panels.empty()) return;
  TimelineView view{0, std::max<Event>(1, run.events), options.at, {}};
  for (const Snapshot& snapshot : run.snapshots) view.marks.push_back(snapshot.at);
  const int between = 12;
  const int count = static_cast<int>(panels.size());
  const int height = (sheet.rest().height - between * (count - 1)) / count;
  draw_marks(canvas, sheet.rest(), marks_of(run, options.at), view.from, view.to, *options.palette,
             *options.font);
  for (const auto& panel : panels) {
    const Rect plot{sheet.rest().x, sheet.rest().y, sheet.rest().width, height};
    draw_timeline(canvas, plot, panel, view, *options.palette, *options.font);
    if (&panel == &panels.back())
      draw_event_axis(canvas, plot, view.from, view.to, *options.palette, *options.font);
    sheet.cut_top(height + between);
  }
}

}  // namespace

std::string instant_text(const Run& run, Event at) {
  std::string text = "event " + format_exact(at);
  std::string labels;
  for (const Snapshot& snapshot : run.snapshots)
    if (snapshot.at == at && !snapshot.label.empty())
      labels += (labels.empty() ? "" : ", ") + snapshot.label;
  return labels.empty() ? text : text + " (" + labels + ")";
}

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
