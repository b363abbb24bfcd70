// Running totals that one thread keeps, or several.
//
// The shared form is atomic and relaxed: each total is exact by itself, and totals read together
// while others write may be of slightly different moments. The other form is a plain number.
#pragma once

#include <atomic>
#include <cstddef>

namespace heapatlas {

/// A total that may go up and down. Neither copied nor moved: it counts where it stands.
template <bool shared>
class Tally {
 public:
  constexpr Tally() noexcept = default;
  Tally(const Tally&) = delete;
  Tally& operator=(const Tally&) = delete;

  [[nodiscard]] constexpr std::size_t value() const noexcept { return value_; }
  /// The total after the addition.
  constexpr std::size_t add(std::size_t amount) noexcept { return value_ += amount; }
  constexpr void subtract(std::size_t amount) noexcept { value_ -= amount; }
  constexpr void set(std::size_t value) noexcept { value_ = value; }
  constexpr void raise_to(std::size_t value) noexcept {
    if (value_ < value) value_ = value;
  }
  /// Adds unless the total would pass limit; true when added.
  [[nodiscard]] constexpr bool add_within(std::size_t amount, std::size_t limit) noexcept {
    if (value_ > limit || amount > limit - value_) return false;
    value_ += amount;
    return true;
  }

 private:
  std::size_t value_ = 0;
};

template <>
class Tally<true> {
 public:
  constexpr Tally() noexcept = default;
  Tally(const Tally&) = delete;
  Tally& operator=(const Tally&) = delete;

  [[nodiscard]] std::size_t value() const noexcept { return value_.load(relaxed); }
  std::size_t add(std::size_t amount) noexcept {
    return value_.fetch_add(amount, relaxed) + amount;
  }
  void subtract(std::size_t amount) noexcept { value_.fetch_sub(amount, relaxed); }
  void set(std::size_t value) noexcept { value_.store(value, relaxed); }
  void raise_to(std::size_t value) noexcept {
    std::size_t seen = value_.load(relaxed);
    while (seen < value && !value_.compare_exchange_weak(seen, value, relaxed)) {
    }
  }
  /// Never passes the limit, not even for a moment: a request that fits beside what is really
  /// there is not refused because of one that is about to be.
  [[nodiscard]] bool add_within(std::size_t amount, std::size_t limit) noexcept {
    std::size_t seen = value_.load(relaxed);
    do {
      if (seen > limit || amount > limit - seen) return false;
    } while (!value_.compare_exchange_weak(seen, seen + amount, relaxed));
    return true;
  }

 private:
  static constexpr std::memory_order relaxed = std::memory_order_relaxed;
  std::atomic<std::size_t> value_ = 0;
};

}  // namespace heapatlas
