// What a map says in place of a piece of the address space that has no memory at its event.
//
// Every picture of a run keeps the same pieces at the same places, so that pictures of two events
// can be laid over each other: a mapping that is yet to come leaves its room empty, and a large
// empty room wants a reason.
#pragma once

#include <string>

#include "viewer/model/address_line.hpp"
#include "viewer/raster/canvas.hpp"
#include "viewer/raster/picture.hpp"

namespace heapatlas::viewer {

/// "no memory before event 1,700,000", "no memory since event 12", "no memory from event 12 to
/// 1,700,000"; empty: a region stands in the piece at the event. Looks at every region of the run.
[[nodiscard]] std::string absence_text(const Run& run, const AddressLine::Piece& piece, Event at);

/// Writes that text into the middle of the room that the piece takes on a map; nothing where the
/// room is too small, and then no region is looked at.
void draw_absence(Canvas& canvas, Rect room, const Run& run, const AddressLine::Piece& piece,
                  const PictureOptions& options);

}  // namespace heapatlas::viewer
