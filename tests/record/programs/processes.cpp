// Children of every kind, and programs that become others.
#include <dlfcn.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include "tests/record/programs/subject.hpp"

extern char** environ;

namespace subject {
namespace {

constexpr std::size_t child_size = first_size + 1;

int ended(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/// The child works as much as the parent does, at the same time.
int work(std::size_t size) {
  for (int i = 0; i < 10000; ++i) free(use(malloc(48)));
  free(use(malloc(size)));
  return 0;
}

int by_fork(int, char**) {
  const pid_t child = fork();
  const int own = work(child == 0 ? child_size : first_size);
  return child == 0 ? own : ended(child);
}

/// A fork that no handler of the C library sees.
int by_bare_fork(int, char**) {
  const long child = syscall(SYS_fork);
  if (child == 0) _exit(work(child_size));
  work(first_size);
  return ended(static_cast<pid_t>(child));
}

int by_threaded_fork(int, char**) {
  bool stop = false;
  std::vector<std::thread> others;
  for (int i = 0; i < 3; ++i) {
    others.emplace_back([&stop] {
      while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
        for (int round = 0; round < 100; ++round) free(use(malloc(48)));
        usleep(100);
      }
    });
  }
  int status = 0;
  for (int i = 0; i < 8; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      std::thread([] { work(child_size); }).join();
      _exit(0);
    }
    status |= ended(child);
  }
  __atomic_store_n(&stop, true, __ATOMIC_RELAXED);
  for (std::thread& other : others) other.join();
  free(use(malloc(first_size)));
  return status;
}

/// argv: a program. Its child between vfork and exec allocates where its parent does.
int by_vfork(int, char** argv) {
  const pid_t child = vfork();
  if (child == 0) {
    execv(argv[0], argv);
    _exit(1);
  }
  work(first_size);
  return ended(child);
}

int by_spawn(int, char** argv) {
  pid_t child = 0;
  if (posix_spawn(&child, argv[0], nullptr, nullptr, argv, environ) != 0) return 1;
  work(first_size);
  return ended(child);
}

int by_exec(int, char** argv) {
  free(use(malloc(child_size)));
  execv(argv[0], argv);
  return 1;
}

/// dlsym and dlopen allocate, also when what they are asked for is not there.
int by_dlopen(int, char** argv) {
  void* library = dlopen(argv[0], RTLD_NOW);
  if (library == nullptr) return 1;
  if (dlsym(library, "no_such_function") != nullptr || dlerror() == nullptr) return 1;
  auto* answer = reinterpret_cast<int (*)()>(dlsym(library, "early_answer"));
  const int status = answer == nullptr ? 1 : answer();
  dlclose(library);
  free(use(malloc(first_size)));
  return status;
}

int just_work(int, char**) {
  return work(first_size);
}

}  // namespace

const Behaviour processes[] = {
    {"fork", by_fork},     {"bare-fork", by_bare_fork}, {"threaded-fork", by_threaded_fork},
    {"vfork", by_vfork},   {"spawn", by_spawn},         {"exec", by_exec},
    {"dlopen", by_dlopen}, {"work", just_work},         {nullptr, nullptr},
};

}  // namespace subject
