// Ways for a program to end, each after a known number of allocations.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>

#include "tests/record/programs/subject.hpp"

namespace subject {
namespace {

constexpr int made = 20000;  ///< more than a chunk of the spool holds

void make_blocks() {
  for (int i = 0; i < made; ++i) use(malloc(333));
  use(malloc(first_size));
}

int exit_status(int argc, char** argv) {
  make_blocks();
  return argc > 0 ? std::atoi(argv[0]) : 0;
}

int at_once(int, char**) {
  make_blocks();
  _exit(7);
}

int by_signal(int argc, char** argv) {
  make_blocks();
  raise(argc > 0 ? std::atoi(argv[0]) : SIGKILL);
  pause();
  return 0;
}

int by_fault(int, char**) {
  make_blocks();
  volatile int* nowhere = nullptr;
  asm volatile("" : "+r"(nowhere));
  return *nowhere;
}

int by_abort(int, char**) {
  make_blocks();
  std::abort();
}

/// Copies standard input to standard output, and says so on standard error.
int copy(int, char**) {
  char line[256];
  while (std::fgets(line, sizeof line, stdin) != nullptr) std::fputs(line, stdout);
  std::fputs("copied\n", stderr);
  return 3;
}

volatile std::sig_atomic_t got = 0;

/// Waits for a signal, and gives its number as the exit status.
int wait_for_signal(int, char**) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGUSR1})
    signal(number, [](int which) { got = which; });
  use(malloc(first_size));
  std::puts("ready");
  std::fflush(stdout);
  while (got == 0) usleep(1000);
  return got;
}

int sleep_long(int, char**) {
  make_blocks();
  std::puts("ready");
  std::fflush(stdout);
  pause();
  return 0;
}

/// What daemons do to where they came from: nothing that was open stays, and the folder changes.
int close_all(int, char**) {
  for (int number = 3; number < 1024; ++number) close(number);
  if (chdir("/") != 0) return 1;
  const int own = open("/dev/null", O_RDWR);
  make_blocks();
  return own == 3 ? 0 : 1;
}

/// Signal handlers may allocate, as many do although they should not.
int in_handlers(int, char**) {
  signal(SIGUSR1, [](int) { free(use(malloc(first_size))); });
  for (int i = 0; i < 100; ++i) raise(SIGUSR1);
  return 0;
}

/// Locks what is mapped into memory: not the spool's room for what is to come.
int lock_memory(int, char**) {
  if (mlockall(MCL_CURRENT) != 0) std::fputs("not allowed\n", stderr);
  make_blocks();
  return 0;
}

}  // namespace

const Behaviour endings[] = {
    {"exit", exit_status},        {"at-once", at_once},  {"signal", by_signal},
    {"fault", by_fault},          {"abort", by_abort},   {"copy", copy},
    {"wait", wait_for_signal},    {"sleep", sleep_long}, {"close-all", close_all},
    {"in-handlers", in_handlers}, {"lock", lock_memory}, {nullptr, nullptr},
};

}  // namespace subject
