// Starting over with an allocator that has no live block.
//
// A reset frees everything, so a composite can be reset only when all its parts can. When no block
// is live there is nothing to free, and each part may forget by itself what it kept of the dead
// ones: a fallback of a bump and system malloc hands out the bump's memory anew. Every combinator
// has a `rewind` of its own that asks its parts, for a part made at run time has a reset by its
// type, and may lack it all the same. What is the memory of another part (a parent of talc, the
// backing of slabs) is not rewound: that part still holds what it was given.
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
