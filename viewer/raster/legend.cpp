#include "viewer/raster/legend.hpp"

#include <algorithm>

#include "viewer/raster/cell.hpp"

namespace heapatlas::viewer {

std::vector<LegendEntry> legend_of(const Colouring& colouring, const std::vector<State>& present,
                                   bool gaps) {
  std::vector<LegendEntry> entries;
  for (const Colouring::Category& category : colouring.categories())
    entries.push_back({category.name, category.colour});
  const Palette& palette = colouring.palette();
  for (const State state : present) entries.push_back({name_of(state), colouring.colour_of(state)});
  for (const State hole : {State::free, State::unused}) {
    if (std::find(present.begin(), present.end(), hole) == present.end()) continue;
    if (colouring.categories().empty()) break;
    entries.push_back(
        {"a cell with a hole",
         mix(colouring.colour_of(hole), colouring.categories().front().colour, used_share(1, 1))});
    break;
  }
  entries.push_back({"no memory", palette.panel});
  if (gaps) entries.push_back({"a gap in the addresses", palette.gap});
  return entries;
}

int draw_legend(Canvas* canvas, int x, int y, int width, const std::string& title,
                const std::vector<LegendEntry>& entries, const Palette& palette, const Font& font) {
  constexpr int swatch = 12;
  const int line = font.line_height(text_size) + 5;
  int pen_x = x;
  int pen_y = y;
  const auto place = [&](int needed) {
    if (pen_x > x && pen_x + needed > x + width) {
      pen_x = x;
      pen_y += line;
    }
  };
  if (canvas != nullptr) font.draw(*canvas, pen_x, pen_y, title, text_size, palette.faint);
  pen_x += font.width(title, text_size) + 14;
  for (const LegendEntry& entry : entries) {
    const std::string text = font.fitted(entry.text, text_size, width - swatch - 6);
    const int needed = swatch + 6 + font.width(text, text_size);
    place(needed);
    if (canvas != nullptr) {
      const Rect box{pen_x, pen_y + (line - 5 - swatch) / 2, swatch, swatch};
      canvas->fill(box, entry.colour);
      canvas->frame(box, mix(entry.colour, palette.ink, 90));
      font.draw(*canvas, pen_x + swatch + 6, pen_y, text, text_size, palette.ink);
    }
    pen_x += needed + 16;
  }
  return pen_y - y + line;
}

}  // namespace heapatlas::viewer
