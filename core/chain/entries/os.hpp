// The spec of os; see spec.hpp.
#pragma once

#include "core/alloc/os/os.hpp"
#include "core/chain/entries/spec.hpp"

namespace heapatlas::chain {

struct OsSpec {
  using Type = Os;
  static bool matches(const Link& link) { return link.is("os"); }
  static Type make(const Link&, Builder&) { return Os{}; }
};

}  // namespace heapatlas::chain
