// The parent's side of a sample: starts a child, waits for it, and says how it ended.
//
// Whatever the child does (crash, hang, exit, talk) is a result, never a failure of the parent.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/replay/exchange.hpp"

namespace heapatlas::replay {

/// How a child's sample ended.
enum class Ending : std::uint8_t {
  done,       ///< the outcome is whole
  refused,    ///< it could not make the allocator, and said why
  crashed,    ///< a signal ended it
  exited,     ///< it ended by itself before it was done
  timed_out,  ///< it was ended for taking too long
};

struct ChildResult {
  Ending ending = Ending::done;
  std::string why;  ///< one line; empty when done
  Outcome outcome;  ///< as far as it got
};

/// Where children come from, and what they share.
struct ChildSetup {
  std::string runner;                    ///< path of the runner program
  int workload = -1;                     ///< descriptor; the caller's
  int history = -1;                      ///< descriptor; the caller's; of a placements pass only
  std::vector<std::string> environment;  ///< added: "NAME=value"; one replaces what is there
  std::chrono::milliseconds timeout{300'000};
  const std::atomic<bool>* stop = nullptr;  ///< ends the child when it turns true; may be null
};

/// Runs one sample in a fresh process. Errors: the runner cannot be started (unavailable), or
/// `stop` turned true (cancelled). The child is gone when this returns. One thread at a time.
[[nodiscard]] base::Result<ChildResult> run_child(const ChildSetup& setup, const Request& request);

/// The request's chain set to a text; false when it is too long.
[[nodiscard]] bool set_chain(Request& request, std::string_view text) noexcept;

/// "SIGSEGV (segmentation fault)"
[[nodiscard]] std::string signal_name(int signal);

/// The last core this process may run on, or -1 when that is unknown.
[[nodiscard]] int last_core() noexcept;

}  // namespace heapatlas::replay
