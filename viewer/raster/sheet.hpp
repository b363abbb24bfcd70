// The room of a picture, taken up from its edges: title above, legend below, axes at the sides.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "viewer/model/address_line.hpp"
#include "viewer/raster/canvas.hpp"
#include "viewer/raster/legend.hpp"
#include "viewer/raster/picture.hpp"

namespace heapatlas::viewer {

class Sheet {
 public:
  static constexpr int margin = 14;

  /// All of the canvas but a margin; or a part of it.
  Sheet(Canvas& canvas, const PictureOptions& options)
      : Sheet(canvas, canvas.bounds().inset(margin), options) {}
  Sheet(Canvas& canvas, Rect rect, const PictureOptions& options)
      : canvas_(canvas), rect_(rect), palette_(*options.palette), font_(*options.font) {}

  [[nodiscard]] Rect rest() const { return rect_; }

  /// A title at the top, and lines below it.
  void title(std::string_view text, const std::vector<std::string>& details);
  /// How much room a title with so many lines takes.
  [[nodiscard]] static int title_height(const Font& font, int details);
  /// A legend at the bottom.
  void legend(const std::string& title, const std::vector<LegendEntry>& entries);

  void cut_top(int by) {
    rect_.y += by;
    rect_.height -= by;
  }
  void cut_left(int by) {
    rect_.x += by;
    rect_.width -= by;
  }
  void cut_right(int by) { rect_.width -= by; }
  void cut_bottom(int by) { rect_.height -= by; }

 private:
  Canvas& canvas_;
  Rect rect_;
  const Palette& palette_;
  const Font& font_;
};

/// The room right of a picture for the names of the regions, when the picture is wide.
inline constexpr int name_gutter = 104;

/// Which allocators hold the pieces of a run's line. Looks at every placement once.
class PieceNames {
 public:
  explicit PieceNames(const Run& run);

  /// Draws the names and the piece's size right of a plot, in the room from `top` to `bottom`.
  void draw(Canvas& canvas, int x, int top, int bottom, const AddressLine::Piece& piece,
            const PictureOptions& options) const;

 private:
  [[nodiscard]] std::string text_of(const AddressLine::Piece& piece) const;

  const Run& run_;
  std::vector<std::uint32_t> holder_;  ///< node of every region
};

}  // namespace heapatlas::viewer
