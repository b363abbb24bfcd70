// A picture in memory: RGBA8 pixels and the few shapes that pictures of heaps are made of. Whatever
// falls outside is cut off, so nothing drawn can be out of range.
#pragma once

#include <cstddef>
#include <vector>

#include "viewer/raster/colour.hpp"

namespace heapatlas::viewer {

/// Half-open: [x, x + width) by [y, y + height), in pixels; y grows downwards.
struct Rect {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;

  [[nodiscard]] int right() const { return x + width; }
  [[nodiscard]] int bottom() const { return y + height; }
  [[nodiscard]] Rect inset(int by) const {
    return {x + by, y + by, width - 2 * by, height - 2 * by};
  }
  friend bool operator==(const Rect&, const Rect&) = default;
};

class Canvas {
 public:
  /// width and height >= 1.
  Canvas(int width, int height, Rgba fill);

  [[nodiscard]] int width() const { return width_; }
  [[nodiscard]] int height() const { return height_; }
  [[nodiscard]] Rect bounds() const { return {0, 0, width_, height_}; }

  /// (x, y) must lie inside.
  [[nodiscard]] Rgba at(int x, int y) const { return pixels_[index(x, y)]; }
  /// Row after row from the top left, no padding.
  [[nodiscard]] const std::vector<Rgba>& pixels() const { return pixels_; }

  void set(int x, int y, Rgba colour) {
    if (contains(x, y)) pixels_[index(x, y)] = colour;
  }
  /// Lays colour over a pixel; share = 256 covers it.
  void blend(int x, int y, Rgba colour, unsigned share) {
    if (contains(x, y)) pixels_[index(x, y)] = mix(pixels_[index(x, y)], colour, share);
  }
  void fill(Rect rect, Rgba colour);
  /// The one-pixel border just inside rect.
  void frame(Rect rect, Rgba colour);
  /// Every fourth diagonal of rect.
  void hatch(Rect rect, Rgba colour);
  void vertical_line(int x, int from_y, int to_y, Rgba colour);
  void horizontal_line(int y, int from_x, int to_x, Rgba colour);
  /// Draws a grid of cells, row after row, each `wide` by `high` pixels, from (x, y) on.
  void paste(const std::vector<Rgba>& cells, int columns, int wide, int high, int x, int y);

 private:
  [[nodiscard]] bool contains(int x, int y) const {
    return x >= 0 && y >= 0 && x < width_ && y < height_;
  }
  [[nodiscard]] std::size_t index(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) +
           static_cast<std::size_t>(x);
  }
  [[nodiscard]] Rect clipped(Rect rect) const;

  int width_;
  int height_;
  std::vector<Rgba> pixels_;
};

}  // namespace heapatlas::viewer
