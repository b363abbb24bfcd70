#include "tool/record/launch.hpp"

#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <sstream>

#include "core/base/descriptor.hpp"
#include "core/base/environment.hpp"
#include "core/base/input_file.hpp"

namespace heapatlas::tool {
namespace {

// ---- which program

enum class Preload { possible, static_program, other_machine };

/// Whether the dynamic loader has a say in this file; scripts and the like are their interpreter's.
Preload preload_into(const base::InputFile& file) {
  Elf64_Ehdr header{};
  const auto got = file.read_at(0, std::as_writable_bytes(std::span(&header, 1)));
  if (!got || *got < EI_NIDENT || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
    return Preload::possible;
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || *got < sizeof header) return Preload::other_machine;
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment{};
    const std::uint64_t at = header.e_phoff + std::uint64_t{i} * header.e_phentsize;
    const auto read = file.read_at(at, std::as_writable_bytes(std::span(&segment, 1)));
    if (!read || *read < sizeof segment) break;
    if (segment.p_type == PT_INTERP) return Preload::possible;
  }
  return Preload::static_program;
}

bool gains_privileges(const struct stat& file) {
  return ((file.st_mode & S_ISUID) != 0 && file.st_uid != getuid()) ||
         ((file.st_mode & S_ISGID) != 0 && file.st_gid != getgid());
}

base::Result<std::string> refuse(const std::string& program, int reason) {
  return base::system_error("the program can't be started", reason, program);
}

/// The file, if it can be run and recorded.
base::Result<std::string> checked(const std::string& path) {
  struct stat file {};
  if (stat(path.c_str(), &file) != 0) return refuse(path, errno);
  if (S_ISDIR(file.st_mode)) return refuse(path, EISDIR);
  if (access(path.c_str(), X_OK) != 0) return refuse(path, errno);
  if (gains_privileges(file)) {
    return base::bad_input("the program can't be recorded: it is setuid or setgid", path,
                           "record it as the user that it runs as");
  }
  const auto contents = base::InputFile::open(path);
  if (!contents) return path;  // it may be run, but not read
  switch (preload_into(*contents)) {
    case Preload::static_program:
      return base::bad_input("the program can't be recorded: it is statically linked", path);
    case Preload::other_machine:
      return base::bad_input("the program can't be recorded: it is no 64-bit program", path);
    case Preload::possible:
      break;
  }
  return path;
}

// ---- signals

std::atomic<pid_t> receiver{0};
std::atomic<bool> gives_up{false};  ///< the program is gone, and a signal came
static_assert(std::atomic<pid_t>::is_always_lock_free, "read by a signal handler");

/// A signal that a process sent is passed on. What the terminal sends, it sends to the program too.
void pass_on(int number, siginfo_t* info, void*) {
  const int kept = errno;
  const pid_t program = receiver.load(std::memory_order_relaxed);
  if (program == 0)
    gives_up.store(true, std::memory_order_relaxed);
  else if (info->si_code != SI_KERNEL)
    kill(program, number);
  errno = kept;
}

constexpr std::array passed_signals = {SIGINT,  SIGQUIT, SIGTERM, SIGHUP,
                                       SIGUSR1, SIGUSR2, SIGALRM, SIGWINCH};

/// While it lives, the signals that are passed on are held back, and SIGCHLD.
class Blocked {
 public:
  Blocked() {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : passed_signals) sigaddset(&set, number);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, &before_);
  }
  ~Blocked() { sigprocmask(SIG_SETMASK, &before_, nullptr); }
  Blocked(const Blocked&) = delete;
  Blocked& operator=(const Blocked&) = delete;

  [[nodiscard]] const sigset_t& before() const { return before_; }

  /// Lets the others come.
  void but_only(int number) const {
    sigset_t set = before_;
    sigaddset(&set, number);
    sigprocmask(SIG_SETMASK, &set, nullptr);
  }

 private:
  sigset_t before_{};
};

/// While it lives, signals go to the program.
class Forwarding {
 public:
  explicit Forwarding(pid_t program) {
    receiver.store(program);
    gives_up.store(false);
    struct sigaction action {};
    action.sa_sigaction = pass_on;
    action.sa_flags = SA_SIGINFO;
    sigfillset(&action.sa_mask);
    for (std::size_t i = 0; i < passed_signals.size(); ++i)
      sigaction(passed_signals[i], &action, &before_[i]);
  }
  ~Forwarding() {
    for (std::size_t i = 0; i < passed_signals.size(); ++i)
      sigaction(passed_signals[i], &before_[i], nullptr);
  }
  Forwarding(const Forwarding&) = delete;
  Forwarding& operator=(const Forwarding&) = delete;

 private:
  std::array<struct sigaction, passed_signals.size()> before_{};
};

// ---- the child

