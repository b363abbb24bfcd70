// Quantities over time: one panel of curves that share a unit, with its axes.
//
// A series keeps each value until the next. Of the values that fall into one pixel column the
// lowest and the highest are drawn, so that no spike is lost, however many events a pixel holds.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "viewer/raster/canvas.hpp"
#include "viewer/raster/palette.hpp"
#include "viewer/raster/text.hpp"

namespace heapatlas::viewer {

struct TimelineView {
  Event from = 0;  ///< the events shown: [from, to)
  Event to = 1;
  std::optional<Event> cursor;  ///< a line at this event
  std::vector<Event> marks;     ///< faint lines at these
};

/// The lowest and highest value of a series in each of `columns` equal parts of [from, to). Columns
/// before its first value are empty.
struct MinMax {
  double low = 0;
  double high = 0;
};
[[nodiscard]] std::vector<std::optional<MinMax>> columns_of(const Series& series, Event from,
                                                            Event to, int columns);

/// Where an event of [from, to) stands among `width` pixels.
[[nodiscard]] int column_at(Event at, Event from, Event to, int width);

/// The room left of a plot for its numbers.
inline constexpr int gutter = 68;

/// Draws a plot of the series, each in the palette's class of its place, into `plot`; the numbers
/// go to its left, the series' names into its top. All series must have one unit.
void draw_timeline(Canvas& canvas, Rect plot, const std::vector<const Series*>& series,
                   const TimelineView& view, const Palette& palette, const Font& font);

/// An instant with a name.
struct Mark {
  Event at;
  std::string label;
};
/// The names of instants above a plot, as many as there is room for, each with a notch that points
/// at its column.
void draw_marks(Canvas& canvas, Rect plot, const std::vector<Mark>& marks, Event from, Event to,
                const Palette& palette, const Font& font);

/// The axis of events below a plot: ticks and numbers.
void draw_event_axis(Canvas& canvas, Rect plot, Event from, Event to, const Palette& palette,
                     const Font& font);

}  // namespace heapatlas::viewer
