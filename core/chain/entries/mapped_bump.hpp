// The spec of mapped_bump; see spec.hpp.
#pragma once

#include "core/alloc/os/mapped_bump.hpp"
#include "core/chain/entries/spec.hpp"

namespace heapatlas::chain {

struct MappedBumpSpec {
  using Type = MappedBump;
  static bool matches(const Link& link) { return link.is("mapped_bump"); }
  static Type make(const Link& link, Builder&) { return MappedBump(link.size("size")); }
};

}  // namespace heapatlas::chain
