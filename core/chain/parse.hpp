// Chain text to syntax tree. The grammar is in README.md.
#pragma once

#include <string_view>

#include "core/base/error.hpp"
#include "core/chain/ast.hpp"

namespace heapatlas::chain {

/// The tree of a chain in text form. Errors name the position and what was expected; text beyond
/// the limits of ast.hpp is refused.
[[nodiscard]] base::Result<Node> parse_text(std::string_view text);

}  // namespace heapatlas::chain
