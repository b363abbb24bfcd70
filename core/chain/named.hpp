// A file of named chains: what `-a @name` looks up.
//
//   {"format": "heapatlas.chains/1",
//    "chains": {"production": "stalloc(blocks=1000, block=8) | system",
//               "again": {"name": "bump", "args": [1024]}}}
//
// A chain is text or the JSON form.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/base/error.hpp"
#include "core/chain/ast.hpp"

namespace heapatlas::chain {

/// The file that is looked up when none is named.
inline constexpr std::string_view default_chains_file = "chains.json";

using NamedChains = std::map<std::string, Node, std::less<>>;

/// The named chains of a file's text; name is what errors call the file. Every chain must parse.
[[nodiscard]] base::Result<NamedChains> parse_named(std::string_view text, std::string_view name);

/// The same, of a file of at most 1 MiB.
[[nodiscard]] base::Result<NamedChains> read_named(const std::string& path);

/// The tree of what a user wrote where a chain is expected: chain text, the JSON form (its first
/// character is '{'), or '@name', a chain of the file.
[[nodiscard]] base::Result<Node> parse(std::string_view text,
                                       std::string_view chains_file = default_chains_file);

}  // namespace heapatlas::chain
