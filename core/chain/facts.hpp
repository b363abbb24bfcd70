// What a link of a chain guarantees: the refinements of core/alloc/concepts.hpp as values, because
// a chain made at run time has them as facts, not as types.
#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <string>

#include "core/alloc/concepts.hpp"

namespace heapatlas::chain {

struct Capabilities {
  bool owns = false;         ///< can tell whether a pointer is its own (Owning)
  bool resizes = false;      ///< grows and shrinks in place (Resizing)
  bool reallocates = false;  ///< has a realloc of its own (Reallocating)
  bool zeroes = false;       ///< knows when memory is already zero (Zeroing)
  bool resets = false;       ///< frees everything at once (Resettable)
  bool self_sizing = false;  ///< knows a block's size, frees without a layout (SelfSizing)
  bool walks = false;        ///< shows every byte it manages (Introspectable)
  bool checks = false;       ///< restates its invariants (Checkable)

  friend bool operator==(const Capabilities&, const Capabilities&) = default;
};

/// Every capability, for code that treats them alike.
inline constexpr std::array every_capability = {
    &Capabilities::owns,   &Capabilities::resizes, &Capabilities::reallocates,
    &Capabilities::zeroes, &Capabilities::resets,  &Capabilities::self_sizing,
    &Capabilities::walks,  &Capabilities::checks,
};

/// The capabilities of a statically known type.
template <Allocator A>
inline constexpr Capabilities capabilities_of = {
    .owns = Owning<A>,
    .resizes = Resizing<A>,
    .reallocates = Reallocating<A>,
    .zeroes = Zeroing<A>,
    .resets = Resettable<A>,
    .self_sizing = SelfSizing<A>,
    .walks = Introspectable<A>,
    .checks = Checkable<A>,
};

struct LinkFacts {
  Capabilities can;
  Threads threads = Threads::one;
  std::size_t min_alignment = 1;  ///< every grant is at least so aligned
  std::size_t max_alignment = 1;  ///< a larger one is never granted
  std::string overhead;           ///< the most it adds to a block, in words
  /// No request for more succeeds, neither for a new block nor to grow one.
  std::size_t max_size = unbounded;
  /// No more requested bytes ever live at once.
  std::size_t max_live = unbounded;

  static constexpr std::size_t unbounded = std::numeric_limits<std::size_t>::max();
};

}  // namespace heapatlas::chain
