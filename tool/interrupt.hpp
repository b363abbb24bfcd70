// Ctrl-C and SIGTERM as a flag that long work looks at, so that it can clean up and end.
#pragma once

#include <atomic>

namespace heapatlas::tool {

/// Catches SIGINT and SIGTERM from now on; a second one ends the program at once. The flag is set
/// by the first.
[[nodiscard]] const std::atomic<bool>& catch_interrupts();

}  // namespace heapatlas::tool
