// --chains FILE: where a command that takes chains looks up @name.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace heapatlas::tool {

/// Adds the option to a command. file must outlive the parse, and keeps what it holds when the
/// option is not given.
CLI::Option* add_chains_option(CLI::App& command, std::string& file);

}  // namespace heapatlas::tool
