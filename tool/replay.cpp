// heapatlas replay: a trace against chains of allocators, beside system malloc.
#include "tool/replay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <memory>

#include "core/base/output_file.hpp"
#include "core/chain/check.hpp"
#include "core/chain/named.hpp"
#include "core/replay/measure.hpp"
#include "core/report/environment.hpp"
#include "core/report/file.hpp"
#include "core/trace/reader.hpp"
#include "tool/chains_option.hpp"
#include "tool/interrupt.hpp"
#include "tool/locate.hpp"
#include "tool/replay_table.hpp"
#include "tool/terminal.hpp"
#include "tool/version.hpp"

namespace heapatlas::tool {
namespace {

/// What is measured beside system malloc when no chain is named.
constexpr std::array default_chains = {"stalloc | system", "bump | system"};

struct Options {
  std::vector<std::string> traces;
  std::vector<std::string> chains;
  std::string chains_file{chain::default_chains_file};
  std::string output;
  replay::Touch touch = replay::Touch::first;
  std::uint32_t samples = 10;
  std::uint32_t warm_passes = 5;
  std::uint64_t natural_align = 16;
  std::uint32_t timeout_seconds = 300;
  bool verify = false;
  bool placements = false;
  std::vector<std::uint64_t> snapshots;
  bool self_check = false;
};

base::Result<std::vector<chain::Chain>> checked_chains(const std::vector<std::string>& texts,
                                                       std::string_view chains_file) {
  std::vector<chain::Chain> chains;
  for (const std::string& text : texts) {
    auto chain = chain::parse_and_check(text, {}, chains_file);
    if (!chain) return tl::make_unexpected(chain.error());
    chains.push_back(std::move(*chain));
  }
  return chains;
}

/// Everything that can be refused before the work begins.
base::Status check_files(const Options& options) {
  for (const std::string& path : options.traces)
    if (const auto reader = trace::Reader::open(path); !reader)
      return tl::make_unexpected(reader.error());
  if (options.output.empty() || options.output == "-") return {};
  const auto probe = base::OutputFile::create(options.output);  // gone again at once
  return probe ? base::Status{} : tl::make_unexpected(probe.error());
}

base::Result<replay::MeasureOptions> measure_options(const Options& options) {
  auto runner = locate_companion("heapatlas-runner");
  if (!runner) return tl::make_unexpected(runner.error());
  replay::MeasureOptions measure;
  measure.runner = std::move(*runner);
  measure.touch = options.touch;
  measure.natural_align_log2 = static_cast<unsigned>(std::countr_zero(options.natural_align));
  measure.samples = options.samples;
  measure.warm_passes = options.warm_passes;
  measure.verify = options.verify;
  measure.placements = options.placements || !options.snapshots.empty();
  measure.snapshots = options.snapshots;
  measure.sample_timeout = std::chrono::seconds(options.timeout_seconds);
  return measure;
}

/// No: an allocator was found broken, or could not be measured to its end.
bool answer_is_no(const report::Run& run) {
  return run.trouble || (run.verification && !run.verification->passed);
}

ExitStatus status_of(const report::Document& document) {
  const auto& runs = document.runs;
  if (std::any_of(runs.begin(), runs.end(), answer_is_no)) return ExitStatus::answer_is_no;
  if (std::any_of(runs.begin(), runs.end(),
                  [](const report::Run& run) { return run.trace.recovery.has_value(); }))
    return ExitStatus::recovered;
  return ExitStatus::done;
}

TableStyle table_style() {
  if (!is_terminal(stdout)) return {std::numeric_limits<std::uint16_t>::max(), false};
  return {terminal_width(stdout), true};
}

base::Result<ExitStatus> run_self_check(const Options& options,
                                        const replay::MeasureOptions& measure,
                                        const std::atomic<bool>& stop) {
  Table table({"trace", "operations", "replay loop ns/op", "loop by hand ns/op", "ratio"});
  for (const std::string& path : options.traces) {
    const auto check = replay::self_check(path, measure, stop);
    if (!check) return tl::make_unexpected(check.error());
    table.add(
        {check->trace, human_count(check->operations),
         fmt::format("{:.2f}", check->kernel_ns_per_operation),
         fmt::format("{:.2f}", check->by_hand_ns_per_operation),
         fmt::format("{:.2f}", check->kernel_ns_per_operation / check->by_hand_ns_per_operation)});
  }
  fmt::print("{}\nwith the null allocator, first bytes touched; lower is better\n", table.text());
  return ExitStatus::done;
}

class ReplayCommand {
 public:
  ReplayCommand(const Options& options, const Invocation& invocation)
      : options_{options}, invocation_{invocation} {}

  base::Result<ExitStatus> run() {
    HEAPATLAS_TRY(check_files(options_));
    const auto measure = measure_options(options_);
    if (!measure) return tl::make_unexpected(measure.error());
    const std::atomic<bool>& stop = catch_interrupts();
    if (options_.self_check) return run_self_check(options_, *measure, stop);
    const auto chains = named_chains();
    if (!chains) return tl::make_unexpected(chains.error());
    document_.environment = report::this_environment(version);
    for (const std::string& path : options_.traces)
      HEAPATLAS_TRY(measure_trace(path, *chains, *measure, stop));
    HEAPATLAS_TRY(finish());
    return status_of(document_);
  }

 private:
  [[nodiscard]] base::Result<std::vector<chain::Chain>> named_chains() const {
    if (!options_.chains.empty()) return checked_chains(options_.chains, options_.chains_file);
    return checked_chains({default_chains.begin(), default_chains.end()}, options_.chains_file);
  }

