#include "viewer/raster/sheet.hpp"

#include <algorithm>

#include "viewer/raster/axis.hpp"
#include "viewer/raster/timeline.hpp"

namespace heapatlas::viewer {
namespace {

constexpr int title_size = 19;

/// "stalloc" of "stalloc(blocks=64K, block=16)".
std::string head_of(const std::string& chain) {
  return chain.substr(0, chain.find('('));
}

std::string holders_of(const Run& run, const AddressLine::Piece& piece) {
  std::vector<std::string> names;
  for (const Region& region : run.regions) {
    const bool inside =
        region.address >= piece.address && region.address < piece.address + piece.size;
    if (!inside) continue;
    const std::string name = head_of(run.nodes[region.node]);
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

void Sheet::title(std::string_view text, const std::vector<std::string>& details) {
  font_.draw(canvas_, rect_.x, rect_.y, font_.fitted(text, title_size, rect_.width), title_size,
             palette_.ink);
  cut_top(font_.line_height(title_size) + 2);
  for (const std::string& detail : details) {
    font_.draw(canvas_, rect_.x, rect_.y, font_.fitted(detail, text_size, rect_.width), text_size,
               palette_.faint);
    cut_top(font_.line_height(text_size) + 1);
  }
  cut_top(10);
}

int Sheet::title_height(const Font& font, int details) {
  return font.line_height(title_size) + 2 + details * (font.line_height(text_size) + 1) + 10;
}

void Sheet::legend(const std::string& title, const std::vector<LegendEntry>& entries) {
  const auto draw = [&](Canvas* canvas, int y) {
    return draw_legend(canvas, rect_.x, y, rect_.width, title, entries, palette_, font_);
  };
  const int height = draw(nullptr, 0);
  draw(&canvas_, rect_.bottom() - height);
  rect_.height -= height + 8;
}

void draw_piece_name(Canvas& canvas, int x, int top, int bottom, const Run& run,
                     const AddressLine::Piece& piece, const PictureOptions& options) {
  const Font& font = *options.font;
  const int height = font.line_height(text_size);
  if (bottom - top < height) return;
  const int room = name_gutter - 8;
  font.draw(canvas, x + 8, top, font.fitted(holders_of(run, piece), text_size, room), text_size,
            options.palette->ink);
  if (bottom - top < 2 * height) return;
  font.draw(canvas, x + 8, top + height,
            font.fitted(format_bytes(static_cast<double>(piece.size)), text_size, room), text_size,
            options.palette->faint);
}

}  // namespace heapatlas::viewer
