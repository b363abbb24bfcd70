// The pictures of heaps at one event: of one run, or of several side by side.
#pragma once

#include "viewer/raster/picture.hpp"

namespace heapatlas::viewer {

void draw_map_picture(Canvas& canvas, const Indexed& run, const PictureOptions& options);
void draw_compare_picture(Canvas& canvas, const std::vector<Indexed>& runs,
                          const PictureOptions& options);

}  // namespace heapatlas::viewer
