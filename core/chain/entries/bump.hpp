// The specs of bump; see spec.hpp.
#pragma once

#include "core/alloc/bump.hpp"
#include "core/chain/entries/spec.hpp"

namespace heapatlas::chain {

template <class Allocator, bool shared>
struct BasicBumpSpec {
  using Type = Allocator;
  static bool matches(const Link& link) { return link.is("bump") && link.flag("shared") == shared; }
  static Type make(const Link& link, Builder& builder) {
    const auto memory = builder.memory(link);
    return Type(memory.data(), memory.size());
  }
};

using BumpSpec = BasicBumpSpec<Bump, false>;
using SharedBumpSpec = BasicBumpSpec<SharedBump, true>;

}  // namespace heapatlas::chain
