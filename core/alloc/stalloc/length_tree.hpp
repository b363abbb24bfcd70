// One length a block, and a tree of their maxima: the first chunk that is long enough, in a few
// steps.
//
// Layout: level 0 has a byte for each block: the length of the free chunk that begins there, or 0.
// Each byte of the next level is the largest of 64, a family, up to a level of one family. A byte
// says 255 for that or more. Four vector operations compare a family with a request.
//
// Cost: 1.02 bytes a block. Finding: a step for each level, which is one for each factor of 64 in
// the count of blocks. Storing: one step, and one for each level whose maximum changes.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "core/alloc/arithmetic.hpp"
#include "core/alloc/layout.hpp"
#include "core/alloc/stalloc/blocks.hpp"

namespace heapatlas::stalloc {

/// Numbers of a family, and bytes.
inline constexpr std::size_t family_size = 64;

#ifdef __SSE2__

namespace detail {

inline constexpr std::size_t lanes = 16;

using Lanes = std::uint8_t __attribute__((vector_size(lanes)));
using Halves = std::uint64_t __attribute__((vector_size(lanes)));
using Characters = char __attribute__((vector_size(lanes)));

inline Lanes load(const std::uint8_t* at) noexcept {
  Lanes loaded;
  __builtin_memcpy(&loaded, at, sizeof loaded);
  return loaded;
}
inline Lanes larger(Lanes a, Lanes b) noexcept {
  return a > b ? a : b;
}
inline std::uint64_t at_least(const std::uint8_t* at, Lanes least) noexcept {
  const auto mask = reinterpret_cast<Characters>(load(at) >= least);
  return static_cast<unsigned>(__builtin_ia32_pmovmskb128(mask));
}

}  // namespace detail

/// Bit i is set when number i of the family is >= least.
[[nodiscard]] inline std::uint64_t lanes_at_least(const std::uint8_t* family,
                                                  std::uint8_t least) noexcept {
  const detail::Lanes leasts = detail::Lanes{} + least;
  return detail::at_least(family, leasts) | detail::at_least(family + 16, leasts) << 16 |
         detail::at_least(family + 32, leasts) << 32 | detail::at_least(family + 48, leasts) << 48;
}

/// The largest number of the family.
[[nodiscard]] inline std::uint8_t largest_lane(const std::uint8_t* family) noexcept {
  using detail::Halves, detail::Lanes, detail::larger, detail::load;
  Lanes lanes =
      larger(larger(load(family), load(family + 16)), larger(load(family + 32), load(family + 48)));
  const auto halves = reinterpret_cast<Halves>(lanes);
  lanes = larger(lanes, reinterpret_cast<Lanes>(__builtin_shufflevector(halves, halves, 1, 1)));
  for (int shift = 32; shift >= 8; shift /= 2)
    lanes = larger(lanes, reinterpret_cast<Lanes>(reinterpret_cast<Halves>(lanes) >> shift));
  return static_cast<std::uint8_t>(reinterpret_cast<Halves>(lanes)[0]);
}

/// Stores one number as part of a whole vector: what loads vectors then gets it from the store,
/// where behind the store of a byte it would wait until that has reached the cache.
inline void store_lane(std::uint8_t* family, std::size_t i, std::uint8_t value) noexcept {
  using detail::Lanes;
  constexpr Lanes numbers = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  std::uint8_t* const at = family + i / detail::lanes * detail::lanes;
  const auto chosen =
      reinterpret_cast<Lanes>(numbers == Lanes{} + static_cast<std::uint8_t>(i % detail::lanes));
  const Lanes stored = (detail::load(at) & ~chosen) | ((Lanes{} + value) & chosen);
  __builtin_memcpy(at, &stored, sizeof stored);
}

#else

[[nodiscard]] inline std::uint64_t lanes_at_least(const std::uint8_t* family,
                                                  std::uint8_t least) noexcept {
  std::uint64_t mask = 0;
  for (std::size_t i = 0; i < family_size; ++i)
    mask |= (family[i] >= least ? std::uint64_t{1} : 0) << i;
  return mask;
}
[[nodiscard]] inline std::uint8_t largest_lane(const std::uint8_t* family) noexcept {
  std::uint8_t largest = 0;
  for (std::size_t i = 0; i < family_size; ++i)
    if (family[i] > largest) largest = family[i];
  return largest;
}
inline void store_lane(std::uint8_t* family, std::size_t i, std::uint8_t value) noexcept {
  family[i] = value;
}

#endif

/// Where the levels lie in the tree's bytes; each is whole families, the last is one.
struct Levels {
  static constexpr std::size_t most = 8;

  std::size_t begin[most + 1] = {};
  std::size_t count = 0;

