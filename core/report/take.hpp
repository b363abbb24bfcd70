// One value of a report into its place: what each type may be, checked.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/report/members.hpp"

namespace heapatlas::report {

/// What is left of the memory that a document may take.
struct Budget {
  std::uint64_t bytes = 0;
  bool spent = false;  ///< it did not suffice

  [[nodiscard]] bool take(std::uint64_t amount) {
    spent = spent || amount > bytes;
    if (!spent) bytes -= amount;
    return !spent;
  }

  /// Makes room in a list for `capacity` elements, within the budget.
  template <class T>
  [[nodiscard]] bool grow(std::vector<T>& list, std::size_t capacity) {
    if (capacity <= list.capacity()) return true;
    if (!take((capacity - list.capacity()) * sizeof(T))) return false;
    list.reserve(capacity);
    return true;
  }
  /// Makes room for one more.
  template <class T>
  [[nodiscard]] bool room_in(std::vector<T>& list) {
    return list.size() < list.capacity() || grow(list, std::max<std::size_t>(2 * list.size(), 4));
  }
};

/// A value that is no object and no list.
struct Scalar {
  enum class Kind : unsigned char { null, boolean, number, real, text, bytes };
  Kind kind = Kind::null;
  bool boolean = false;
  std::uint64_t number = 0;
  double real = 0;  ///< of numbers too
  std::string_view text;

  static Scalar of(std::uint64_t number) {
    return {Kind::number, false, number, static_cast<double>(number), {}};
  }
  static Scalar of(double real) { return {Kind::real, false, 0, real, {}}; }
  static Scalar of(bool boolean) { return {Kind::boolean, boolean, 0, 0, {}}; }
  static Scalar of(std::string_view text) { return {Kind::text, false, 0, 0, text}; }

  /// The whole number that it is, up to `largest`; 1.0 is one, as JSON Schema has it.
  [[nodiscard]] std::optional<std::uint64_t> whole(std::uint64_t largest) const {
    if (kind == Kind::number && number <= largest) return number;
    if (kind == Kind::real && real >= 0 && real <= static_cast<double>(largest) &&
        std::floor(real) == real)
      return static_cast<std::uint64_t>(real);
    return std::nullopt;
  }
};

/// The largest number that a member of this type may be; u32 are ids.
template <class T>
inline constexpr std::uint64_t largest_of = max_number;
template <>
inline constexpr std::uint64_t largest_of<std::uint32_t> = unknown - 1;

/// What a value of this type must be, in words.
template <class T>
const char* expected() {
  if constexpr (is_optional<T>) {
    return expected<typename T::value_type>();
  } else if constexpr (is_or_null<T>) {
    return expected<decltype(T::null)>();
  } else if constexpr (is_vector<T>) {
    return "a list";
  } else if constexpr (std::is_same_v<T, bool>) {
    return "true or false";
  } else if constexpr (std::is_same_v<T, double>) {
    return "a number from 0";
  } else if constexpr (std::is_same_v<T, std::uint32_t>) {
    return "a whole number from 0 to 2^32 - 2";
  } else if constexpr (std::is_same_v<T, std::uint64_t>) {
    return "a whole number from 0 to 2^53";
  } else if constexpr (std::is_same_v<T, std::string>) {
    return "a text";
  } else if constexpr (std::is_enum_v<T>) {
    static const std::string words = fmt::format("one of {}", fmt::join(texts_of<T>, ", "));
    return words.c_str();
  } else {
    return "an object";
  }
}

/// Stores a scalar; false, the place being anything, when it is not what the type must be or the
/// budget is spent.
template <class T>
[[nodiscard]] bool take(T& into, const Scalar& value, Budget& budget) {
  if constexpr (is_optional<T>) {
    return value.kind == Scalar::Kind::null || take(into.emplace(), value, budget);
  } else if constexpr (is_or_null<T>) {
    if (value.kind != Scalar::Kind::null) return take(into.value, value, budget);
    into.value = into.null;
    return true;
  } else if constexpr (std::is_same_v<T, bool>) {
    into = value.boolean;
    return value.kind == Scalar::Kind::boolean;
  } else if constexpr (std::is_same_v<T, double>) {
    into = value.real;
    return (value.kind == Scalar::Kind::number || value.kind == Scalar::Kind::real) &&
           std::isfinite(value.real) && value.real >= 0;
  } else if constexpr (std::is_unsigned_v<T>) {
    const auto number = value.whole(largest_of<T>);
    into = static_cast<T>(number.value_or(0));
    return number.has_value();
  } else if constexpr (std::is_same_v<T, std::string>) {
    if (value.kind != Scalar::Kind::text || !budget.take(value.text.size())) return false;
    into = value.text;
    return true;
  } else if constexpr (std::is_enum_v<T>) {
    const auto& texts = texts_of<T>;
    const auto found = std::find(texts.begin(), texts.end(), value.text);
    into = static_cast<T>(found - texts.begin());
    return value.kind == Scalar::Kind::text && found != texts.end();
  } else {
    return false;
  }
}

}  // namespace heapatlas::report
