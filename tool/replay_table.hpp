// The runs of a report as tables for people. Every number is the report's own.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "core/report/document.hpp"

namespace heapatlas::tool {

/// How a table is drawn.
struct TableStyle {
  std::size_t width = 80;  ///< cells; texts that do not fit are cut, and given in full below
  bool colour = false;
};

/// The runs of one trace: its line, the table, which link answered what, and notes on what to
/// keep in mind. They must not be empty, and all of one trace.
[[nodiscard]] std::string trace_table(std::span<const report::Run> runs, const TableStyle& style);

/// What the columns mean, their units, and which way is better.
[[nodiscard]] std::string table_legend(const TableStyle& style);

}  // namespace heapatlas::tool
