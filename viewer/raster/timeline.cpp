#include "viewer/raster/timeline.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "viewer/raster/axis.hpp"

namespace heapatlas::viewer {
namespace {

/// The range that the vertical axis shows: from 0, or below, to a little above the highest value.
MinMax range_of(const std::vector<const Series*>& series) {
  MinMax range;
  for (const Series* one : series) {
    for (const double value : one->value) {
      if (!std::isfinite(value)) continue;
      range.low = std::min(range.low, value);
      range.high = std::max(range.high, value);
    }
  }
  if (range.high <= range.low) range.high = range.low + 1;
  range.high += (range.high - range.low) * 0.03;
  return range;
}

class Plot {
 public:
  Plot(Rect rect, MinMax range) : rect_(rect), range_(range) {}
  [[nodiscard]] int y(double value) const {
    const double share = (value - range_.low) / (range_.high - range_.low);
    return rect_.bottom() - 1 -
           static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * (rect_.height - 1)));
  }

 private:
  Rect rect_;
  MinMax range_;
};

void draw_scale(Canvas& canvas, Rect rect, const Plot& plot, MinMax range, Unit unit,
                const Palette& palette, const Font& font) {
  const int line = font.line_height(text_size);
  for (const double tick : ticks(range.low, range.high, std::max(2, rect.height / 36), unit)) {
    const int y = plot.y(tick);
    canvas.horizontal_line(y, rect.x, rect.right() - 1, mix(palette.panel, palette.faint, 80));
    const std::string label = format(tick, unit);
    const int top = std::clamp(y - line / 2, rect.y - line / 4, rect.bottom() - line + line / 4);
    font.draw(canvas, rect.x - 6 - font.width(label, text_size), top, label, text_size,
              palette.faint);
  }
}

void draw_curve(Canvas& canvas, Rect rect, const Plot& plot,
                const std::vector<std::optional<MinMax>>& columns, Rgba colour) {
  std::optional<int> before;
  for (int i = 0; i < rect.width; ++i) {
    const auto& column = columns[static_cast<std::size_t>(i)];
    if (!column) continue;
    int top = plot.y(column->high);
    int bottom = plot.y(column->low);
    // A column joins the one before it, so that a curve is one line.
    if (before && *before < top) top = *before;
    if (before && *before > bottom) bottom = *before;
    canvas.vertical_line(rect.x + i, top, bottom, colour);
    canvas.blend(rect.x + i, top - 1, colour, 110);
    before = plot.y((column->high + column->low) / 2);
  }
}

}  // namespace

std::vector<std::optional<MinMax>> columns_of(const Series& series, Event from, Event to,
                                              int columns) {
  std::vector<std::optional<MinMax>> found(static_cast<std::size_t>(columns));
  std::size_t i = 0;
  std::optional<double> value;
  for (int column = 0; column < columns; ++column) {
    const double share = static_cast<double>(column + 1) / columns;
    const Event end = from + static_cast<Event>(static_cast<double>(to - from) * share);
    std::optional<MinMax>& here = found[static_cast<std::size_t>(column)];
    if (value) here = MinMax{*value, *value};
    for (; i < series.at.size() && series.at[i] < end; ++i) {
      const double next = series.value[i];
      if (!std::isfinite(next)) continue;
      value = next;
      if (series.at[i] < from) {
        here = MinMax{next, next};
      } else {
        here = here ? MinMax{std::min(here->low, next), std::max(here->high, next)}
                    : MinMax{next, next};
      }
    }
  }
  return found;
}

int column_at(Event at, Event from, Event to, int width) {
  if (to <= from) return 0;
  const double share =
      (static_cast<double>(at) - static_cast<double>(from)) / static_cast<double>(to - from);
  return static_cast<int>(std::clamp(share * width, 0.0, static_cast<double>(width - 1)));
}

void draw_timeline(Canvas& canvas, Rect plot, const std::vector<const Series*>& series,
                   const TimelineView& view, const Palette& palette, const Font& font) {
  canvas.fill(plot, palette.panel);
  if (series.empty()) return;
  const MinMax range = range_of(series);
  Rect curves = plot;  // below the names
  const int names = font.line_height(text_size) + 8;
  if (plot.height > 3 * names) {
    curves.y += names;
    curves.height -= names;
  }
  const Plot scale(curves, range);
  draw_scale(canvas, curves, scale, range, series.front()->unit, palette, font);
  for (const Event mark : view.marks)
    canvas.vertical_line(plot.x + column_at(mark, view.from, view.to, plot.width), plot.y,
                         plot.bottom() - 1, mix(palette.panel, palette.faint, 140));
  int name_x = plot.x + 8;
  for (std::size_t i = series.size(); i-- > 0;)
    draw_curve(canvas, curves, scale, columns_of(*series[i], view.from, view.to, plot.width),
               palette.classes[i % 8]);
  for (std::size_t i = 0; i < series.size(); ++i) {
    const int y = plot.y + 5;
    std::string name = series[i]->name;
    std::replace(name.begin(), name.end(), '_', ' ');
    canvas.fill(
        {name_x - 6, plot.y, font.width(name, text_size) + 38, font.line_height(text_size) + 8},
        palette.panel);
    canvas.fill({name_x, y + font.line_height(text_size) / 2 - 1, 14, 3}, palette.classes[i % 8]);
    font.draw(canvas, name_x + 20, y, name, text_size, palette.ink);
    name_x += 20 + font.width(name, text_size) + 18;
  }
  if (view.cursor)
    canvas.vertical_line(plot.x + column_at(*view.cursor, view.from, view.to, plot.width), plot.y,
                         plot.bottom() - 1, palette.cursor);
}

void draw_marks(Canvas& canvas, Rect plot, const std::vector<Mark>& marks, Event from, Event to,
                const Palette& palette, const Font& font) {
  const int baseline = plot.y - font.line_height(text_size) - 6;
  int free_from = plot.x;
  // From the right: what comes late in a run, its peak above all, has the first claim to the room.
  int free_until = plot.right();
  for (auto mark = marks.rbegin(); mark != marks.rend(); ++mark) {
    const int x = plot.x + column_at(mark->at, from, to, plot.width);
    for (int i = 0; i < 5; ++i)
      canvas.horizontal_line(plot.y - 2 - i, x - i / 2, x + i / 2, palette.ink);
    const int width = font.width(mark->label, text_size);
    const int left = std::min(x - width / 2, free_until - width);
    if (left < free_from || left + width < x - width) continue;
    font.draw(canvas, left, baseline, mark->label, text_size, palette.ink);
    free_until = left - 10;
  }
}

void draw_event_axis(Canvas& canvas, Rect plot, Event from, Event to, const Palette& palette,
                     const Font& font) {
  const auto values = ticks(static_cast<double>(from), static_cast<double>(to),
                            std::max(2, plot.width / 110), Unit::count);
  int free_from = plot.x - gutter;
  for (const double tick : values) {
    const int x = plot.x + column_at(static_cast<Event>(tick), from, to, plot.width);
    canvas.vertical_line(x, plot.bottom(), plot.bottom() + 3, palette.faint);
    const std::string label = format_count(tick) + (tick == values.back() ? " events" : "");
    const int width = font.width(label, text_size);
    const int left = std::min(x - width / 2, plot.right() - width);
    if (left < free_from) continue;
    font.draw(canvas, left, plot.bottom() + 5, label, text_size, palette.faint);
    free_from = left + width + 8;
  }
}

}  // namespace heapatlas::viewer
