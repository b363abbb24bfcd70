// Runs the replay loop with the null allocator, then the loop by hand, once each over a trace.
// loop_cost_test.py counts the instructions of the two functions below by their names.
//
// usage: loop_cost TRACE; prints the operations of the trace
#include <cstdio>
#include <vector>

#include "core/replay/compile.hpp"
#include "core/replay/passes.hpp"

namespace {

using namespace heapatlas;
using namespace heapatlas::replay;

}  // namespace

extern "C" {
[[gnu::noinline]] std::uint64_t run_replay_loop(std::byte* memory, const Bench& bench) {
  Null null(memory);
  Touching<Touch::first> observer;
  return run_workload(null, bench, observer).total();
}
[[gnu::noinline]] std::uint64_t run_loop_by_hand(std::byte* memory, const Bench& bench) {
  return run_by_hand(bench.workload.operations, memory, bench.slots.data());
}
}

int main(int count, char** arguments) {
  if (count != 2) return 2;
  auto reader = trace::Reader::open(arguments[1]);
  if (!reader) return 2;
  const auto compiled = compile(*reader);
  if (!compiled) return 2;
  const auto workload = MappedWorkload::map(compiled->file.get());
  if (!workload) return 2;
  std::vector<Slot> slots(compiled->facts.slots);
  std::vector<std::byte> memory(Null::window_bytes + compiled->facts.max_size);
  Bench bench;
  bench.workload = workload->view();
  bench.slots = slots;
  const std::uint64_t missed =
      run_replay_loop(memory.data(), bench) + run_loop_by_hand(memory.data(), bench);
  std::printf("%zu\n", bench.workload.operations.size());
  return missed == 0 ? 0 : 1;
}
