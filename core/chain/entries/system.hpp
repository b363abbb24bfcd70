// The spec of system; see spec.hpp.
#pragma once

#include "core/alloc/os/system.hpp"
#include "core/chain/entries/spec.hpp"

namespace heapatlas::chain {

struct SystemSpec {
  using Type = System;
  static bool matches(const Link& link) { return link.is("system"); }
  static Type make(const Link&, Builder&) { return System{}; }
};

}  // namespace heapatlas::chain
