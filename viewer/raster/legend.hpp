// The legend of a map: every colour that it may show, with its meaning in words.
#pragma once

#include <string>
#include <vector>

#include "viewer/raster/canvas.hpp"
#include "viewer/raster/colouring.hpp"
#include "viewer/raster/text.hpp"

namespace heapatlas::viewer {

struct LegendEntry {
  std::string text;
  Rgba colour;
};

/// What a legend says of a heap map: the categories, then the states that the background holds
/// (`present`, by State), then address space left out when there are gaps.
[[nodiscard]] std::vector<LegendEntry> legend_of(const Colouring& colouring,
                                                 const std::vector<State>& present, bool gaps);

/// Draws entries in lines from (x, y), at most `width` wide; returns the height. canvas may be
/// null: then it only measures.
int draw_legend(Canvas* canvas, int x, int y, int width, const std::string& title,
                const std::vector<LegendEntry>& entries, const Palette& palette, const Font& font);

}  // namespace heapatlas::viewer