  explicit constexpr Levels(std::size_t blocks) noexcept {
    // One number more than there are blocks: none begins behind the last.
    std::size_t families = units_for(blocks + 1, family_size);
    for (;; families = units_for(families, family_size)) {
      begin[count + 1] = begin[count] + families * family_size;
      ++count;
      if (families == 1) return;
    }
  }
  /// Bytes of all levels.
  [[nodiscard]] constexpr std::size_t bytes() const noexcept { return begin[count]; }
  /// Numbers of one level.
  [[nodiscard]] constexpr std::size_t width(std::size_t level) const noexcept {
    return begin[level + 1] - begin[level];
  }
};

/// Over bytes that lie elsewhere, whose levels it is told with each call.
class LengthTree {
 public:
  /// The largest number: it stands for itself and all above.
  static constexpr std::size_t most = 255;

  constexpr LengthTree(const Levels& levels, std::uint8_t* bytes) noexcept
      : levels_(levels), bytes_(bytes) {}

  static constexpr std::uint8_t clipped(std::size_t length) noexcept {
    return static_cast<std::uint8_t>(length < most ? length : most);
  }

  [[nodiscard]] constexpr std::size_t get(std::size_t block) const noexcept {
    return bytes_[block];
  }

  /// The first block with a length of at least n, 1 <= n <= most; `none` when there is none.
  [[nodiscard]] std::size_t first(std::size_t n) const noexcept {
    return descend(levels_.count, 0, static_cast<std::uint8_t>(n));
  }

  /// The same, from block `from` on.
  [[nodiscard]] std::size_t first_from(std::size_t from, std::size_t n) const noexcept {
    const auto least = static_cast<std::uint8_t>(n);
    for (std::size_t level = 0; level < levels_.count; ++level) {
      if (from < levels_.width(level)) {
        const std::size_t lane = from % family_size;
        const std::uint64_t behind =
            lanes_at_least(family(level, from / family_size), least) >> lane;
        if (behind != 0)
          return descend(level, from + static_cast<std::size_t>(std::countr_zero(behind)), least);
      }
      from = from / family_size + 1;
    }
    return none;
  }

  /// A chunk of this length begins at the block now; none did, or a shorter one.
  constexpr void raise(std::size_t block, std::size_t length) noexcept {
    const std::uint8_t value = clipped(length);
    set(0, block, value);
    for (std::size_t level = 1, i = block; level < levels_.count; ++level) {
      i /= family_size;
      if (get(level, i) >= value) return;
      set(level, i, value);
    }
  }

  /// No chunk begins at the block any more.
  void drop(std::size_t block) noexcept {
    const std::uint8_t old = get(0, block);
    set(0, block, 0);
    lower_above(block, old);
  }

  /// The chunk that began at the block begins at `to` now, which is behind it, and is shorter.
  void move(std::size_t block, std::size_t to, std::size_t length) noexcept {
    const std::uint8_t old = get(0, block);
    set(0, block, 0);
    raise(to, length);
    lower_above(block, old);
  }

  /// Null, or what is wrong with the levels above the lengths.
  [[nodiscard]] const char* check() const noexcept {
    for (std::size_t level = 1; level < levels_.count; ++level) {
      for (std::size_t i = 0; i < levels_.width(level); ++i) {
        const bool is_family = i * family_size < levels_.width(level - 1);
        if (get(level, i) != (is_family ? largest_lane(family(level - 1, i)) : 0))
          return "a number of a higher level is the largest of the family below";
      }
    }
    return nullptr;
  }

 private:
  [[nodiscard]] constexpr std::uint8_t* family(std::size_t level, std::size_t i) const noexcept {
    return bytes_ + levels_.begin[level] + i * family_size;
  }
  [[nodiscard]] constexpr std::uint8_t get(std::size_t level, std::size_t i) const noexcept {
    return bytes_[levels_.begin[level] + i];
  }
  constexpr void set(std::size_t level, std::size_t i, std::uint8_t value) noexcept {
    if (std::is_constant_evaluated()) {
      bytes_[levels_.begin[level] + i] = value;
    } else {
      store_lane(family(level, i / family_size), i % family_size, value);
    }
  }
  /// The first block below number i of a level that is large enough.
  [[nodiscard]] std::size_t descend(std::size_t level, std::size_t i,
                                    std::uint8_t least) const noexcept {
    while (level > 0) {
      const std::uint64_t large = lanes_at_least(family(--level, i), least);
      if (large == 0) return none;
      i = i * family_size + static_cast<std::size_t>(std::countr_zero(large));
    }
    return i;
  }

  /// The number of a block is less than `old` now, what it was.
  void lower_above(std::size_t block, std::uint8_t old) noexcept {
    for (std::size_t level = 1, i = block; level < levels_.count; ++level) {
      i /= family_size;
      if (get(level, i) != old) return;  // another is the largest
      const std::uint8_t now = largest_lane(family(level - 1, i));
      if (now == old) return;
      set(level, i, now);
    }
  }

  const Levels& levels_;
  std::uint8_t* bytes_;
};

}  // namespace heapatlas::stalloc