  base::Status measure_trace(const std::string& path, const std::vector<chain::Chain>& chains,
                             const replay::MeasureOptions& measure, const std::atomic<bool>& stop) {
    auto runs = [&] {
      Progress bar("replaying", invocation_.quiet);
      return replay::measure(path, chains, measure, stop,
                             [&](std::uint64_t done, std::uint64_t total, const std::string& what) {
                               bar.update(done, total, what);
                             });
    }();
    if (!runs) return tl::make_unexpected(runs.error());
    if (const auto& recovery = runs->front().trace.recovery)
      fmt::print(stderr, "heapatlas: {} {} ({})\n", painted("warning:", Colour::yellow, stderr),
                 *recovery, path);
    if (!prints_json()) fmt::print("{}\n", trace_table(*runs, style_));
    std::fflush(stdout);
    std::move(runs->begin(), runs->end(), std::back_inserter(document_.runs));
    return {};
  }

  /// Standard output belongs to the JSON.
  [[nodiscard]] bool prints_json() const { return invocation_.json || options_.output == "-"; }

  base::Status finish() {
    if (!prints_json()) fmt::print("{}", table_legend(style_));
    std::fflush(stdout);
    if (!prints_json() && options_.output.empty()) return {};
    if (invocation_.json && options_.output != "-") HEAPATLAS_TRY(report::write("-", document_));
    if (options_.output.empty()) return {};
    HEAPATLAS_TRY(report::write(options_.output, document_));
    if (!invocation_.quiet && options_.output != "-")
      fmt::print(stderr, "heapatlas: report written to {}\n", options_.output);
    return {};
  }

  const Options& options_;
  const Invocation& invocation_;
  TableStyle style_ = table_style();
  report::Document document_;
};

constexpr const char* examples =
    "Examples:\n"
    "  heapatlas replay app.hat\n"
    "      a few chains beside system malloc\n"
    "  heapatlas replay app.hat -a 'stalloc | system' -a 'bump | system' -o report.json\n"
    "      chains of your own; 'a | b' asks a first, and b for what a cannot give\n"
    "  heapatlas replay app.hat --chains team.json -a @production -a @candidate\n"
    "      chains that a file names; `heapatlas list --chains team.json` shows them\n"
    "  heapatlas replay *.hat -a 'bump | system' --verify\n"
    "      trust nothing: exit status 1 names the event that showed an allocator broken\n"
    "  heapatlas replay app.hat -a talc --placements -o report.cbor.zst\n"
    "      see the heap: every block's place and life, and whole walks, for `heapatlas render`;\n"
    "      some 6 bytes for each block that ever lived (as .json: some 40), for each chain\n"
    "  heapatlas replay app.hat --json | jq '.runs[].figures.ns_per_operation'\n"
    "\n"
    "Exit status: 0 done; 1 an allocator is broken, crashed or hung; 2 bad usage or input;\n"
    "3 done with the part of a damaged trace that could be read.\n";

}  // namespace

void add_replay(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("replay", "replay traces against chains, beside system malloc");
  command->footer(examples);
  command->add_option("trace", options->traces, "traces (.hat) to replay")
      ->required()
      ->type_name("TRACE");
  command->add_option("-a,--allocator", options->chains, "a chain to measure; give one or more")
      ->allow_extra_args(false)
      ->type_name("CHAIN");
  add_chains_option(*command, options->chains_file);
  command
      ->add_option("-o,--output", options->output,
                   "write the report: .json or .cbor, or either with .zst; - is stdout, as JSON")
      ->type_name("FILE");
  command->add_flag("--json", invocation.json, "print the report instead of tables");
  command->add_flag("--verify", options->verify, "also check every block, its contents and more");
  command->add_flag("--placements", options->placements,
                    "also record where every block was, for maps; see below");
  command
      ->add_option("--snapshot", options->snapshots,
                   "walk the heap just after this event; implies --placements")
      ->allow_extra_args(false)
      ->check([](const std::string& text) {
        const bool number = !text.empty() && text.find_first_not_of("0123456789") == text.npos;
        return number ? std::string() : fmt::format("'{:.40}' is no event's number", text);
      })
      ->type_name("EVENT");
  command->add_option("--samples", options->samples, "processes for each chain, 1 to 1000")
      ->check(CLI::Range(1, 1000).description(""))
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--warm", options->warm_passes, "warm passes in each process, at most 64")
      ->check(CLI::Range(0, static_cast<int>(replay::Outcome::max_warm)).description(""))
      ->type_name("N")
      ->capture_default_str();
  command
      ->add_option("--touch", options->touch,
                   "what is written to new blocks: none, first, page, all")
      ->transform(CLI::CheckedTransformer(
                      std::map<std::string, replay::Touch>{{"none", replay::Touch::none},
                                                           {"first", replay::Touch::first},
                                                           {"page", replay::Touch::page},
                                                           {"all", replay::Touch::all}})
                      .description(""))
      ->default_str("first")
      ->type_name("HOW");
  command
      ->add_option("--natural-align", options->natural_align,
                   "of blocks whose alignment was not asked for")
      ->check(CLI::IsMember(std::vector<std::uint64_t>{1, 2, 4, 8, 16, 32, 64}).description(""))
      ->type_name("BYTES")
      ->capture_default_str();
  command->add_option("--timeout", options->timeout_seconds, "the longest a process may take")
      ->check(CLI::Range(1, 86400).description(""))
      ->type_name("SECONDS")
      ->capture_default_str();
  command->add_flag("--self-check", options->self_check,
                    "weigh the replay loop itself beside one written by hand");
  command->callback([options, &invocation] {
    invocation.run = [options, &invocation] { return ReplayCommand(*options, invocation).run(); };
  });
}

}  // namespace heapatlas::tool
