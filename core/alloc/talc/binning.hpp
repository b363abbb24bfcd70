// Which bin a gap belongs to.
//
// | expression              | gives    | meaning                                                |
// |-------------------------|----------|--------------------------------------------------------|
// | B::count                | size_t   | how many bins there are, 1..4096                       |
// | B::bin_of(units)        | unsigned | the bin of a gap of so many units (>= 1), below count; |
// |                         |          | never decreases as units grow; bin 0 is for one unit   |
// | B::search_from(units)   | unsigned | the first bin whose every gap has so many units; count |
// |                         |          | when there is none, never below bin_of(units)          |
//
// Gaps of bins bin_of(units) up to search_from(units) may be large enough: they are looked at one
// by one when the bins above have none.
#pragma once

#include <concepts>
#include <cstddef>

#include "core/alloc/arithmetic.hpp"

namespace heapatlas::talc {

template <class B>
concept Binning = B::count >= 1 && B::count <= 4096 && requires(std::size_t units) {
  { B::bin_of(units) } -> std::same_as<unsigned>;
  { B::search_from(units) } -> std::same_as<unsigned>;
}
&&B::bin_of(1) == 0 && B::bin_of(2) > 0;

/// One bin for each size up to 2^linear_bits units, then 2^step_bits bins a doubling, up to
/// 2^max_bits units, which no gap reaches.
template <unsigned linear_bits, unsigned step_bits, unsigned max_bits>
struct SteppedBinning {
  static_assert(step_bits < linear_bits && linear_bits < max_bits);

  static constexpr std::size_t count =
      (std::size_t{1} << linear_bits) - 1 + (std::size_t{max_bits - linear_bits} << step_bits);

  [[nodiscard]] static constexpr unsigned bin_of(std::size_t units) noexcept {
    if (units < std::size_t{1} << linear_bits) return static_cast<unsigned>(units) - 1;
    const unsigned exponent = floor_log2(units);
    const auto step = static_cast<unsigned>(units >> (exponent - step_bits)) - (1U << step_bits);
    return (1U << linear_bits) - 1 + ((exponent - linear_bits) << step_bits) + step;
  }

  [[nodiscard]] static constexpr unsigned search_from(std::size_t units) noexcept {
    if (units < std::size_t{1} << linear_bits) return static_cast<unsigned>(units) - 1;
    const unsigned exponent = floor_log2(units);
    return bin_of(units + (std::size_t{1} << (exponent - step_bits)) - 1);
  }
};

/// Exact up to 1008 bytes of 16-byte units, then eight bins a doubling: the bins of SmallChunks.
using FineBinning = SteppedBinning<6, 3, 28>;

/// Exact up to 992 bytes of 32-byte units, then eight bins a doubling: the bins of LargeChunks.
using WideBinning = SteppedBinning<5, 3, sizeof(void*) == 8 ? 58 : 27>;

/// One machine word of bins: a doubling each. For machines short of memory.
using CoarseBinning = SteppedBinning<1, 0, sizeof(void*) == 8 ? 58 : 28>;

}  // namespace heapatlas::talc
