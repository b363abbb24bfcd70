#include "viewer/raster/sheet.hpp"

#include <algorithm>

#include "viewer/raster/axis.hpp"

namespace heapatlas::viewer {
namespace {

constexpr int title_size = 19;

/// "stalloc" of "stalloc(blocks=64K, block=16)".
std::string head_of(const std::string& chain) {
  return chain.substr(0, chain.find('('));
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

PieceNames::PieceNames(const Run& run) : run_(run) {
  for (const Region& region : run.regions) holder_.push_back(region.node);
  // Who asked for a foreign allocator's memory, only its blocks tell.
  for (const Placement& block : run.placements)
    if (block.region < holder_.size() && !run.regions[block.region].own)
      holder_[block.region] = block.node;
}

std::string PieceNames::text_of(const AddressLine::Piece& piece) const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < run_.regions.size(); ++i) {
    const std::uint64_t address = run_.regions[i].address;
    if (address < piece.address || address >= piece.address + piece.size) continue;
    const std::string name = head_of(run_.nodes[holder_[i]]);
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

void PieceNames::draw(Canvas& canvas, int x, int top, int bottom, const AddressLine::Piece& piece,
                      const PictureOptions& options) const {
  const Font& font = *options.font;
  const int height = font.line_height(text_size);
  if (bottom - top < height) return;
  const int room = name_gutter - 8;
  font.draw(canvas, x + 8, top, font.fitted(text_of(piece), text_size, room), text_size,
            options.palette->ink);
  if (bottom - top < 2 * height) return;
  font.draw(canvas, x + 8, top + height,
            font.fitted(format_bytes(static_cast<double>(piece.size)), text_size, room), text_size,
            options.palette->faint);
}

}  // namespace heapatlas::viewer
