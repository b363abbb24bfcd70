// Syntax tree to canonical text: parse_text(print(x)) == x.
#pragma once

#include <string>

#include "core/chain/ast.hpp"

namespace heapatlas::chain {

/// The canonical text: one space around '|' and after ',', numbers in the largest unit that
/// divides them, fallback as '|' where it can be.
[[nodiscard]] std::string print(const Node& node);

/// A value as it stands between the parentheses of its node.
[[nodiscard]] std::string print(const Value& value);

}  // namespace heapatlas::chain
