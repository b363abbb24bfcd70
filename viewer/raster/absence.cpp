#include "viewer/raster/absence.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "viewer/raster/axis.hpp"

namespace heapatlas::viewer {

std::string absence_text(const Run& run, const AddressLine::Piece& piece, Event at) {
  Event until = forever;
  Event since = 0;
  for (const Region& region : run.regions) {
    if (region.address < piece.address || region.address >= piece.address + piece.size) continue;
    if (region.size_at(at) != 0) return {};
    if (region.birth() > at)
      until = std::min(until, region.birth());
    else if (region.death <= at)
      since = std::max(since, region.death);
  }
  if (until == forever && since == 0) return "no memory at this event";
  if (since == 0) return fmt::format("no memory before event {}", format_exact(until));
  if (until == forever) return fmt::format("no memory since event {}", format_exact(since));
  return fmt::format("no memory from event {} to {}", format_exact(since), format_exact(until));
}

void draw_absence(Canvas& canvas, Rect room, const Run& run, const AddressLine::Piece& piece,
                  const PictureOptions& options) {
  const Font& font = *options.font;
  const int height = font.line_height(text_size);
  if (room.height < 2 * height) return;
  const std::string text = absence_text(run, piece, options.at);
  const int width = font.width(text, text_size);
  if (text.empty() || room.width < width + 2 * height) return;
  font.draw(canvas, room.x + (room.width - width) / 2, room.y + (room.height - height) / 2, text,
            text_size, options.palette->faint);
}

}  // namespace heapatlas::viewer
