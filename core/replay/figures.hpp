// From what the children of one trace brought back to the figures of its runs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/chain/link.hpp"
#include "core/replay/child.hpp"
#include "core/replay/workload.hpp"
#include "core/report/document.hpp"

namespace heapatlas::replay {

/// What one chain's children brought back.
struct Collected {
  std::vector<Outcome> samples;  ///< throughput, whole ones only
  std::optional<Outcome> memory;
  std::optional<Outcome> counts;
  std::optional<Outcome> verify;
  std::optional<report::Trouble> trouble;  ///< the first

  /// Failures in one pass over the trace; nothing when no pass came to its end.
  [[nodiscard]] std::optional<Failures> failures() const;
};

/// The report's form of a throughput sample.
[[nodiscard]] report::Sample sample_of(const Outcome& outcome, std::uint64_t operations);

/// A sample's figure: the median of its warm passes; the cold pass when it has none.
[[nodiscard]] double warm_ns(const report::Sample& sample);

/// The figures of a chain. A chain with any failed request has no times: a failed request is not
/// speed. `null` and `system` are the samples of the null allocator and of system malloc in the
/// same rounds; the system's own run has no ratio.
[[nodiscard]] report::Figures figures_of(const Collected& chain,
                                         const std::vector<report::Sample>& null,
                                         const std::vector<report::Sample>& system, bool is_system,
                                         const WorkloadFacts& facts);

/// The links of a counted chain.
[[nodiscard]] std::vector<report::Link> links_of(const Outcome& outcome, const chain::Chain& chain);

}  // namespace heapatlas::replay
