// The one rule of how a cell of a map shows the bytes it stands for.
//
// Hue is the category that fills most of the cell's used part; how much of it shows is how full the
// cell is. The tiny-hole rule: a cell with one free byte is visibly not full, and a cell with one
// used byte is visibly not empty, whatever the share. Only a cell without any hole is pure. A hole
// is what is free, or not known to be anything else; metadata, padding and the like are no holes
// and have hues of their own.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "viewer/raster/colouring.hpp"

namespace heapatlas::viewer {

/// How many 256ths of a cell's colour are its category's: 0 empty, 256 full, 70 to 180 between.
/// Bytes: an unsigned number that can hold 110 times used, and used + hole.
template <class Bytes>
[[nodiscard]] constexpr unsigned used_share(Bytes used, Bytes hole) {
  // Which of the three follows no pattern: without a branch.
  const Bytes all = std::max<Bytes>(1, used + hole);
  const unsigned between = 70 + static_cast<unsigned>(used * 110 / all);
  const unsigned share = hole == 0 ? 256 : between;
  return used == 0 ? 0 : share;
}

/// What a byte can be to a cell: of a category of the colouring, or, for the rest, of a state.
inline constexpr std::size_t slot_count = Colouring::max_categories + state_count;
[[nodiscard]] constexpr std::size_t slot_of(State state) {
  return Colouring::max_categories + static_cast<std::size_t>(state);
}
using SlotColours = std::array<Rgba, slot_count>;

/// The colour of every slot.
[[nodiscard]] inline SlotColours slot_colours(const Colouring& colouring) {
  SlotColours colours{};
  for (std::size_t i = 0; i < colouring.categories().size(); ++i)
    colours[i] = colouring.categories()[i].colour;
  for (std::size_t i = 0; i < state_count; ++i)
    colours[slot_of(static_cast<State>(i))] = colouring.colour_of(static_cast<State>(i));
  return colours;
}

}  // namespace heapatlas::viewer
