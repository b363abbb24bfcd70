// The passes: what a child does with an allocator that stands ready.
//
// Templates on the allocator, so that a statically composed chain is inlined into the loop. All
// memory here is the harness's own; nothing but the allocator under test may call malloc.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "core/alloc/concepts.hpp"
#include "core/alloc/rewind.hpp"
#include "core/chain/erased.hpp"
#include "core/replay/by_hand.hpp"
#include "core/replay/clock.hpp"
#include "core/replay/exchange.hpp"
#include "core/replay/kernel.hpp"
#include "core/replay/meter.hpp"
#include "core/replay/null.hpp"
#include "core/replay/record_heap.hpp"
#include "core/replay/touch.hpp"
#include "core/replay/verify.hpp"
#include "core/replay/watch_memory.hpp"

namespace heapatlas::replay {

/// What every pass works with. Borrowed; `slots` and `blocks` have an entry for each slot of the
/// workload.
struct Bench {
  WorkloadView workload;
  std::span<Slot> slots;
  std::span<VerifiedBlock> blocks;        ///< verify only
  ResidentMeter* meter = nullptr;         ///< memory only
  std::uint64_t resident_before = 0;      ///< read before the allocator was made
  HistoryMap* history = nullptr;          ///< placements only
  const chain::Counts* counts = nullptr;  ///< placements: of the chain; null when it has one link
};

/// Touches what is granted; see touch.hpp.
template <Touch how>
struct Touching : Observer {
  static void granted(std::size_t, std::uint32_t, Block block, Layout layout, bool) noexcept {
    touch<how>(block.ptr, 0, layout.size);
  }
  static void resized(std::size_t, std::uint32_t, Layout old, Block block,
                      std::size_t size) noexcept {
    touch<how>(block.ptr, old.size, size);
  }
};

template <Allocator A, class O>
Failures run_workload(A& a, const Bench& bench, O& observer) noexcept {
  return run_operations(a, bench.workload.operations, bench.workload.wide_sizes.data(),
                        bench.slots.data(), observer);
}

/// Frees what the trace never freed, then rewinds the allocator: ready for another pass.
template <Allocator A, class O>
void clear(A& a, const Bench& bench, O& observer) noexcept {
  run_operations(a, bench.workload.survivors, nullptr, bench.slots.data(), observer);
  heapatlas::rewind(a);
}

template <Touch how, Allocator A>
void run_throughput(A& a, const Request& request, const Bench& bench, Outcome& outcome) noexcept {
  Touching<how> observer;
  const auto pass = [&] { return run_workload(a, bench, observer); };
  outcome.cold = timed(pass);
  outcome.failures = outcome.cold.failures;
  if (outcome.failures.total() != 0) return;  // a failed request is not speed
  const std::uint32_t passes = std::min<std::uint32_t>(request.warm_passes, Outcome::max_warm);
  std::uint64_t spent = outcome.cold.wall_ns;
  Observer nothing;
  while (outcome.warm_count < passes &&
         (outcome.warm_count == 0 || spent < request.warm_budget_ns)) {
    clear(a, bench, nothing);
    const PassTime time = timed(pass);
    outcome.warm[outcome.warm_count++] = time;
    outcome.failures = time.failures;
    if (outcome.failures.total() != 0) return;
    spent += time.wall_ns;
  }
}

template <Allocator A>
void run_throughput(A& a, const Request& request, const Bench& bench, Outcome& outcome) noexcept {
  switch (request.touch) {
    case Touch::none:
      return run_throughput<Touch::none>(a, request, bench, outcome);
    case Touch::first:
      return run_throughput<Touch::first>(a, request, bench, outcome);
    case Touch::page:
      return run_throughput<Touch::page>(a, request, bench, outcome);
    case Touch::all:
      return run_throughput<Touch::all>(a, request, bench, outcome);
  }
}

template <Allocator A>
void run_memory(A& a, const Bench& bench, Outcome& outcome) noexcept {
  WatchingMemory observer(*bench.meter, bench.resident_before, bench.workload.facts);
  outcome.failures = run_workload(a, bench, observer);
  observer.read(bench.workload.operations.size() - 1);
  outcome.memory = observer.outcome();
}

template <Allocator A>
void run_counts(A& a, const Bench& bench, Outcome& outcome) noexcept {
  Observer nothing;
  outcome.failures = run_workload(a, bench, nothing);
}

/// Twice, so that memory that came back is looked at as well.
template <Allocator A>
void run_verify(A& a, const Bench& bench, Outcome& outcome) noexcept {
  const std::uint64_t operations = bench.workload.operations.size();
  for (int round = 0; round < 2 && !outcome.violation.found; ++round) {
    Verifying<A> observer(a, bench.blocks, operations / 64, outcome.operation, outcome.violation);
    outcome.failures = run_workload(a, bench, observer);
    if (outcome.violation.found) return;
    observer.past_the_end(operations);
    observer.check_heap(0);
    if (outcome.violation.found) return;
    clear(a, bench, observer);
    if (!outcome.violation.found) observer.check_heap(0);
  }
}

template <Allocator A>
void run_pass(A& a, const Request& request, const Bench& bench, Outcome& outcome) noexcept {
  outcome.stage = Stage::running;
  switch (request.pass) {
    case Pass::throughput:
      run_throughput(a, request, bench, outcome);
      break;
    case Pass::memory:
      run_memory(a, bench, outcome);
      break;
    case Pass::counts:
      run_counts(a, bench, outcome);
      break;
    case Pass::verify:
      run_verify(a, bench, outcome);
      break;
    case Pass::placements:
      run_placements(a, bench.workload, bench.slots.data(), *bench.history, bench.counts, outcome);
      break;
    case Pass::self_check:
      break;  // about the null allocator alone
  }
  outcome.stage = Stage::done;
}

/// The replay loop with the null allocator and the loop by hand, in turn; first bytes touched.
inline void run_self_check(std::byte* memory, const Bench& bench, Outcome& outcome) noexcept {
  constexpr std::size_t rounds = 15;
  std::array<std::uint64_t, rounds> kernel{};
  std::array<std::uint64_t, rounds> by_hand{};
  Touching<Touch::first> observer;
  outcome.stage = Stage::running;
  for (std::size_t round = 0; round < rounds; ++round) {
    Null null(memory);
    kernel[round] = timed([&] { return run_workload(null, bench, observer); }).cpu_ns;
    const auto hand = [&] {
      return Failures{.skipped =
                          run_by_hand(bench.workload.operations, memory, bench.slots.data())};
    };
    by_hand[round] = timed(hand).cpu_ns;
  }
  std::sort(kernel.begin(), kernel.end());
  std::sort(by_hand.begin(), by_hand.end());
  outcome.self_check = {kernel[rounds / 2], by_hand[rounds / 2]};
  outcome.stage = Stage::done;
}

}  // namespace heapatlas::replay
