// A canvas as a PNG file.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "viewer/raster/canvas.hpp"

namespace heapatlas::viewer {

/// The bytes of the file.
[[nodiscard]] std::vector<std::byte> encode_png(const Canvas& canvas);

/// Writes the file whole or not at all.
[[nodiscard]] base::Status write_png(const Canvas& canvas, const std::string& path);

}  // namespace heapatlas::viewer
