// What slab, slabs and per_thread read from a link.
#pragma once

#include "core/alloc/slab.hpp"
#include "core/alloc/slabs.hpp"
#include "core/chain/entries/spec.hpp"

namespace heapatlas::chain {

/// The limit and growth of a slab's or slabs' link.
[[nodiscard]] SlabOptions slab_options(const Link& link);

/// The block size of a slab's link.
[[nodiscard]] inline OneClass slab_class(const Link& link) {
  return OneClass(Layout{link.size("size"), link.size("align")});
}

/// The size classes of a slabs' link.
[[nodiscard]] inline SizeClasses slabs_classes(const Link& link) {
  return SizeClasses(link.size("min"), link.size("max"));
}

}  // namespace heapatlas::chain
