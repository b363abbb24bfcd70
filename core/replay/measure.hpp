// Measuring a trace against chains: which samples are taken, in which order, and what they say.
//
// Samples of all chains are interleaved: every round runs each once, odd rounds in reverse order,
// so that a drift of the machine falls on all alike. The null allocator and system malloc are part
// of every round. Memory, counts and verification follow, each in a process of its own.
//
// What a chain does wrong (a refusal, a crash, a fault) is part of its run; errors are for what
// keeps anything from being measured at all.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/chain/link.hpp"
#include "core/replay/child.hpp"
#include "core/replay/compile.hpp"
#include "core/report/document.hpp"

namespace heapatlas::replay {

struct MeasureOptions {
  std::string runner;  ///< path of heapatlas-runner
  Touch touch = Touch::first;
  unsigned natural_align_log2 = trace::natural_align_log2;
  std::uint32_t samples = 10;
  std::uint32_t warm_passes = 5;  ///< at most Outcome::max_warm
  bool verify = false;
  bool placements = false;               ///< also fill in report::Run::heap
  std::vector<std::uint64_t> snapshots;  ///< events just after which the heap is walked whole
  /// No further sample of a chain that has samples_for_interval, once these are spent on it.
  std::chrono::milliseconds chain_budget{20'000};
  std::chrono::milliseconds sample_timeout{300'000};
};

/// Tells how far the work is; called often, from the thread that measures.
using MeasureProgress =
    std::function<void(std::uint64_t done, std::uint64_t total, const std::string& what)>;

/// Measures one trace against the chains, and against `system`, which comes first whether it is
/// among them or not: one run for each. Chains must be checked; the trace's own demands on them
/// are checked here, once they are known. Errors: the trace cannot be compiled or has no
/// operation, a chain cannot serve it, the runner cannot be started, or `stop` turned true.
[[nodiscard]] base::Result<std::vector<report::Run>> measure(
    const std::string& trace_path, const std::vector<chain::Chain>& chains,
    const MeasureOptions& options, const std::atomic<bool>& stop, const MeasureProgress& progress);

/// ns an operation of the replay loop with the null allocator, and of the loop by hand.
struct SelfCheck {
  std::string trace;
  std::uint64_t operations = 0;
  double kernel_ns_per_operation = 0;
  double by_hand_ns_per_operation = 0;
};

/// Weighs the harness itself on a trace.
[[nodiscard]] base::Result<SelfCheck> self_check(const std::string& trace_path,
                                                 const MeasureOptions& options,
                                                 const std::atomic<bool>& stop);

/// "none", "first", "page", "all"
[[nodiscard]] const char* name_of(Touch touch) noexcept;

}  // namespace heapatlas::replay
