// heapatlas-runner: takes one sample of one chain in a process of its own.
//
// heapatlas starts it with two descriptors (core/replay/serve.hpp); it is not for people. It holds
// every chain's replay loops, and neither the command line nor anything else that would allocate.
#include <malloc.h>

#include "core/chain/build.hpp"
#include "core/chain/check.hpp"
#include "core/replay/serve.hpp"

namespace heapatlas::replay {
namespace {

void copy_counts(const chain::Counts& counts, Outcome& outcome) noexcept {
  const std::size_t links = std::min(counts.nodes(), Outcome::max_links);
  for (std::size_t i = 0; i < links; ++i) outcome.links[i] = counts.figures(static_cast<NodeId>(i));
  outcome.link_count = static_cast<std::uint32_t>(links);
}

void run_chain(const Request& request, const Bench& bench, Outcome& outcome) {
  const auto chain = chain::parse_and_check(chain_text(request));
  if (!chain) return refuse(outcome, chain.error().line());
  const std::size_t nodes = chain->nodes().size();
  const bool places = request.pass == Pass::placements;
  chain::Counts counts(
      nodes, places ? chain::Counts::Keep::last_granting : chain::Counts::Keep::everything);
  chain::BuildOptions options;
  if (request.pass == Pass::counts || (places && nodes > 1)) options.counts = &counts;
  Bench here = bench;
  here.counts = options.counts;
  malloc_trim(0);  // what reading the chain left behind is no footprint
  if (request.pass == Pass::memory) here.resident_before = bench.meter->read().value_or(0);
  const auto status =
      chain::with_allocator(*chain, options, [&](auto& allocator, const chain::BuildFacts& facts) {
        outcome.implementation =
            facts.is_static ? Implementation::composed : Implementation::erased;
        run_pass(allocator, request, here, outcome);
      });
  if (!status) return refuse(outcome, status.error().line());
  if (request.pass == Pass::counts) copy_counts(counts, outcome);
}

}  // namespace
}  // namespace heapatlas::replay

int main(int argc, char** argv) {
  return heapatlas::replay::serve(argc, argv, heapatlas::replay::run_chain);
}
