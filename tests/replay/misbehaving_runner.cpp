// A runner that does, instead of a pass, what the request's chain says: crash, hang, exit... For
// the chain `bump` it is $MISBEHAVE that says it. `system` is malloc; any other chain is served
// from a bump.
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "core/alloc/bump.hpp"
#include "core/alloc/os/system.hpp"
#include "core/replay/serve.hpp"

namespace heapatlas::replay {
namespace {

/// Also where a sanitizer catches the signal.
void die_of(int signal) {
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void misbehave(const Request& request, const Bench& bench, Outcome& outcome) {
  std::string_view what = chain_text(request);
  if (const char* said = std::getenv("MISBEHAVE"); what == "bump" && said != nullptr) what = said;
  outcome.operation = 1;
  if (what == "crash") die_of(SIGSEGV);
  if (what == "abort with words") {
    std::fputs("double free or corruption\x1b[31m\nand more\n", stderr);
    std::abort();
  }
  if (what == "hang")
    for (;;) pause();
  if (what == "exit") std::exit(7);
  if (what == "exit quietly") std::exit(0);
  if (what == "refuse") return refuse(outcome, "no such luck");
  if (what == "lie about counts") {
    outcome.warm_count = 1'000'000;
    outcome.link_count = 1'000'000;
    outcome.refusal.fill('x');
    outcome.violation.what.fill('x');
    outcome.stage = Stage::done;
    return;
  }
  if (what == "environment") {
    const char* value = std::getenv("HEAPATLAS_TEST");
    return refuse(outcome, value == nullptr ? "unset" : value);
  }
  if (what == "exit when done") {
    outcome.stage = Stage::done;
    std::exit(7);
  }
  if (what == "system") {  // the harness asks malloc what it granted
    System system;
    return run_pass(system, request, bench, outcome);
  }
  static std::byte memory[std::size_t{1} << 16];
  Bump bump(memory, sizeof(memory));
  run_pass(bump, request, bench, outcome);
  if (what == "find a fault" && request.pass == Pass::verify) outcome.violation.set(2, "made up");
  if (what == "break a walk" && request.pass == Pass::placements)
    outcome.violation.set(2, "the walk's spans overlap");
  if (what == "crash when done") die_of(SIGBUS);
}

}  // namespace
}  // namespace heapatlas::replay

int main(int argc, char** argv) {
  return heapatlas::replay::serve(argc, argv, heapatlas::replay::misbehave);
}
