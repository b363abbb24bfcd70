// Which runs of a report a picture shows.
#pragma once

#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/report/document.hpp"

namespace heapatlas::tool {

/// The most that one picture sets side by side.
inline constexpr std::size_t max_side_by_side = 4;

/// The chosen runs, by their place in the document. Each text is a number from 1 on, a chain, or a
/// part of one chain's text only. Without any: for one picture the first run whose first link is
/// ours, or else the first; for side_by_side the first ones of the first trace. path: what errors
/// call the report. bad_input when it has no such run, or the run has no placements.
[[nodiscard]] base::Result<std::vector<std::size_t>> choose_runs(
    const report::Document& document, const std::vector<std::string>& texts, bool side_by_side,
    const std::string& path);

/// "1 talc | system, 2 system": what can be chosen.
[[nodiscard]] std::string list_of_runs(const report::Document& document);

}  // namespace heapatlas::tool
