// Text on a canvas: a packaged TrueType font through stb_truetype, and a built-in 3x5 one where
// there is none, so that a picture never lacks its numbers.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "viewer/raster/canvas.hpp"

namespace heapatlas::viewer {

/// The plain text size of pictures, in pixels.
inline constexpr int text_size = 13;

class Font {
 public:
  /// Letters of 3 by 5 dots in whole multiples: ASCII, upper case only, the same everywhere.
  [[nodiscard]] static Font built_in();
  /// Empty: there is no such file, or it is not a font. The file is trusted to be one that a
  /// package installed: stb_truetype does not check what it reads.
  [[nodiscard]] static std::optional<Font> from_file(const std::string& path);
  /// DejaVu Sans where fonts-dejavu-core has put it, else the built-in one. Loaded once.
  [[nodiscard]] static const Font& standard();

  /// The height of a line in pixels for text of `size` pixels, and the advance of a text.
  [[nodiscard]] int line_height(int size) const;
  [[nodiscard]] int width(std::string_view utf8, int size) const;
  /// Draws one line whose box begins at (x, y), top left; what is not UTF-8 shows as '?'.
  void draw(Canvas& canvas, int x, int y, std::string_view utf8, int size, Rgba colour) const;
  /// The text, cut with "..." when it is wider than `room` pixels.
  [[nodiscard]] std::string fitted(std::string_view utf8, int size, int room) const;

 private:
  struct TrueType;
  Font() = default;

  std::shared_ptr<const TrueType> face_;  ///< null: built in
};

/// The next code point of a UTF-8 text, which is cut off its front; '?' for a byte that begins
/// none.
[[nodiscard]] char32_t take_code_point(std::string_view& utf8);

}  // namespace heapatlas::viewer
