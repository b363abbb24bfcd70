// heapatlas info TRACE: what a trace holds, and how its program used the allocator.
#pragma once

#include "tool/command.hpp"

namespace heapatlas::tool {

/// Adds the command; both must outlive the parse.
void add_info(CLI::App& app, Invocation& invocation);

}  // namespace heapatlas::tool
