#include "viewer/raster/png.hpp"

#include <stb_image_write.h>

#include <span>

#include "core/base/output_file.hpp"

namespace heapatlas::viewer {

std::vector<std::byte> encode_png(const Canvas& canvas) {
  std::vector<std::byte> file;
  const auto append = [](void* to, void* data, int size) {
    const std::span from(static_cast<const std::byte*>(data), static_cast<std::size_t>(size));
    auto& bytes = *static_cast<std::vector<std::byte>*>(to);
    bytes.insert(bytes.end(), from.begin(), from.end());
  };
  stbi_write_png_to_func(append, &file, canvas.width(), canvas.height(), 4, canvas.pixels().data(),
                         canvas.width() * 4);
  return file;
}

base::Status write_png(const Canvas& canvas, const std::string& path) {
  const std::vector<std::byte> png = encode_png(canvas);
  if (png.empty())
    return base::fail(base::ErrorKind::unavailable, "the picture is too large for memory", path);
  auto file = base::OutputFile::create(path);
  if (!file) return tl::make_unexpected(file.error());
  HEAPATLAS_TRY(file->write(png));
  return file->commit();
}

}  // namespace heapatlas::viewer
