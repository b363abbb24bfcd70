// What a command of the command line is, and the list of them all.
//
// Each command lives in a file of its own, with one function that adds it to the parser. When the
// user chooses it, its callback stores the work to do in Invocation::run; main runs it after
// parsing, turns an error into its one line and a status into the exit status.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "core/base/error.hpp"
#include "tool/exit_status.hpp"

namespace heapatlas::tool {

struct Invocation {
  bool quiet = false;  ///< --quiet: no progress, no notes
  bool json = false;   ///< --json: results as JSON on standard output
  std::function<base::Result<ExitStatus>()> run;
};

}  // namespace heapatlas::tool
