// What can be said of the machine and of this build.
#pragma once

#include <string>

#include "core/report/document.hpp"

namespace heapatlas::report {

/// Reads it now; `version` is the program's. What the system does not tell stays empty.
[[nodiscard]] Environment this_environment(std::string version);

}  // namespace heapatlas::report
