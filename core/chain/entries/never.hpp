// The spec of never; see spec.hpp.
#pragma once

#include "core/alloc/never.hpp"
#include "core/chain/entries/spec.hpp"

namespace heapatlas::chain {

struct NeverSpec {
  using Type = Never;
  static bool matches(const Link& link) { return link.is("never"); }
  static Type make(const Link&, Builder&) { return Never{}; }
};

}  // namespace heapatlas::chain
