#include "tool/commands.hpp"

namespace heapatlas::tool {

void add_commands(CLI::App&, Invocation&) {}

}  // namespace heapatlas::tool
