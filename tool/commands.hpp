// Every command, in the order --help shows them.
#pragma once

#include "tool/command.hpp"

namespace heapatlas::tool {

/// Adds every command to the parser; both must outlive the parse.
void add_commands(CLI::App& app, Invocation& invocation);

void add_list(CLI::App& app, Invocation& invocation);
void add_explain(CLI::App& app, Invocation& invocation);
/// `metric`, below `explain`.
CLI::App* add_explain_metric(CLI::App& explain, Invocation& invocation);
void add_export_cpp(CLI::App& app, Invocation& invocation);

}  // namespace heapatlas::tool
