#include "tool/record/live_conversion.hpp"

#include <utility>

namespace heapatlas::tool {

bool LiveConversion::is_current() const {
  return converter_ && converter_->image() == spool_->header().images.load();
}

bool LiveConversion::step() {
  const std::uint32_t image = spool_->header().images.load();
  if (image == 0 || image == failed_image_) return false;
  if (!is_current()) {
    converter_.reset();
    auto begun = Converter::begin(spool_->path(), trace_path_);
    if (begun) converter_.emplace(std::move(*begun));
  }
  if (converter_) {
    const auto moved = converter_->advance();
    if (moved) return *moved;
    converter_.reset();
  }
  failed_image_ = image;
  return false;
}

std::optional<Converter> LiveConversion::take() {
  return is_current() ? std::exchange(converter_, std::nullopt) : std::nullopt;
}

}  // namespace heapatlas::tool
