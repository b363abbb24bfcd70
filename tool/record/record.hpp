// The commands `record` and `finish`.
#pragma once

#include "tool/command.hpp"

namespace heapatlas::tool {

void add_record(CLI::App& app, Invocation& invocation);
void add_finish(CLI::App& app, Invocation& invocation);

}  // namespace heapatlas::tool
