// The shape of a fallback whose links have specs; see spec.hpp.
#pragma once

#include "core/alloc/fallback.hpp"
#include "core/chain/entries/spec.hpp"

namespace heapatlas::chain {

template <class First, class Second>
struct FallbackSpec {
  using Type = Fallback<typename First::Type, typename Second::Type>;

  static bool matches(const Link& link) {
    return link.is("fallback") && First::matches(link.parts[0]) && Second::matches(link.parts[1]);
  }
  static Type make(const Link& link, Builder& builder) {
    return Type{First::make(link.parts[0], builder), Second::make(link.parts[1], builder)};
  }
};

}  // namespace heapatlas::chain
