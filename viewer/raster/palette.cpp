#include "viewer/raster/palette.hpp"

#include <algorithm>
#include <iterator>

namespace heapatlas::viewer {
namespace {

constexpr Rgba orange = rgb(0xE69F00);
constexpr Rgba sky_blue = rgb(0x56B4E9);
constexpr Rgba bluish_green = rgb(0x009E73);
constexpr Rgba yellow = rgb(0xF0E442);
constexpr Rgba blue = rgb(0x0072B2);
constexpr Rgba vermillion = rgb(0xD55E00);
constexpr Rgba reddish_purple = rgb(0xCC79A7);

// States in the order of the enumeration: live, slack, unused, free, metadata, padding, cached,
// reserved, taken, opaque. What is free has the ground's lightness, so that holes are holes to the
// eye.
constexpr Palette night_palette = {
    "night",
    rgb(0x15181D),
    rgb(0x0B0D10),
    rgb(0xA4A9B1),
    rgb(0xE8EAED),
    rgb(0x9AA1AB),
    rgb(0xFFFFFF),
    {sky_blue, orange, rgb(0x353C46), rgb(0x2A3038), reddish_purple, yellow, bluish_green,
     rgb(0x1B1E23), vermillion, rgb(0x646A73)},
    {sky_blue, orange, rgb(0x353C46), rgb(0x2A3038), rgb(0xD9DCE1), rgb(0xAEB4BD), rgb(0x8A919B),
     rgb(0x1B1E23), rgb(0x4A5058), rgb(0x646A73)},
    {sky_blue, orange, bluish_green, yellow, reddish_purple, vermillion, blue, rgb(0x9AA0A8)},
};

constexpr Palette day_palette = {
    "day",
    rgb(0xFFFFFF),
    rgb(0xC9CCD1),
    rgb(0x30343A),
    rgb(0x16181C),
    rgb(0x5A5F68),
    rgb(0x000000),
    {blue, orange, rgb(0xE9EBEE), rgb(0xF6F7F8), reddish_purple, yellow, bluish_green,
     rgb(0xDADDE1), vermillion, rgb(0x8B9099)},
    {blue, orange, rgb(0xE9EBEE), rgb(0xF6F7F8), rgb(0x2E3238), rgb(0x4A4F57), rgb(0x696F79),
     rgb(0xDADDE1), rgb(0xB4B9C1), rgb(0x8B9099)},
    {blue, orange, bluish_green, yellow, reddish_purple, vermillion, sky_blue, rgb(0x5F656E)},
};

}  // namespace

const Palette& night() {
  return night_palette;
}
const Palette& day() {
  return day_palette;
}

Rgba viridis(double share) {
  static constexpr Rgba stops[] = {rgb(0x440154), rgb(0x482878), rgb(0x3E4989), rgb(0x31688E),
                                   rgb(0x26828E), rgb(0x1F9E89), rgb(0x35B779), rgb(0x6ECE58),
                                   rgb(0xB5DE2B), rgb(0xFDE725)};
  constexpr std::size_t last = std::size(stops) - 1;
  const double at = std::clamp(share, 0.0, 1.0) * static_cast<double>(last);
  const std::size_t below = std::min(static_cast<std::size_t>(at), last - 1);
  const double within = at - static_cast<double>(below);
  return mix(stops[below], stops[below + 1], static_cast<unsigned>(within * 256));
}

}  // namespace heapatlas::viewer
