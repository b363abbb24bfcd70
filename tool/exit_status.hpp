// What the program's exit status says; the same for every command.
#pragma once

#include "core/base/error.hpp"

namespace heapatlas::tool {

enum class ExitStatus : int {
  done = 0,
  answer_is_no = 1,  ///< the work ran: verification failed, a gate was exceeded
  bad_input = 2,     ///< bad usage or input; nothing was done
  recovered = 3,     ///< done on the part of a damaged input that could be recovered
  interrupted = 130  ///< stopped by Ctrl-C, as shells report it
};

}  // namespace heapatlas::tool
