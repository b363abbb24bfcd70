// Entries and links as JSON, for `list --json`, `explain --json` and reports.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "core/chain/link.hpp"

namespace heapatlas::chain {

[[nodiscard]] nlohmann::json facts_json(const LinkFacts& facts);

/// An entry of the registry: its name, role, help, parameters, cost and example.
[[nodiscard]] nlohmann::json entry_json(const Entry& entry);

/// A link with its parts: its text, node, position, facts and C++ type.
[[nodiscard]] nlohmann::json link_json(const Link& link);

}  // namespace heapatlas::chain
