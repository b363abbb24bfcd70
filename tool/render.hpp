// heapatlas render: the heap of a replay as a picture, without a window.
#pragma once

#include "tool/command.hpp"

namespace heapatlas::tool {

void add_render(CLI::App& app, Invocation& invocation);

}  // namespace heapatlas::tool
