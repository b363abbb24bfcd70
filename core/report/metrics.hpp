// What every figure of a report means: its definition, its formula, what to make of it. The one
// place that the command line, the viewer and the docs take that from.
#pragma once

#include <span>
#include <string_view>

namespace heapatlas::report {

enum class Better : unsigned char {
  lower,
  higher,
  neither,  ///< it describes the program or sets a scale
};

/// One metric. All texts are static, in plain sentences.
struct Metric {
  std::string_view name;
  std::string_view unit;
  Better better = Better::lower;
  std::string_view definition;  ///< one line
  std::string_view formula;
  std::string_view meaning;
  std::string_view advice;  ///< what to do about a bad one; empty when there is nothing to do
  /// Where the report holds it, apart by blanks: members of runs[], or "series:NAME".
  std::string_view places;
};

/// All of them: of speed, of memory, of the heap's inside.
[[nodiscard]] std::span<const Metric> metrics();

/// The metric of this name, or of a member or series of this name; null when there is none.
[[nodiscard]] const Metric* find_metric(std::string_view name);

/// "lower is better", "higher is better", or that neither is.
[[nodiscard]] std::string_view in_words(Better better);

}  // namespace heapatlas::report
