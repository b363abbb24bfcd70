// heapatlas bench: the benchmark suite.
#pragma once

#include "tool/command.hpp"

namespace heapatlas::tool {

void add_bench(CLI::App& app, Invocation& invocation);

}  // namespace heapatlas::tool
