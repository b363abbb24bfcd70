// What a verification writes into blocks, and finds again.
//
// The byte at an offset depends on the block's seed and the offset alone, so that what a resize
// kept can be checked at any size. Of a block larger than whole_bytes only the first and the last
// edge_bytes are written.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

namespace heapatlas::replay {

class Pattern {
 public:
  static constexpr std::size_t whole_bytes = std::size_t{1} << 20;
  static constexpr std::size_t edge_bytes = std::size_t{64} << 10;

  explicit Pattern(std::uint64_t seed) noexcept : seed_{seed * 0x9E3779B97F4A7C15} {}

  /// Fills a block of size bytes.
  void fill(std::byte* block, std::size_t size) const noexcept {
    each_part(size, [&](std::size_t from, std::size_t to) {
      each_word(from, to, [&](std::size_t at, std::size_t bytes, std::uint64_t word) {
        std::memcpy(block + at, &word, bytes);
        return true;
      });
      return true;
    });
  }

  /// The offset of a word that is not what fill wrote into a block of `filled` bytes, looking at
  /// the first `kept` of them; nothing when all are as they were.
  [[nodiscard]] std::optional<std::size_t> first_difference(const std::byte* block,
                                                            std::size_t filled,
                                                            std::size_t kept) const noexcept {
    std::optional<std::size_t> found;
    each_part(filled, [&](std::size_t from, std::size_t to) {
      each_word(from, std::min(to, kept),
                [&](std::size_t at, std::size_t bytes, std::uint64_t word) {
                  if (std::memcmp(block + at, &word, bytes) == 0) return true;
                  found = at;
                  return false;
                });
      return !found;
    });
    return found;
  }

 private:
  [[nodiscard]] std::uint64_t word_at(std::size_t offset) const noexcept {
    const std::uint64_t mixed = (seed_ + offset) * 0xD6E8FEB86659FD93;
    return mixed ^ mixed >> 32;
  }

  template <class F>
  static void each_part(std::size_t size, F&& part) noexcept {
    if (size <= whole_bytes) {
      part(std::size_t{0}, size);
    } else if (part(std::size_t{0}, edge_bytes)) {
      part((size - edge_bytes) / sizeof(std::uint64_t) * sizeof(std::uint64_t), size);
    }
  }

  template <class F>
  void each_word(std::size_t from, std::size_t to, F&& word) const noexcept {
    for (std::size_t at = from; at < to; at += sizeof(std::uint64_t))
      if (!word(at, std::min(sizeof(std::uint64_t), to - at), word_at(at))) return;
  }

  std::uint64_t seed_;
};

/// The offset of a byte that is not 0, nothing when all are.
[[nodiscard]] inline std::optional<std::size_t> first_nonzero(const std::byte* block,
                                                              std::size_t size) noexcept {
  static constexpr std::array<std::byte, 4096> zeros{};
  for (std::size_t at = 0; at < size; at += zeros.size()) {
    const std::size_t bytes = std::min(zeros.size(), size - at);
    if (std::memcmp(block + at, zeros.data(), bytes) == 0) continue;
    while (block[at] == std::byte{0}) ++at;
    return at;
  }
  return std::nullopt;
}

}  // namespace heapatlas::replay
