// The passes of one trace's chains: each a child of its own, and what it brought back kept with the
// chain. Which passes are run, in which order, is measure.hpp's.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "core/base/error.hpp"
#include "core/chain/link.hpp"
#include "core/replay/child.hpp"
#include "core/replay/compile.hpp"
#include "core/replay/figures.hpp"
#include "core/replay/heap_pass.hpp"
#include "core/replay/measure.hpp"
#include "core/report/document.hpp"

namespace heapatlas::replay {

/// A chain that is measured, and everything known of it so far.
struct Subject {
  explicit Subject(chain::Chain its_chain) : chain{std::move(its_chain)} {}
  chain::Chain chain;
  Collected collected;
  std::chrono::nanoseconds spent{0};  ///< on throughput
  std::optional<report::Verification> verification;
  std::optional<report::Heap> heap;
};

/// Everything is borrowed. What a chain does wrong becomes part of its subject; errors are for what
/// keeps a child from being run at all.
class ChainPasses {
 public:
  ChainPasses(const CompiledTrace& compiled, trace::Reader& reader, const MeasureOptions& options,
              const std::atomic<bool>& stop);

  /// One sample of the replay loop itself; nothing when it came to no good end.
  [[nodiscard]] base::Result<std::optional<Outcome>> sample_null();
  /// One sample of a chain.
  [[nodiscard]] base::Status sample(Subject& subject);
  /// Memory or counts; not of a chain that came to no good end before.
  [[nodiscard]] base::Status run(Subject& subject, Pass pass, std::optional<Outcome>& outcome);
  /// Also of a chain that crashed before: the verification may show where.
  [[nodiscard]] base::Status verify(Subject& subject);
  /// Fills in the subject's heap. A walk that breaks the law makes its verification fail.
  [[nodiscard]] base::Status record_heap(Subject& subject, const WalkPlan& plan,
                                         const WorkloadView& workload, const TraceIndex& index);

  /// The core that children run on; negative: any.
  [[nodiscard]] int core() const noexcept { return core_; }

 private:
  [[nodiscard]] Request request_for(Pass pass) const;
  base::Status run_child_of(Subject& subject, Pass pass, std::optional<Outcome>& outcome);
  report::Fault fault_at(std::uint64_t operation, std::string what);

  const CompiledTrace& compiled_;
  trace::Reader& reader_;
  const MeasureOptions& options_;
  ChildSetup setup_;
  int core_ = last_core();
  std::uint64_t died_verifying_ = 0;
};

/// "throughput", "memory", ...
[[nodiscard]] const char* name_of(Pass pass) noexcept;

}  // namespace heapatlas::replay
