// The colours of every picture, safe for colour-blind readers: Okabe and Ito's eight for classes
// (Color Universal Design, 2008), viridis (van der Walt and Smith, 2015) for what has an order.
#pragma once

#include <cstddef>

#include "viewer/model/heap_state.hpp"
#include "viewer/raster/colour.hpp"

namespace heapatlas::viewer {

struct Palette {
  const char* name;
  Rgba paper;   ///< behind everything
  Rgba panel;   ///< behind a map: address space that is in no region
  Rgba gap;     ///< the mark where address space was left out
  Rgba ink;     ///< text
  Rgba faint;   ///< frames, grid lines, secondary text
  Rgba cursor;  ///< the instant shown
  Rgba states[state_count];
  Rgba quiet[state_count];  ///< the same without hues, under blocks that are coloured by another
  Rgba classes[8];
};

/// On a dark and on a light ground.
[[nodiscard]] const Palette& night();
[[nodiscard]] const Palette& day();

/// viridis at share 0..1, from dark violet to yellow.
[[nodiscard]] Rgba viridis(double share);

}  // namespace heapatlas::viewer
