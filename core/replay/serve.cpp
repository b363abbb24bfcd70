#include "core/replay/serve.hpp"

#include <malloc.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "core/replay/workload.hpp"

#if defined(__SANITIZE_ADDRESS__)
/// What a trace never frees is live when the sample ends, in slots that the sanitizer does not
/// search: no leak, and the exit status stays the sample's.
extern "C" __attribute__((used, visibility("default"))) const char* __lsan_default_options() {
  return "detect_leaks=0";
}
#endif

namespace heapatlas::replay {
namespace {

int descriptor(const char* text) {
  int number = -1;
  std::from_chars(text, text + std::strlen(text), number);
  return number;
}

Exchange* map_exchange(int file) {
  void* memory =
      mmap(nullptr, sizeof(Exchange), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file, 0);
  if (memory == MAP_FAILED) return nullptr;
  auto* exchange = static_cast<Exchange*>(memory);
  return exchange->magic == Exchange::expected_magic ? exchange : nullptr;
}

void pin_to(int core) noexcept {
  if (core < 0) return;
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(static_cast<std::size_t>(core), &cores);
  sched_setaffinity(0, sizeof(cores), &cores);  // a wish: the sample is taken either way
}

/// Present, zeroed memory of the harness; shared, so that the system never merges it with a
/// mapping of the allocator under test.
std::span<std::byte> map_own(std::size_t bytes, int more_flags) noexcept {
  void* memory =
      mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | more_flags, -1, 0);
  if (memory == MAP_FAILED) return {};
  return {static_cast<std::byte*>(memory), bytes};
}

template <class T>
std::span<T> map_entries(std::size_t count) noexcept {
  const auto bytes = map_own(std::max<std::size_t>(count, 1) * sizeof(T), MAP_POPULATE);
  return {reinterpret_cast<T*>(bytes.data()), bytes.empty() ? 0 : count};
}

void run_null(const Request& request, const Bench& bench, Outcome& outcome) noexcept {
  const std::size_t max_size = bench.workload.facts.max_size;
  const auto memory = map_own(Null::window_bytes + max_size, MAP_NORESERVE);
  if (memory.empty())
    return refuse(outcome, "no address space for the null allocator's largest block");
  std::fill_n(memory.begin(), Null::window_bytes, std::byte{0});
  outcome.implementation = Implementation::null;
  if (request.pass == Pass::self_check) return run_self_check(memory.data(), bench, outcome);
  Null null(memory.data());
  run_throughput(null, request, bench, outcome);
  outcome.stage = Stage::done;
}

}  // namespace

std::string_view chain_text(const Request& request) noexcept {
  return {request.chain.data(),
          std::min<std::size_t>(request.chain_bytes, Request::max_chain_bytes)};
}

void refuse(Outcome& outcome, std::string_view why) noexcept {
  const std::size_t size = std::min(why.size(), outcome.refusal.size() - 1);
  std::memcpy(outcome.refusal.data(), why.data(), size);
  outcome.refusal[size] = 0;
  outcome.stage = Stage::refused;
}

int serve(int argc, char** argv, const Subject& subject) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (argc != 3 && argc != 4) {
    std::fputs("heapatlas-runner takes one sample for heapatlas, which starts it\n", stderr);
    return 2;
  }
  Exchange* exchange = map_exchange(descriptor(argv[2]));
  if (exchange == nullptr) {
    std::fputs("heapatlas-runner: not started by a heapatlas of this build\n", stderr);
    return 2;
  }
  const Request& request = exchange->request;
  Outcome& outcome = exchange->outcome;
  outcome.stage = Stage::building;
  const auto workload = MappedWorkload::map(descriptor(argv[1]));
  if (!workload) {
    refuse(outcome, workload.error().line());
    return 0;
  }
  pin_to(request.core);
  const std::size_t slots = workload->view().facts.slots;
  Bench bench;
  bench.workload = workload->view();
  bench.slots = map_entries<Slot>(slots);
  if (request.pass == Pass::verify) bench.blocks = map_entries<VerifiedBlock>(slots);
  if (bench.slots.size() != slots ||
      (request.pass == Pass::verify && bench.blocks.size() != slots)) {
    refuse(outcome, "no memory for the slots of the trace");
    return 0;
  }
  std::optional<HistoryMap> history;
  if (request.pass == Pass::placements) {
    if (argc == 4) history = HistoryMap::map(descriptor(argv[3]));
    if (!history) {
      refuse(outcome, "no memory for what is to be recorded");
      return 0;
    }
    bench.history = &*history;
  }
  static ResidentMeter meter;
  meter.exclude(workload->bytes().data(), workload->bytes().size());
  meter.exclude(bench.slots.data(), bench.slots.size_bytes());
  meter.exclude(exchange, sizeof(Exchange));
  bench.meter = &meter;
  if (request.null_allocator)
    run_null(request, bench, outcome);
  else
    subject(request, bench, outcome);
  return 0;
}

}  // namespace heapatlas::replay
