// Whole pictures of runs, with title, axes and legend: what `heapatlas render` writes, what the
// window shows, what the golden images hold. Pure functions: the same run and options give the same
// pixels, given the same font.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "viewer/model/heap_state.hpp"
#include "viewer/raster/canvas.hpp"
#include "viewer/raster/colouring.hpp"
#include "viewer/raster/text.hpp"

namespace heapatlas::viewer {

enum class PictureKind : unsigned char {
  map,       ///< the heap at one event
  history,   ///< addresses over events
  timeline,  ///< the series over events
  compare,   ///< the maps of several runs at one event, side by side
};

/// "map", "history", ...; empty when there is no such kind.
[[nodiscard]] std::optional<PictureKind> parse_picture_kind(std::string_view text);

/// The least that a picture can be.
inline constexpr int min_picture_width = 320;
inline constexpr int min_picture_height = 200;

struct PictureOptions {
  PictureKind kind = PictureKind::map;
  ColourBy colour = ColourBy::state;
  Event at = 0;                 ///< of map and compare; the cursor of the others
  int width = 1600;             ///< pixels, at least min_picture_width
  int height = 900;             ///< pixels, at least min_picture_height
  std::uint64_t row_bytes = 0;  ///< of map and compare: bytes in a row; 0: as fits
  const Palette* palette = &night();
  const Font* font = &Font::standard();
};

/// A run that report::validate accepted, and its index; without one, its placements are
/// searched for each picture.
struct Indexed {
  const Run* run;
  const HeapIndex* index = nullptr;
};

/// "event 1,818,230 (peak)": an event with the labels of the walks that were taken there.
[[nodiscard]] std::string instant_text(const Run& run, Event at);

/// Draws the picture. All kinds but compare show the first run only; runs must not be empty.
[[nodiscard]] Canvas draw_picture(const std::vector<Indexed>& runs, const PictureOptions& options);

}  // namespace heapatlas::viewer
