// The one home of size and address arithmetic.
//
// Every size that an allocator computes from a request goes through here: a request may be as
// large as SIZE_MAX, and a sum that wraps must be seen as "does not fit", never as a small number.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace heapatlas {

/// A size that remembers whether any step of its computation overflowed. Once overflowed it stays
/// so: only `fits` and `value_or` let the number out.
class CheckedSize {
 public:
  constexpr CheckedSize(std::size_t value) noexcept : value_(value) {}  // NOLINT: sums read better

  /// True when no step overflowed and the size is at most limit.
  [[nodiscard]] constexpr bool fits(std::size_t limit) const noexcept {
    return !overflowed_ && value_ <= limit;
  }
  [[nodiscard]] constexpr bool overflowed() const noexcept { return overflowed_; }

  /// The number, or other after an overflow.
  [[nodiscard]] constexpr std::size_t value_or(std::size_t other) const noexcept {
    return overflowed_ ? other : value_;
  }
  /// The number, saturated: SIZE_MAX after an overflow.
  [[nodiscard]] constexpr std::size_t saturated() const noexcept {
    return value_or(std::numeric_limits<std::size_t>::max());
  }

  [[nodiscard]] friend constexpr CheckedSize operator+(CheckedSize a, CheckedSize b) noexcept {
    CheckedSize sum{0};
    const bool wrapped = __builtin_add_overflow(a.value_, b.value_, &sum.value_);
    sum.overflowed_ = wrapped || a.overflowed_ || b.overflowed_;
    return sum;
  }
  [[nodiscard]] friend constexpr CheckedSize operator*(CheckedSize a, CheckedSize b) noexcept {
    CheckedSize product{0};
    const bool wrapped = __builtin_mul_overflow(a.value_, b.value_, &product.value_);
    product.overflowed_ = wrapped || a.overflowed_ || b.overflowed_;
    return product;
  }

  /// The next multiple of align, a power of two.
  [[nodiscard]] constexpr CheckedSize rounded_up(std::size_t align) const noexcept {
    CheckedSize rounded = *this + (align - 1);
    rounded.value_ &= ~(align - 1);
    return rounded;
  }

 private:
  std::size_t value_;
  bool overflowed_ = false;
};

[[nodiscard]] constexpr bool is_power_of_two(std::size_t value) noexcept {
  return value != 0 && (value & (value - 1)) == 0;  // a count of bits may be a call to libgcc
}

/// Bytes from address up to the next multiple of align (a power of two): 0..align-1. Cannot wrap.
[[nodiscard]] constexpr std::size_t gap_to_alignment(std::uintptr_t address,
                                                     std::size_t align) noexcept {
  return static_cast<std::size_t>(-address) & (align - 1);
}

[[nodiscard]] constexpr bool is_aligned(std::uintptr_t address, std::size_t align) noexcept {
  return (address & (align - 1)) == 0;
}

/// value rounded down to a multiple of align, a power of two.
[[nodiscard]] constexpr std::size_t round_down(std::size_t value, std::size_t align) noexcept {
  return value & ~(align - 1);
}

/// How many units of `unit` bytes hold `size` bytes. Cannot wrap.
[[nodiscard]] constexpr std::size_t units_for(std::size_t size, std::size_t unit) noexcept {
  return size / unit + (size % unit != 0 ? 1 : 0);
}

/// The exponent of the largest power of two <= value; value >= 1.
[[nodiscard]] constexpr unsigned floor_log2(std::size_t value) noexcept {
  return static_cast<unsigned>(std::bit_width(value)) - 1;
}

/// The address a pointer holds, for alignment and bounds.
[[nodiscard]] inline std::uintptr_t address_of(const void* pointer) noexcept {
  return reinterpret_cast<std::uintptr_t>(pointer);
}

}  // namespace heapatlas