void set_environment(const Launch& launch) {
  const char* others = std::getenv("LD_PRELOAD");
  const std::string preload =
      others == nullptr || *others == '\0' ? launch.preload : launch.preload + ":" + others;
  setenv("LD_PRELOAD", preload.c_str(), 1);
  setenv(spool::path_variable, launch.spool.c_str(), 1);
}

/// In the child: becomes the program, or tells the parent why not.
[[noreturn]] void become(const Launch& launch, spool::Header& header, int report,
                         const sigset_t& mask) {
  header.process = static_cast<std::uint32_t>(getpid());
  set_environment(launch);
  std::vector<std::string> command = launch.command;
  const std::vector<char*> arguments = base::pointers_to(command);
  sigprocmask(SIG_SETMASK, &mask, nullptr);
  execvp(arguments.front(), arguments.data());
  const int reason = errno;
  (void)!write(report, &reason, sizeof reason);
  _exit(127);
}

Ending ending_of(int status) {
  if (WIFSIGNALED(status)) return {128 + WTERMSIG(status), WTERMSIG(status)};
  return {WEXITSTATUS(status), 0};
}

/// What happened to a child, which stays to be reaped; nothing when none has ended. False: there
/// are no children.
bool look_for_end(pid_t program, bool descendants, siginfo_t& ended) {
  ended = {};
  const idtype_t whom = descendants ? P_ALL : P_PID;
  return waitid(whom, static_cast<id_t>(program), &ended, WEXITED | WNOWAIT | WNOHANG) == 0;
}

/// Sleeps until a child ends, a signal comes, or the time is over. SIGCHLD must be blocked.
void sleep_at_most(std::chrono::milliseconds time) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  const timespec limit{0, std::chrono::nanoseconds(time).count()};
  sigtimedwait(&set, nullptr, &limit);
}

/// What the system calls a process that has ended and was not yet waited for.
void read_name(pid_t process, spool::Header& header) {
  const base::Descriptor file{
      open(fmt::format("/proc/{}/comm", process).c_str(), O_RDONLY | O_CLOEXEC)};
  const ssize_t got = file ? read(file.get(), header.last_name, sizeof header.last_name) : 0;
  header.last_name[got > 0 ? got - 1 : 0] = '\0';  // the last one read is the end of the line
}

/// Waits for the program; if asked, for whatever it leaves behind as well.
Ending wait_for(pid_t program, bool descendants, spool::Header& header,
                const std::function<bool()>& meanwhile) {
  using std::chrono::milliseconds;
  constexpr milliseconds shortest(2);
  constexpr milliseconds longest(100);
  milliseconds pause(10);  // programs that take less are left alone
  Ending ending;
  siginfo_t ended{};
  while (look_for_end(program, descendants, ended) && !gives_up.load()) {
    if (ended.si_pid == 0) {
      sleep_at_most(pause);
      pause = meanwhile() ? shortest : std::min(2 * pause, longest);
      continue;
    }
    // While the pid is not yet reaped it is nobody else's: from here on, no signal goes to it.
    if (ended.si_pid == program) {
      receiver.store(0);
      read_name(program, header);
    }
    int status = 0;
    rusage usage{};
    wait4(ended.si_pid, &status, 0, &usage);
    if (ended.si_pid == program) {
      ending = ending_of(status);
      header.peak_resident_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
      if (!descendants) break;
    }
  }
  return ending;
}

}  // namespace

base::Result<std::string> find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) return checked(name);
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "/usr/local/bin:/usr/bin:/bin" : path);
  int reason = ENOENT;
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::string candidate = (folder.empty() ? "." : folder) + "/" + name;
    struct stat file {};
    if (stat(candidate.c_str(), &file) != 0 || !S_ISREG(file.st_mode)) continue;
    if (access(candidate.c_str(), X_OK) == 0) return checked(candidate);
    reason = errno;
  }
  return refuse(name, reason);
}

base::Result<Ending> run_program(const Launch& launch, spool::Header& header,
                                 const std::function<bool()>& meanwhile) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return base::system_error("no pipe", errno);
  base::Descriptor read_end(ends[0]);
  base::Descriptor write_end(ends[1]);
  if (launch.follow) prctl(PR_SET_CHILD_SUBREAPER, 1);
  const Blocked blocked;
  const pid_t program = fork();
  if (program == 0) become(launch, header, write_end.get(), blocked.before());
  if (program < 0) return base::system_error("the program can't be started", errno);
  std::signal(SIGXFSZ, SIG_IGN);  // a trace that may not grow is an error like any other
  const Forwarding forwarding(program);
  blocked.but_only(SIGCHLD);
  (void)write_end.close();
  int reason = 0;
  ssize_t got = 0;
  do {
    got = read(read_end.get(), &reason, sizeof reason);
  } while (got < 0 && errno == EINTR);
  const Ending ending = wait_for(program, launch.follow, header, meanwhile);
  if (got == static_cast<ssize_t>(sizeof reason))
    return base::system_error("the program can't be started", reason, launch.command.front());
  return ending;
}

}  // namespace heapatlas::tool
