#include "viewer/raster/canvas.hpp"

#include <algorithm>

namespace heapatlas::viewer {

Canvas::Canvas(int width, int height, Rgba fill)
    : width_(width),
      height_(height),
      pixels_(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), fill) {}

Rect Canvas::clipped(Rect rect) const {
  const int left = std::clamp(rect.x, 0, width_);
  const int top = std::clamp(rect.y, 0, height_);
  return {left, top, std::clamp(rect.right(), left, width_) - left,
          std::clamp(rect.bottom(), top, height_) - top};
}

void Canvas::fill(Rect rect, Rgba colour) {
  const Rect inside = clipped(rect);
  for (int y = inside.y; y < inside.bottom(); ++y) {
    const auto row = pixels_.begin() + static_cast<std::ptrdiff_t>(index(inside.x, y));
    std::fill(row, row + inside.width, colour);
  }
}

void Canvas::frame(Rect rect, Rgba colour) {
  fill({rect.x, rect.y, rect.width, 1}, colour);
  fill({rect.x, rect.bottom() - 1, rect.width, 1}, colour);
  fill({rect.x, rect.y, 1, rect.height}, colour);
  fill({rect.right() - 1, rect.y, 1, rect.height}, colour);
}

void Canvas::hatch(Rect rect, Rgba colour) {
  const Rect inside = clipped(rect);
  for (int y = inside.y; y < inside.bottom(); ++y)
    for (int x = inside.x; x < inside.right(); ++x)
      if ((x + y) % 4 == 0) pixels_[index(x, y)] = colour;
}

void Canvas::vertical_line(int x, int from_y, int to_y, Rgba colour) {
  fill({x, std::min(from_y, to_y), 1, std::max(from_y, to_y) - std::min(from_y, to_y) + 1}, colour);
}

void Canvas::horizontal_line(int y, int from_x, int to_x, Rgba colour) {
  fill({std::min(from_x, to_x), y, std::max(from_x, to_x) - std::min(from_x, to_x) + 1, 1}, colour);
}

void Canvas::paste(const std::vector<Rgba>& cells, int columns, int wide, int high, int x, int y) {
  const int rows = static_cast<int>(cells.size()) / columns;
  const Rect inside = clipped({x, y, columns * wide, rows * high});
  for (int row = inside.y; row < inside.bottom(); ++row) {
    const auto to = pixels_.begin() + static_cast<std::ptrdiff_t>(index(inside.x, row));
    if (row > inside.y && (row - y) % high != 0) {  // as the row of pixels above it
      std::copy(to - width_, to - width_ + inside.width, to);
      continue;
    }
    const auto from = cells.begin() + std::ptrdiff_t{(row - y) / high} * columns;
    if (wide == 1) {
      std::copy_n(from + (inside.x - x), inside.width, to);
      continue;
    }
    int cell = (inside.x - x) / wide;
    int within = (inside.x - x) % wide;
    for (int i = 0; i < inside.width; ++i) {
      to[i] = from[cell];
      if (++within < wide) continue;
      within = 0;
      ++cell;
    }
  }
}

}  // namespace heapatlas::viewer
