#include "core/replay/child.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>

#include "core/base/descriptor.hpp"
#include "core/base/environment.hpp"

namespace heapatlas::replay {
namespace {

using Clock = std::chrono::steady_clock;

/// The exchange, mapped and unmapped again.
class SharedExchange {
 public:
  static base::Result<SharedExchange> create() {
    base::Descriptor file{memfd_create("heapatlas exchange", MFD_CLOEXEC)};
    if (!file || ftruncate(file.get(), sizeof(Exchange)) != 0)
      return base::system_error("cannot make memory to share with a child", errno);
    void* memory =
        mmap(nullptr, sizeof(Exchange), PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
    if (memory == MAP_FAILED)
      return base::system_error("cannot map memory to share with a child", errno);
    return SharedExchange{std::move(file), new (memory) Exchange};
  }

  [[nodiscard]] int file() const { return file_.get(); }
  [[nodiscard]] Exchange& operator*() const { return *exchange_; }
  Exchange* operator->() const { return exchange_.get(); }

 private:
  struct Unmap {
    void operator()(Exchange* exchange) const { munmap(exchange, sizeof(Exchange)); }
  };
  SharedExchange(base::Descriptor file, Exchange* exchange)
      : file_{std::move(file)}, exchange_{exchange} {}

  base::Descriptor file_;
  std::unique_ptr<Exchange, Unmap> exchange_;
};

base::Result<pid_t> spawn(const ChildSetup& setup, int exchange, int errors) {
  // The child's descriptors have these numbers, wherever the parent's are.
  constexpr int child_workload = 3;
  constexpr int child_exchange = 4;
  constexpr int child_history = 5;
  const base::Descriptor workload{fcntl(setup.workload, F_DUPFD_CLOEXEC, 10)};
  const base::Descriptor shared{fcntl(exchange, F_DUPFD_CLOEXEC, 10)};
  const base::Descriptor talk{fcntl(errors, F_DUPFD_CLOEXEC, 10)};
  const base::Descriptor history{setup.history < 0 ? -1
                                                   : fcntl(setup.history, F_DUPFD_CLOEXEC, 10)};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, talk.get(), 1);
  posix_spawn_file_actions_adddup2(&actions, talk.get(), 2);
  posix_spawn_file_actions_adddup2(&actions, workload.get(), child_workload);
  posix_spawn_file_actions_adddup2(&actions, shared.get(), child_exchange);
  std::vector<std::string> arguments = {setup.runner, std::to_string(child_workload),
                                        std::to_string(child_exchange)};
  if (history) {
    posix_spawn_file_actions_adddup2(&actions, history.get(), child_history);
    arguments.push_back(std::to_string(child_history));
  }
  std::vector<std::string> variables = base::environment_with(setup.environment);
  pid_t child = -1;
  const int failed =
      posix_spawn(&child, setup.runner.c_str(), &actions, nullptr,
                  base::pointers_to(arguments).data(), base::pointers_to(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return base::system_error("cannot start the runner", failed, setup.runner);
  return child;
}

enum class Waited { ended, timed_out, stopped };

bool has_ended(pid_t child) {
  siginfo_t ended{};
  return waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         ended.si_pid == child;
}

/// Waits until the process ends, time is up or `stop` is true; looks at `stop` at least every
/// 50 ms.
Waited wait_for(pid_t child, const ChildSetup& setup) {
  // Where there are no process descriptors, poll merely sleeps.
  const base::Descriptor process{static_cast<int>(syscall(SYS_pidfd_open, child, 0))};
  const auto deadline = Clock::now() + setup.timeout;
  for (;;) {
    pollfd waiting{process.get(), POLLIN, 0};
    if (poll(&waiting, 1, 50) > 0 || has_ended(child)) return Waited::ended;
    if (setup.stop != nullptr && setup.stop->load(std::memory_order_relaxed))
      return Waited::stopped;
    if (Clock::now() >= deadline) return Waited::timed_out;
  }
}

/// The first line of what the child said, made fit for a terminal; empty when it said nothing.
std::string first_line_of(int file) {
  std::string text(400, '\0');
  const ssize_t got = pread(file, text.data(), text.size(), 0);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  text.erase(std::min(text.find('\n'), text.size()));
  std::replace_if(
      text.begin(), text.end(),
      [](char c) { return std::iscntrl(static_cast<unsigned char>(c)) != 0; }, ' ');
  return text;
}

ChildResult judge(int status, bool timed_out, const ChildSetup& setup, const Outcome& outcome,
                  const std::string& said) {
  ChildResult result;
  result.outcome = outcome;
  result.outcome.refusal.back() = 0;
  result.outcome.violation.what.back() = 0;
  result.outcome.warm_count = std::min<std::uint32_t>(outcome.warm_count, Outcome::max_warm);
  result.outcome.link_count = std::min<std::uint32_t>(outcome.link_count, Outcome::max_links);
  const std::string remark = said.empty() ? "" : fmt::format(": {}", said);
  if (timed_out) {
    result.ending = Ending::timed_out;
    result.why = fmt::format("took more than {} s and was ended", setup.timeout.count() / 1000);
  } else if (WIFSIGNALED(status)) {
    result.ending = Ending::crashed;
    result.why = fmt::format("killed by {}{}", signal_name(WTERMSIG(status)), remark);
  } else if (outcome.stage == Stage::refused) {
    result.ending = Ending::refused;
    result.why = result.outcome.refusal.data();
  } else if (outcome.stage != Stage::done || WEXITSTATUS(status) != 0) {
    result.ending = Ending::exited;
    result.why = fmt::format("ended with exit status {} {} it was done{}", WEXITSTATUS(status),
                             outcome.stage == Stage::done ? "when" : "before", remark);
  }
  return result;
}

}  // namespace

base::Result<ChildResult> run_child(const ChildSetup& setup, const Request& request) {
  auto exchange = SharedExchange::create();
  if (!exchange) return tl::make_unexpected(exchange.error());
  (*exchange)->request = request;
  const base::Descriptor talk{memfd_create("heapatlas runner's words", MFD_CLOEXEC)};
  if (!talk) return base::system_error("cannot make memory to share with a child", errno);
  const auto child = spawn(setup, exchange->file(), talk.get());
  if (!child) return tl::make_unexpected(child.error());
  const Waited waited = wait_for(*child, setup);
  if (waited != Waited::ended) kill(*child, SIGKILL);
  int status = 0;
  while (waitpid(*child, &status, 0) < 0 && errno == EINTR) {
  }
  const bool stopped = setup.stop != nullptr && setup.stop->load(std::memory_order_relaxed);
  if (waited == Waited::stopped || stopped)
    return base::fail(base::ErrorKind::cancelled, "interrupted");
  return judge(status, waited == Waited::timed_out, setup, (*exchange)->outcome,
               first_line_of(talk.get()));
}

bool set_chain(Request& request, std::string_view text) noexcept {
  if (text.size() > Request::max_chain_bytes) return false;
  std::copy(text.begin(), text.end(), request.chain.begin());
  request.chain_bytes = static_cast<std::uint32_t>(text.size());
  return true;
}

std::string signal_name(int signal) {
  const char* name = sigabbrev_np(signal);
  const char* meaning = sigdescr_np(signal);
  if (name == nullptr || meaning == nullptr) return fmt::format("signal {}", signal);
  std::string words = meaning;
  words.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(words.front())));
  return fmt::format("SIG{} ({})", name, words);
}

int last_core() noexcept {
  cpu_set_t cores;
  if (sched_getaffinity(0, sizeof(cores), &cores) != 0) return -1;
  for (int core = CPU_SETSIZE - 1; core >= 0; --core)
    if (CPU_ISSET(static_cast<std::size_t>(core), &cores)) return core;
  return -1;
}

}  // namespace heapatlas::replay
