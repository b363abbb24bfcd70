// Names and arguments: a syntax tree becomes a tree of links, each argument bound to a parameter
// of the registry and in its range. What links mean together is check.hpp's.
#pragma once

#include "core/base/error.hpp"
#include "core/chain/link.hpp"

namespace heapatlas::chain {

/// Binds a whole chain; the facts of its links are not set yet.
[[nodiscard]] base::Result<Link> bind(const Node& tree);

}  // namespace heapatlas::chain
