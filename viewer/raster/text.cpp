#include "viewer/raster/text.hpp"

#include <stb_truetype.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <vector>

namespace heapatlas::viewer {
namespace {

constexpr const char* standard_fonts[] = {
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
    "/usr/share/fonts/TTF/DejaVuSans.ttf",
};

// The built-in letters, ' ' to '_': five octal digits from top to bottom, a bit for each dot.
constexpr std::uint16_t dots[] = {
    000000, 022202, 055000, 057575, 036236, 051245, 025253, 022000, 012221, 042224, 052725,
    002720, 000024, 000700, 000002, 011244, 075557, 026227, 071747, 071317, 055711, 074717,
    074757, 071122, 075757, 075717, 002020, 002024, 012421, 007070, 042124, 071202, 075547,
    025755, 065656, 034443, 065556, 074647, 074644, 034553, 055755, 072227, 011152, 055655,
    044447, 057755, 065555, 025552, 065644, 025563, 065655, 034216, 072222, 055557, 055552,
    055775, 055255, 055222, 071247, 032223, 044211, 062226, 025000, 000007};
constexpr std::uint16_t braces[] = {032623, 022222, 062326, 003600};  // { | } ~

std::uint16_t dots_of(char32_t letter) {
  if (letter >= U'{' && letter <= U'~') return braces[letter - U'{'];
  if (letter >= U'a' && letter <= U'z') letter -= U'a' - U'A';
  if (letter == U'`') letter = U'\'';
  if (letter < U' ' || letter > U'_') letter = U'?';
  return dots[letter - U' '];
}

int dot_size(int size) {
  return std::max(1, size / 6);
}

}  // namespace

struct Font::TrueType {
  std::vector<unsigned char> file;
  stbtt_fontinfo info{};
  int ascent = 0;  ///< these three in font units
  int descent = 0;
  int line_gap = 0;

  [[nodiscard]] float scale(int size) const {
    return stbtt_ScaleForMappingEmToPixels(&info, static_cast<float>(size));
  }

  /// Walks the glyphs of a text: each(glyph, pen in pixels). Returns the pen after the last one.
  template <class Each>
  float lay_out(std::string_view utf8, float scale, Each&& each) const {
    float pen = 0;
    int before = 0;
    while (!utf8.empty()) {
      const int glyph = stbtt_FindGlyphIndex(&info, static_cast<int>(take_code_point(utf8)));
      if (before != 0)
        pen += scale * static_cast<float>(stbtt_GetGlyphKernAdvance(&info, before, glyph));
      each(glyph, pen);
      int advance = 0;
      int bearing = 0;
      stbtt_GetGlyphHMetrics(&info, glyph, &advance, &bearing);
      pen += scale * static_cast<float>(advance);
      before = glyph;
    }
    return pen;
  }

  void draw_glyph(Canvas& canvas, int glyph, float scale, float x, int baseline,
                  Rgba colour) const {
    const int left = static_cast<int>(std::floor(x));
    const float shift = x - static_cast<float>(left);
    int x0 = 0;
    int y0 = 0;
    int x1 = 0;
    int y1 = 0;
    stbtt_GetGlyphBitmapBoxSubpixel(&info, glyph, scale, scale, shift, 0, &x0, &y0, &x1, &y1);
    const int width = x1 - x0;
    const int height = y1 - y0;
    if (width <= 0 || height <= 0) return;
    std::vector<unsigned char> coverage(static_cast<std::size_t>(width) *
                                        static_cast<std::size_t>(height));
    stbtt_MakeGlyphBitmapSubpixel(&info, coverage.data(), width, height, width, scale, scale, shift,
                                  0, glyph);
    for (int row = 0; row < height; ++row) {
      for (int column = 0; column < width; ++column) {
        const unsigned ink =
            coverage[static_cast<std::size_t>(row) * static_cast<std::size_t>(width) +
                     static_cast<std::size_t>(column)];
        if (ink != 0)
          canvas.blend(left + x0 + column, baseline + y0 + row, colour, ink + (ink >> 7));
      }
    }
  }
};

char32_t take_code_point(std::string_view& utf8) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(utf8[i]); };
  const unsigned first = byte(0);
  const std::size_t length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0x80) {
    utf8.remove_prefix(1);
    return first;
  }
  bool whole = first >= 0xC2 && first <= 0xF4 && utf8.size() >= length;
  char32_t point = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; whole && i < length; ++i) {
    whole = (byte(i) & 0xC0) == 0x80;
    point = point << 6 | (byte(i) & 0x3FU);
  }
  utf8.remove_prefix(whole ? length : 1);
  return whole ? point : U'?';
}

Font Font::built_in() {
  return {};
}

std::optional<Font> Font::from_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return {};
  auto face = std::make_shared<TrueType>();
  face->file.assign(std::istreambuf_iterator<char>(in), {});
  if (face->file.size() < 12) return {};
  const int offset = stbtt_GetFontOffsetForIndex(face->file.data(), 0);
  if (offset < 0 || stbtt_InitFont(&face->info, face->file.data(), offset) == 0) return {};
  stbtt_GetFontVMetrics(&face->info, &face->ascent, &face->descent, &face->line_gap);
  Font font;
  font.face_ = std::move(face);
  return font;
}

const Font& Font::standard() {
  static const Font font = [] {
    for (const char* path : standard_fonts)
      if (auto found = from_file(path)) return *found;
    return built_in();
  }();
  return font;
}

int Font::line_height(int size) const {
  if (!face_) return dot_size(size) * 6;
  const int units = face_->ascent - face_->descent + face_->line_gap;
  return static_cast<int>(std::ceil(face_->scale(size) * static_cast<float>(units)));
}

int Font::width(std::string_view utf8, int size) const {
  if (face_)
    return static_cast<int>(std::ceil(face_->lay_out(utf8, face_->scale(size), [](int, float) {})));
  int letters = 0;
  while (!utf8.empty()) {
    static_cast<void>(take_code_point(utf8));
    ++letters;
  }
  return letters * 4 * dot_size(size);
}

void Font::draw(Canvas& canvas, int x, int y, std::string_view utf8, int size, Rgba colour) const {
  if (face_) {
    const float scale = face_->scale(size);
    const int baseline =
        y + static_cast<int>(std::lround(scale * static_cast<float>(face_->ascent)));
    face_->lay_out(utf8, scale, [&](int glyph, float pen) {
      face_->draw_glyph(canvas, glyph, scale, static_cast<float>(x) + pen, baseline, colour);
    });
    return;
  }
  const int dot = dot_size(size);
  for (int pen = x; !utf8.empty(); pen += 4 * dot) {
    const unsigned letter = dots_of(take_code_point(utf8));
    for (int bit = 0; bit < 15; ++bit) {
      if ((letter >> (14 - bit) & 1) != 0)
        canvas.fill({pen + bit % 3 * dot, y + bit / 3 * dot, dot, dot}, colour);
    }
  }
}

std::string Font::fitted(std::string_view utf8, int size, int room) const {
  if (width(utf8, size) <= room) return std::string(utf8);
  std::string_view rest = utf8;
  std::size_t kept = 0;
  while (!rest.empty()) {
    std::string_view next = rest;
    static_cast<void>(take_code_point(next));
    const std::size_t end = utf8.size() - next.size();
    if (width(std::string(utf8.substr(0, end)) + "...", size) > room) break;
    kept = end;
    rest = next;
  }
  return std::string(utf8.substr(0, kept)) + "...";
}

}  // namespace heapatlas::viewer
