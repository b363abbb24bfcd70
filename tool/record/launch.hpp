// Runs a program under the recorder: finds it, starts it, passes signals on, waits for it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "tool/record/spool.hpp"

namespace heapatlas::tool {

/// The file that the shell would run for this name; bad_input when there is none, when it may not
/// be run, or when it is one that no library can be preloaded into (static, setuid).
[[nodiscard]] base::Result<std::string> find_program(const std::string& name);

struct Launch {
  std::vector<std::string> command;  ///< the program's name first
  std::string preload;               ///< the recorder's library
  std::string spool;                 ///< absolute
  bool follow = false;               ///< wait for descendants, too
};

/// How the program ended.
struct Ending {
  int status = 0;  ///< its exit status; 128 + n after signal n, as shells say
  int signal = 0;  ///< 0: it exited
};

/// Runs the program to its end with this process's own standard streams. Signals sent to this
/// process are passed on; those of the terminal reach the program by themselves. header.process is
/// set before the program starts, its last_name and peak_resident_bytes after it. unavailable when
/// it cannot be started. While it runs, meanwhile is called a few times a second up to some hundred
/// times, more often when it says that there was something to do.
[[nodiscard]] base::Result<Ending> run_program(const Launch& launch, spool::Header& header,
                                               const std::function<bool()>& meanwhile);

}  // namespace heapatlas::tool
