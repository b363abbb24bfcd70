// What a process is started with: its environment and its arguments, as the system wants them.
#pragma once

#include <string>
#include <vector>

namespace heapatlas::base {

/// This process's environment with some variables ("NAME=value") set; each name stands once.
[[nodiscard]] std::vector<std::string> environment_with(const std::vector<std::string>& added);

/// The texts as exec and posix_spawn take them: a null pointer ends the list. Valid as long as the
/// texts are neither changed nor moved.
[[nodiscard]] std::vector<char*> pointers_to(std::vector<std::string>& texts);

}  // namespace heapatlas::base
