// The command `replay`.
#pragma once

#include "tool/command.hpp"

namespace heapatlas::tool {

void add_replay(CLI::App& app, Invocation& invocation);

}  // namespace heapatlas::tool
