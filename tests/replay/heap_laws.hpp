// What the used spans of each link of a chain hold beside its blocks: for tests.
#pragma once

#include <vector>

#include "core/chain/link.hpp"
#include "tests/replay/heap_judge.hpp"

namespace heapatlas::replay {

inline void add_laws(const chain::Link& link, bool sized, std::vector<LinkLaw>& laws) {
  if (link.id != chain::no_node) {
    if (laws.size() <= link.id) laws.resize(link.id + std::size_t{1});
    const bool bump = link.is("bump") || link.is("mapped_bump") || link.is("scoped");
    laws[link.id] = {bump, sized};
  }
  for (const chain::Link& part : link.parts) add_laws(part, sized || link.is("sized"), laws);
}

/// By NodeId. Of a chain in which no sized holds another.
inline std::vector<LinkLaw> laws_of(const chain::Chain& chain) {
  std::vector<LinkLaw> laws;
  add_laws(chain.root(), false, laws);
  return laws;
}

}  // namespace heapatlas::replay
