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
base::Result<std::string> run_child(const Contender& contender,
                                    const std::vector<std::string>& arguments) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return base::system_error("cannot make a pipe", errno);
  const base::Descriptor out{ends[0]};
  base::Descriptor in{ends[1]};

  std::vector<std::string> command = {"heapatlas", "bench", "--sample", contender.text};
  command.insert(command.end(), arguments.begin(), arguments.end());
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

}  // namespace

Contender contender_of(const chain::Chain& chain) {
  Contender contender{chain.text(), chain.text(), {}};
  if (const auto preload = chain.preload()) {
    contender.environment.push_back("LD_PRELOAD=" + preload->library);
    if (!preload->variable.empty()) contender.environment.push_back(preload->variable);
  }
  return contender;
}

base::Result<std::vector<Figures>> take_rounds(const std::vector<Contender>& contenders,
                                               std::size_t rounds,
                                               const std::vector<std::string>& arguments,
                                               const Progress& progress) {
  std::vector<Figures> all(contenders.size());
  for (std::size_t round = 0; round < rounds; ++round) {
    for (std::size_t turn = 0; turn < contenders.size(); ++turn) {
      const std::size_t who = round % 2 == 0 ? turn : contenders.size() - 1 - turn;
      progress(round * contenders.size() + turn, rounds * contenders.size(), contenders[who].name);
      const auto said = run_child(contenders[who], arguments);
      if (!said) return tl::make_unexpected(said.error());
      std::istringstream lines{*said};
      for (std::string line; std::getline(lines, line);) {
        if (Figure figure; Figure::parse(line, figure)) all[who][figure.workload].push_back(figure);
      }
    }
  }
  return all;
}

}  // namespace heapatlas::tool::bench
