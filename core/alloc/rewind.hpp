// Starting over with an allocator that has no live block.
//
// A reset frees everything, so a composite can be reset only when all its parts can. When no block
// is live there is nothing to free, and each part may forget by itself what it kept of the dead
// ones: a fallback of a bump and system malloc hands out the bump's memory anew. Combinators whose
// parts may differ in this have a `rewind` of their own.
#pragma once

#include "core/alloc/concepts.hpp"

namespace heapatlas {

/// No block of a is live. Resets it, or those of its parts that can be; else does nothing.
template <Allocator A>
constexpr void rewind(A& a) noexcept {
  if constexpr (requires { a.rewind(); }) {
    a.rewind();
  } else if constexpr (Resettable<A>) {
    a.reset();
  }
}

}  // namespace heapatlas
