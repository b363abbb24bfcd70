// Where the files are that come with the program: preload libraries, the replay's child.
#pragma once

#include <string>
#include <string_view>

#include "core/base/error.hpp"

namespace heapatlas::tool {

/// The path of a companion file: beside the running program (a build tree), or in the folder where
/// an installation keeps it. unavailable when it is in neither.
[[nodiscard]] base::Result<std::string> locate_companion(std::string_view name);

}  // namespace heapatlas::tool
