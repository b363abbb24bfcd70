// Colours as the canvas holds them: sRGB, 8 bits a channel, opaque.
#pragma once

#include <cstdint>

namespace heapatlas::viewer {

struct Rgba {
  std::uint8_t r = 0;
  std::uint8_t g = 0;
  std::uint8_t b = 0;
  std::uint8_t a = 255;

  friend constexpr bool operator==(const Rgba&, const Rgba&) = default;
};

/// 0xRRGGBB.
[[nodiscard]] constexpr Rgba rgb(std::uint32_t hex) {
  return {static_cast<std::uint8_t>(hex >> 16), static_cast<std::uint8_t>(hex >> 8),
          static_cast<std::uint8_t>(hex), 255};
}

/// share = 0: from; 256: to. In between, in proportion.
[[nodiscard]] constexpr Rgba mix(Rgba from, Rgba to, unsigned share) {
  const auto channel = [share](unsigned a, unsigned b) {
    return static_cast<std::uint8_t>((a * (256 - share) + b * share + 128) >> 8);
  };
  return {channel(from.r, to.r), channel(from.g, to.g), channel(from.b, to.b), 255};
}

}  // namespace heapatlas::viewer
