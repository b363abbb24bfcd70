// What the conformance suite runs on: a subject owns memory and one fresh allocator over it.
#pragma once

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "core/alloc/concepts.hpp"

namespace heapatlas::conformance {

inline constexpr std::size_t unbounded = ~std::size_t{0};

/// What a subject's allocator promises beyond the concepts. The defaults are the strictest.
struct Facts {
  /// No single request above this many bytes is ever granted; `unbounded`: limited only by the
  /// machine (the suite then keeps its own requests small).
  std::size_t capacity = unbounded;
  /// The size of the request with alignment 1 that uses up a fresh allocator; 0: there is none.
  std::size_t exact_fit = 0;
  /// Sizes one below, at and one above its multiples are worth trying.
  std::size_t unit = 8;
  /// The largest size that requests usually have in the random tests.
  std::size_t usual_size = 256;
  /// A fresh allocator grants one byte. False for `never` alone.
  bool grants = true;
  /// What was freed can be granted again, in any order. False for a bump, where a free may do
  /// nothing.
  bool reclaims = true;
  /// Once all is freed, the free memory is in as few pieces as it was when fresh. False for
  /// allocators that cut memory for good (fixed blocks, size classes) or keep a cache.
  bool coalesces = true;
  /// A failed request leaves what `walk` reports as it was. False only where a failing request
  /// may first tidy up (give a cache back).
  bool failure_keeps_walk = true;
};

/// A default-constructible type with a `name`, `facts`, and `allocator()`: a fresh allocator that
/// lives as long as the subject. A subject may name a smaller one of its kind, `Tiny` (a heap of
/// few units), for the test that tries every sequence of six operations.
template <class S>
concept Subject = std::is_default_constructible_v<S> && requires(S& subject) {
  {std::string_view{S::name}};
  { S::facts } -> std::convertible_to<Facts>;
  requires Allocator<std::remove_reference_t<decltype(subject.allocator())>>;
};

template <Subject S>
using AllocatorOf = std::remove_reference_t<decltype(std::declval<S&>().allocator())>;

namespace detail {
template <class S>
struct TinyOf {
  using type = S;
};
template <class S>
requires requires {
  typename S::Tiny;
}
struct TinyOf<S> {
  using type = typename S::Tiny;
};
}  // namespace detail

/// The subject's `Tiny`, or itself.
template <Subject S>
using TinyOf = typename detail::TinyOf<S>::type;

/// Names a subject to GoogleTest.
struct SubjectNames {
  template <Subject S>
  static std::string GetName(int) {
    return std::string{S::name};
  }
};

}  // namespace heapatlas::conformance
