// slabs(min, max, backing): a slab for every small size.
//
// Sizes are classes: every 8 bytes up to 64, then four steps a doubling (80, 96, 112, 128, 160,
// 192, 224, 256, 320, ...), up to 8 KiB. A block of a request of more than 32 bytes wastes less
// than a fifth of itself (65 bytes take 80); a smaller request, at most 7 bytes. Requests below
// `min` get blocks of min's class; above `max` they fail. An alignment a is served by rounding the
// size up to a multiple of a: every class that is a multiple of a is a-aligned.
//
// A page holds one class, so that a heap which uses many sizes a little holds a page for each; only
// what was used of a page is ever touched. At the page's end up to one block is lost, and one or
// two where the header stands: at most an eighth of the page, for 8 KiB blocks.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "core/alloc/slab.hpp"

namespace heapatlas {

/// Four size classes a doubling, from 8 bytes to 8 KiB.
class SizeClasses {
 public:
  static constexpr const char* name = "slabs";
  static constexpr unsigned count = 36;
  static constexpr unsigned none = ~0U;
  static constexpr std::size_t granule = 8;
  static constexpr std::size_t largest = 8192;

  /// 1 <= min <= max <= largest; a value outside is taken as the nearest one inside.
  constexpr SizeClasses(std::size_t min, std::size_t max) noexcept
      : max_(max < 1         ? 1
             : max > largest ? largest
                             : max),
        min_(min > max_ ? max_ : min) {
    require(min >= 1 && min <= max && max <= largest, name, nullptr,
            "sizes of slabs are 1 <= min <= max <= 8192");
    if (min_ < 1) min_ = 1;
    for (std::size_t i = 0; i <= granules; ++i)
      table_[i] = static_cast<std::uint8_t>(class_of(i * granule < min_ ? min_ : i * granule));
  }

  [[nodiscard]] static constexpr std::size_t page_size() noexcept {
    return SlabPage::min_page_size;
  }
  /// The class whose blocks a request gets, or none.
  [[nodiscard]] constexpr unsigned index(Layout layout) const noexcept {
    std::size_t size = layout.size;
    if (layout.align > granule) {
      if (size > max_ || layout.align > max_alignment()) return none;
      size = (size + layout.align - 1) & ~(layout.align - 1);
    }
    if (size > max_) [[unlikely]]
      return none;
    return table_[(size + granule - 1) / granule];
  }
  /// The class of the smallest blocks that hold `size` bytes: 1 <= size <= largest.
  [[nodiscard]] static constexpr unsigned class_of(std::size_t size) noexcept {
    const std::size_t last = size - 1;
    const unsigned top = floor_log2(last | 32);
    return static_cast<unsigned>(last >> (top - 2)) + (top - 5) * 4;
  }
  [[nodiscard]] static constexpr std::size_t block_size(unsigned size_class) noexcept {
    const unsigned doublings = size_class < 8 ? 0 : (size_class - 4) / 4;
    return std::size_t{size_class - doublings * 4 + 1} << (doublings + 3);
  }

  [[nodiscard]] static constexpr std::size_t min_alignment() noexcept { return granule; }
  [[nodiscard]] constexpr std::size_t max_alignment() const noexcept {
    return std::bit_floor(max_);
  }

 private:
  static constexpr std::size_t granules = largest / granule;

  std::size_t max_;
  std::size_t min_;
  std::uint8_t table_[granules + 1] = {};  ///< the class of every size rounded up to a granule
};

template <Allocator Backing, class Mutex = SpinMutex<>>
using Slabs = BasicSlab<Backing, SizeClasses, Mutex>;

}  // namespace heapatlas
