#include "tool/bench/bench.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/chain/chain.hpp"
#include "tool/bench/rounds.hpp"
#include "tool/bench/sample.hpp"
#include "tool/bench/summary.hpp"
#include "tool/bench/workloads.hpp"
#include "tool/terminal.hpp"

namespace heapatlas::tool {
namespace {

using namespace bench;

/// Who is measured without -a, when it is there.
constexpr const char* usual_chains[] = {"talc", "talc(claim(size=128M))", "jemalloc", "mimalloc",
                                        "tcmalloc"};

struct BenchOptions {
  std::vector<std::string> chains;
  std::size_t rounds = 5;
  std::string sample;
  std::vector<std::string> rest;  ///< Google Benchmark's own
};

/// The harness alone, system malloc, then the chains.
base::Result<std::vector<Contender>> contenders_of(const BenchOptions& options, bool quiet) {
  std::vector<Contender> all = {{null_name, null_name, {}}, {"system", "system", {}}};
  for (const std::string& text : options.chains) {
    const auto chain = chain::parse_and_check(text);
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
  return all;
}

std::string cell_text(const Cell& cell) {
  if (cell.share) return fmt::format("{:.1f} %", 100 * *cell.share);
  if (!cell.raw) return cell.why.empty() ? "-" : cell.why;
  return cell.net ? fmt::format("{:.2f} ({:.2f})", *cell.raw, *cell.net)
                  : fmt::format("{:.2f}", *cell.raw);
}

std::string nanoseconds_text(const Cell& cell) {
  return cell.nanoseconds ? fmt::format("{:.1f}", *cell.nanoseconds) : "-";
}

/// The rows that the rounds have figures of, in the suite's order.
template <class Row>
void for_each_row(const std::vector<Figures>& figures, Row&& row) {
  for (const Workload& workload : workloads()) {
    if (!figures.front().contains(workload.name)) continue;
    std::vector<Cell> cells;
    static const std::vector<Figure> none;
    for (const Figures& one : figures) {
      const auto found = one.find(workload.name);
      cells.push_back(summarise(found == one.end() ? none : found->second,
                                figures[1].at(workload.name), figures[0].at(workload.name)));
    }
    row(workload, cells);
  }
}

void print_table(const std::vector<Contender>& contenders, const std::vector<Figures>& figures) {
  std::vector<std::string> heads = {"workload", "null", "system"};
  for (std::size_t i = 2; i < contenders.size(); ++i) heads.push_back(contenders[i].name);
  Table table{heads};
  for_each_row(figures, [&](const Workload& workload, const std::vector<Cell>& cells) {
    std::vector<std::string> row = {
        workload.name, nanoseconds_text(cells[0]),
        cells[1].share ? cell_text(cells[1]) : nanoseconds_text(cells[1])};
    for (std::size_t i = 2; i < cells.size(); ++i) row.push_back(cell_text(cells[i]));
    table.add(row);
  });
  fmt::print(
      "{}\nnull (the harness by itself) and system: CPU ns an operation. The others: their time\n"
      "over system malloc's, and the same less the harness's time (in brackets); lower is better.\n"
      "fill: requested bytes of all memory when the first request fails; higher is better.\n",
      table.text());
}

void print_json(const std::vector<Contender>& contenders, const std::vector<Figures>& figures,
                std::size_t rounds) {
  using nlohmann::json;
  const auto number = [](const std::optional<double>& value) {
    return value ? json(*value) : json(nullptr);
  };
  json rows = json::array();
  for_each_row(figures, [&](const Workload& workload, const std::vector<Cell>& cells) {
    json row = {{"workload", workload.name}, {"help", workload.help}, {"results", json::array()}};
    for (std::size_t i = 0; i < cells.size(); ++i) {
      row["results"].push_back({{"allocator", contenders[i].text},
                                {"cpu_ns_per_operation", number(cells[i].nanoseconds)},
                                {"ratio_to_system", number(cells[i].raw)},
                                {"net_ratio_to_system", number(cells[i].net)},
                                {"share_of_memory", number(cells[i].share)},
                                {"why_not", cells[i].why}});
    }
    rows.push_back(std::move(row));
  });
  fmt::print("{}\n", json{{"rounds", rounds}, {"workloads", rows}}.dump(2));
}

base::Result<ExitStatus> run_bench(const BenchOptions& options, const Invocation& invocation) {
  HEAPATLAS_TRY(initialize_benchmark(options.rest));
  const bool lists = std::find(options.rest.begin(), options.rest.end(),
                               "--benchmark_list_tests") != options.rest.end();
  if (!options.sample.empty() || lists) {
    HEAPATLAS_TRY(take_sample(lists ? null_name : options.sample));
    return ExitStatus::done;
  }
  HEAPATLAS_TRY(check_filter());
  const auto contenders = contenders_of(options, invocation.quiet);
  if (!contenders) return tl::make_unexpected(contenders.error());
  auto arguments = options.rest;
  // Rounds take the place of repetitions; a short time each, so that rounds are many.
  arguments.insert(arguments.begin(), "--benchmark_min_time=0.05");
  tool::Progress progress("bench", invocation.quiet);
  const auto figures =
      take_rounds(*contenders, options.rounds, arguments,
                  [&](std::size_t done, std::size_t total, const std::string& name) {
                    progress.update(done, total, name);
                  });
  if (!figures) return tl::make_unexpected(figures.error());
  if (invocation.json) {
    print_json(*contenders, *figures, options.rounds);
  } else {
    print_table(*contenders, *figures);
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
                   "a chain to measure; may be given again. Without: talc on the kernel's\n"
                   "memory and on 128 MiB, and jemalloc, mimalloc and tcmalloc where they\n"
                   "are installed")
      ->allow_extra_args(false);
  command->add_option("--rounds", options->rounds, "samples of each allocator (5)")
      ->check(CLI::Range(1, 1000));
  command->add_flag("--json", invocation.json, "as JSON");
  command->add_option("--sample", options->sample)->group("");
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
