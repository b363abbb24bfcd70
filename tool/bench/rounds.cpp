#include "tool/bench/rounds.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <sstream>

#include "core/base/descriptor.hpp"
#include "core/base/environment.hpp"
#include "tool/interrupt.hpp"

namespace heapatlas::tool::bench {
namespace {

/// Everything that comes out of a pipe until it is closed.
std::string read_all(int from) {
  std::string text;
  char buffer[4096];
  for (;;) {
    const ssize_t got = ::read(from, buffer, sizeof buffer);
    if (got > 0) text.append(buffer, static_cast<std::size_t>(got));
    if (got == 0 || (got < 0 && errno != EINTR)) return text;
  }
}

/// Runs one child to its end: what it wrote to standard output.
base::Result<std::string> run_child(const Contender& contender, const Workload& workload,
                                    const std::vector<std::string>& arguments) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return base::system_error("cannot make a pipe", errno);
  const base::Descriptor out{ends[0]};
  base::Descriptor in{ends[1]};

  std::vector<std::string> command = {"heapatlas",    "bench",      "--sample",
                                      contender.text, "--workload", workload.name};
  command.insert(command.end(), arguments.begin(), arguments.end());
  command.emplace_back("--benchmark_filter=all");  // the child has but one; which, is said above
  std::vector<std::string> environment = base::environment_with(contender.environment);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.get(), STDOUT_FILENO);
  pid_t child = 0;
  const int failed =
      posix_spawn(&child, "/proc/self/exe", &actions, nullptr, base::pointers_to(command).data(),
                  base::pointers_to(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return base::system_error("cannot start a child", failed);
  (void)in.close();
  std::string said = read_all(out.get());
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (catch_interrupts()) return base::fail(base::ErrorKind::cancelled, "interrupted");
  if (WIFSIGNALED(status)) {
    return base::fail(base::ErrorKind::unavailable,
                      fmt::format("{} died of signal {}", contender.text, WTERMSIG(status)));
  }
  if (WEXITSTATUS(status) != 0) {
    return base::fail(base::ErrorKind::unavailable,
                      fmt::format("{} could not be measured", contender.text));
  }
  return said;
}

struct Turn {
  std::size_t who;
  const Workload* workload;
};

/// Appends who is measured on what in one round.
void add_turns(std::vector<Turn>& turns, const Plan& plan, std::size_t round) {
  const std::size_t count = plan.contenders.size();
  for (const Workload* workload : plan.workloads) {
    if (workload->form == Form::filled && round > 0) continue;
    for (std::size_t turn = 0; turn < count; ++turn) {
      const std::size_t who = round % 2 == 0 ? turn : count - 1 - turn;
      if (plan.contenders[who].runs(*workload)) turns.push_back({who, workload});
    }
  }
}

}  // namespace

Contender contender_of(const chain::Chain& chain) {
  Contender contender{chain.text(), chain.text(), {}, {}};
  if (const auto preload = chain.preload()) {
    contender.environment.push_back("LD_PRELOAD=" + preload->library);
    if (!preload->variable.empty()) contender.environment.push_back(preload->variable);
  }
  return contender;
}

base::Result<std::vector<Figures>> take_rounds(const Plan& plan, const Progress& progress) {
  std::vector<Turn> turns;
  for (std::size_t round = 0; round < plan.rounds; ++round) add_turns(turns, plan, round);
  std::vector<Figures> all(plan.contenders.size());
  for (std::size_t i = 0; i < turns.size(); ++i) {
    const auto& [who, workload] = turns[i];
    const Contender& contender = plan.contenders[who];
    progress(i, turns.size(), fmt::format("{}: {}", workload->name, contender.name));
    const auto said = run_child(contender, *workload, plan.arguments);
    if (!said) return tl::make_unexpected(said.error());
    std::istringstream lines{*said};
    for (std::string line; std::getline(lines, line);) {
      if (Figure figure; Figure::parse(line, figure)) all[who][figure.workload].push_back(figure);
    }
  }
  return all;
}

}  // namespace heapatlas::tool::bench
