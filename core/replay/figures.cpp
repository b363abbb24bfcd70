#include "core/replay/figures.hpp"

#include <algorithm>

#include "core/replay/statistics.hpp"

namespace heapatlas::replay {
namespace {

template <class F>
std::vector<double> each(const std::vector<report::Sample>& samples, F&& figure) {
  std::vector<double> figures;
  figures.reserve(samples.size());
  for (const report::Sample& sample : samples) figures.push_back(figure(sample));
  return figures;
}

double warm_wall_ns(const report::Sample& sample) {
  return sample.warm_wall_ns_per_operation.empty() ? sample.cold_wall_ns_per_operation
                                                   : median(sample.warm_wall_ns_per_operation);
}

report::Ratio ratio_of(const std::vector<double>& chain, const std::vector<double>& system) {
  report::Ratio ratio;
  ratio.value = median(chain) / median(system);
  const auto interval = ratio_interval(chain, system);
  if (!interval) {
    ratio.verdict = "too few samples";
    return ratio;
  }
  ratio.low = interval->low;
  ratio.high = interval->high;
  ratio.verdict = interval->holds(1)   ? "no difference detected"
                  : interval->high < 1 ? "faster"
                                       : "slower";
  return ratio;
}

void set_times(report::Figures& figures, const std::vector<report::Sample>& samples) {
  const std::vector<double> warm = each(samples, warm_ns);
  const double ns = median(warm);
  figures.ns_per_operation = ns;
  if (ns > 0) {
    figures.operations_per_second = 1e9 / ns;
    figures.relative_spread = relative_spread(warm);
  }
  figures.two_modes = two_modes(warm);
  figures.cold_ns_per_operation =
      median(each(samples, [](const auto& sample) { return sample.cold_ns_per_operation; }));
  figures.wall_ns_per_operation = median(each(samples, warm_wall_ns));
  figures.cold_page_faults = median(each(
      samples, [](const auto& sample) { return static_cast<double>(sample.cold_page_faults); }));
}

/// peak_live: 0 when not everything was served, so that the footprint compares with nothing.
void set_memory(report::Figures& figures, const MemoryOutcome& memory, std::uint64_t peak_live) {
  figures.peak_footprint_bytes = memory.peak_bytes;
  figures.footprint_at_peak_live_bytes = memory.at_peak_live_bytes;
  figures.final_footprint_bytes = memory.final_bytes;
  if (peak_live == 0) return;
  figures.peak_footprint_over_peak_live =
      static_cast<double>(memory.peak_bytes) / static_cast<double>(peak_live);
}

}  // namespace

std::optional<Failures> Collected::failures() const {
  if (!samples.empty()) return samples.back().failures;
  for (const auto* outcome : {&memory, &counts, &verify})
    if (*outcome) return (*outcome)->failures;
  return std::nullopt;
}

report::Sample sample_of(const Outcome& outcome, std::uint64_t operations) {
  const auto per_operation = [&](std::uint64_t ns) {
    return static_cast<double>(ns) / static_cast<double>(operations);
  };
  report::Sample sample;
  sample.cold_ns_per_operation = per_operation(outcome.cold.cpu_ns);
  sample.cold_wall_ns_per_operation = per_operation(outcome.cold.wall_ns);
  sample.cold_page_faults = outcome.cold.page_faults;
  for (std::uint32_t i = 0; i < outcome.warm_count; ++i) {
    sample.warm_ns_per_operation.push_back(per_operation(outcome.warm[i].cpu_ns));
    sample.warm_wall_ns_per_operation.push_back(per_operation(outcome.warm[i].wall_ns));
  }
  return sample;
}

double warm_ns(const report::Sample& sample) {
  return sample.warm_ns_per_operation.empty() ? sample.cold_ns_per_operation
                                              : median(sample.warm_ns_per_operation);
}

report::Figures figures_of(const Collected& chain, const std::vector<report::Sample>& null,
                           const std::vector<report::Sample>& system, bool is_system,
                           const WorkloadFacts& facts) {
  report::Figures figures;
  const auto failures = chain.failures();
  const bool served = failures && failures->total() == 0;
  if (chain.memory && chain.memory->memory.known)
    set_memory(figures, chain.memory->memory, served ? facts.peak_live_bytes : 0);
  if (chain.samples.empty() || !served) return figures;
  std::vector<report::Sample> samples;
  for (const Outcome& outcome : chain.samples)
    samples.push_back(sample_of(outcome, facts.operations()));
  set_times(figures, samples);
  if (!null.empty()) {
    figures.null_ns_per_operation = median(each(null, warm_ns));
    if (*figures.ns_per_operation > 0)
      figures.null_share = *figures.null_ns_per_operation / *figures.ns_per_operation;
  }
  const std::vector<double> baseline = each(system, warm_ns);
  if (!is_system && !baseline.empty() && *std::min_element(baseline.begin(), baseline.end()) > 0)
    figures.ratio_to_system = ratio_of(each(samples, warm_ns), baseline);
  return figures;
}

std::vector<report::Link> links_of(const Outcome& outcome, const chain::Chain& chain) {
  std::vector<report::Link> links;
  const auto nodes = chain.nodes();
  for (std::size_t i = 0; i < nodes.size() && i < outcome.link_count; ++i) {
    const chain::LinkFigures& figures = outcome.links[i];
    links.push_back({i, nodes[i]->text, figures.answered, figures.answered_bytes,
                     figures.refused_allocations, figures.refused_resizes, figures.peak_bytes});
  }
  return links;
}

}  // namespace heapatlas::replay
