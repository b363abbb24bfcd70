#include "tool/bench/bench.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/chain/chain.hpp"
#include "tool/bench/goals.hpp"
#include "tool/bench/report.hpp"
#include "tool/bench/rounds.hpp"
#include "tool/bench/sample.hpp"
#include "tool/chains_option.hpp"
#include "tool/terminal.hpp"

namespace heapatlas::tool {
namespace {

using namespace bench;

/// Who is measured on everything without -a, when it is there. What the goals compare beside these
/// is measured on the goals' workloads.
constexpr const char* usual_chains[] = {"talc", "per_thread(slabs(max=1K)) | talc", "jemalloc",
                                        "mimalloc", "tcmalloc"};

struct BenchOptions {
  std::vector<std::string> chains;
  std::string chains_file{chain::default_chains_file};
  std::size_t rounds = 5;
  bool quick = false;
  std::string sample;             ///< in a child: the chain it measures
  std::string workload;           ///< and on what
  std::vector<std::string> rest;  ///< Google Benchmark's own
};

/// The harness alone, system malloc, then the chains.
base::Result<std::vector<Contender>> contenders_of(const BenchOptions& options, bool quiet) {
  std::vector<Contender> all = {{null_name, null_name, {}, {}}, {"system", "system", {}, {}}};
  for (const std::string& text : options.chains) {
    const auto chain = chain::parse_and_check(text, {}, options.chains_file);
    if (!chain) return tl::make_unexpected(chain.error());
    if (chain->text() != "system") all.push_back(contender_of(*chain));
  }
  if (!options.chains.empty()) return all;
  for (const char* text : usual_chains) {
    if (const auto chain = chain::parse_and_check(text)) {
      all.push_back(contender_of(*chain));
    } else if (!quiet) {
      fmt::print(stderr, "heapatlas: note: {} is left out: {}\n", text, chain.error().line());
    }
  }
  HEAPATLAS_TRY(add_goals_contenders(all));
  return all;
}

base::Result<ExitStatus> run_bench(const BenchOptions& options, const Invocation& invocation) {
  HEAPATLAS_TRY(initialize_benchmark(options.rest));
  if (!options.sample.empty()) {
    HEAPATLAS_TRY(take_sample(options.sample, options.workload));
    return ExitStatus::done;
  }
  if (std::find(options.rest.begin(), options.rest.end(), "--benchmark_list_tests") !=
      options.rest.end()) {
    list_workloads();
    return ExitStatus::done;
  }
  const auto chosen = chosen_workloads();
  if (!chosen) return tl::make_unexpected(chosen.error());
  auto contenders = contenders_of(options, invocation.quiet);
  if (!contenders) return tl::make_unexpected(contenders.error());
  Plan plan{std::move(*contenders), *chosen, options.quick ? 1 : options.rounds, options.rest};
  // Rounds take the place of repetitions; a short time each, so that rounds are many.
  plan.arguments.insert(plan.arguments.begin(),
                        options.quick ? "--benchmark_min_time=0.001" : "--benchmark_min_time=0.05");
  tool::Progress progress("bench", invocation.quiet);
  const auto figures =
      take_rounds(plan, [&](std::size_t done, std::size_t total, const std::string& name) {
        progress.update(done, total, name);
      });
  if (!figures) return tl::make_unexpected(figures.error());
  if (invocation.json) {
    print_json(plan, *figures);
  } else {
    print_workloads(plan, *figures);
    print_goals(plan, *figures);
  }
  return ExitStatus::done;
}

}  // namespace

void add_bench(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand(
      "bench", "measure allocators on synthetic workloads, beside system malloc");
  const auto options = std::make_shared<BenchOptions>();
  command
      ->add_option("-a,--allocator", options->chains,
                   "a chain to measure; may be given again. Without: talc, slabs of each\n"
                   "thread, and jemalloc, mimalloc and tcmalloc where they are installed;\n"
                   "and beside them what the goals at the end compare")
      ->allow_extra_args(false);
  add_chains_option(*command, options->chains_file);
  command->add_option("--rounds", options->rounds, "samples of each allocator (5)")
      ->check(CLI::Range(1, 1000));
  command->add_flag("--json", invocation.json, "as JSON");
  command->add_flag("--quick", options->quick,
                    "one round of a millisecond each: to try it out, not to measure");
  command->add_option("--sample", options->sample)->group("");
  command->add_option("--workload", options->workload)->group("");
  command->footer(
      "Google Benchmark's own flags go to every sample: --benchmark_filter=live,\n"
      "--benchmark_min_time=0.5, --benchmark_list_tests and so on.");
  // Flags that the parser does not know are Google Benchmark's, so none falls through to the
  // program's own: those are told again.
  command->fallthrough(false)->allow_extras();
  command->add_flag("-q,--quiet", invocation.quiet)->group("");
  command->callback([options, command, &invocation] {
    options->rest = command->remaining();
    invocation.run = [options, &invocation] { return run_bench(*options, invocation); };
  });
}

}  // namespace heapatlas::tool
