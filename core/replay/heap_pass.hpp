// The heap of one chain over a whole trace: what a placements pass is told to do, and what a report
// makes of what it brought back.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/chain/link.hpp"
#include "core/replay/history_file.hpp"
#include "core/replay/trace_index.hpp"
#include "core/replay/workload.hpp"
#include "core/report/heap.hpp"

namespace heapatlas::replay {

/// The walks of every chain that a trace is replayed on: a few hundred evenly spaced for figures;
/// at the peak of live bytes, at the end, at markers and where it was asked, whole ones.
class WalkPlan {
 public:
  static constexpr std::uint64_t spread_walks = 256;
  /// Of a trace with more markers, the first so many have a snapshot.
  static constexpr std::size_t max_markers = 64;

  /// A whole walk, and why.
  struct Wanted {
    report::Event at = 0;
    std::string label;
  };

  /// `asked`: events just after which the user wants to see the heap.
  WalkPlan(const WorkloadFacts& facts, const TraceIndex& index,
           const std::vector<std::uint64_t>& asked);

  [[nodiscard]] const std::vector<PlannedWalk>& walks() const noexcept { return walks_; }
  [[nodiscard]] const std::vector<Wanted>& wanted() const noexcept { return wanted_; }

 private:
  std::vector<PlannedWalk> walks_;
  std::vector<Wanted> wanted_;  ///< ascending
};

/// What the child must know of each allocator of a chain.
[[nodiscard]] std::vector<LinkTraits> traits_of(const chain::Chain& chain);

/// Everything that is known once the child is done. `grants`: how many it wrote. bad_input when
/// what it wrote cannot be.
[[nodiscard]] base::Result<report::Heap> assemble_heap(HistoryFile& history, std::uint64_t grants,
                                                       const WalkPlan& plan,
                                                       const chain::Chain& chain,
                                                       const WorkloadView& workload,
                                                       const TraceIndex& index);

}  // namespace heapatlas::replay
