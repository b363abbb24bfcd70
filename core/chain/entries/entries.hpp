// The list of every entry of the registry; each is made in the file of its name.
#pragma once

#include <vector>

#include "core/chain/registry.hpp"

namespace heapatlas::chain {

[[nodiscard]] const Entry& never_entry();

/// Every entry in reading order: leaves, combinators, sources.
[[nodiscard]] inline std::vector<const Entry*> all_entries() {
  return {&never_entry()};
}

}  // namespace heapatlas::chain
