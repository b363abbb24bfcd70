// The JSON form of a chain: the same syntax tree.
//
//   node      {"name": "stalloc", "args": [argument...]}      "args" may be missing
//   argument  value, or {"key": "blocks", "value": value}
//   value     number | true | false | "word" | {"string": "text"} | node
//
// `stalloc(blocks=8) | system` is {"name": "fallback", "args": [{"name": "stalloc", "args":
// [{"key": "blocks", "value": 8}]}, "system"]}.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "core/base/error.hpp"
#include "core/chain/ast.hpp"

namespace heapatlas::chain {

[[nodiscard]] nlohmann::json to_json(const Node& node);

/// The tree of a chain in JSON. Errors name the place as a path ("/args/0/value"). The positions
/// in the tree are those of its canonical text, print(node).
[[nodiscard]] base::Result<Node> from_json(const nlohmann::json& json);

/// The tree of a chain in JSON text, at most max_text_length long.
[[nodiscard]] base::Result<Node> parse_json(std::string_view text);

/// Parses JSON text into a document; name is what an error calls the text.
[[nodiscard]] base::Result<nlohmann::json> json_document(std::string_view text,
                                                         std::string_view name);

}  // namespace heapatlas::chain
