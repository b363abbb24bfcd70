#include "tool/bench/sample.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdio>
#include <optional>
#include <regex>
#include <utility>

#include "core/alloc/rewind.hpp"
#include "core/chain/chain.hpp"
#include "core/replay/null.hpp"
#include "tool/bench/fill.hpp"
#include "tool/bench/hand_over.hpp"
#include "tool/bench/measure.hpp"
#include "tool/bench/shapes.hpp"
#include "tool/bench/workloads.hpp"

namespace heapatlas::tool::bench {
namespace {

/// What of a chain a workload must know.
struct Subject {
  bool resets = false;
  bool walks = false;
  Threads threads = Threads::one;
};

/// The loop of Google Benchmark around a pass: one to warm up, unless it runs once, then as many as
/// it wants.
template <class F>
void repeat(benchmark::State& state, Form form, std::size_t operations, F&& pass) {
  std::size_t failures = form == Form::once ? 0 : pass().failures;
  for ([[maybe_unused]] auto _ : state) {
    const Pass done = pass();
    failures += done.failures;
    state.SetIterationTime(done.seconds);
  }
  state.counters["operations"] = static_cast<double>(operations);
  if (failures > 0) state.SkipWithError("requests failed");
}

template <Allocator A>
void run_list_workload(benchmark::State& state, A& a, const Subject& subject,
                       const Workload& workload, const Operations& operations) {
  std::vector<replay::Slot> slots(operations.slots);
  if (workload.form == Form::reset) {
    constexpr std::size_t times = 10'000;
    return repeat(state, workload.form, operations.list.size() * times, [&] {
      return run_with_resets(a, subject.resets, times, operations, slots.data());
    });
  }
  repeat(state, workload.form, operations.timed(), [&] {
    const Pass pass = run_list(a, operations, slots.data());
    if (workload.form == Form::rewound) rewind(a);
    return pass;
  });
}

template <Allocator A>
void run_hand_over(benchmark::State& state, A& a, const Subject& subject,
                   const Workload& workload) {
  if (workload.threads > 1 && subject.threads != Threads::any)
    return state.SkipWithError("one thread");
  std::vector<Batch> batches;
  for (unsigned i = 0; i < workload.threads; ++i) batches.emplace_back(i + 1, workload.max);
  repeat(state, workload.form, 2 * hand_over_batch * hand_over_rounds,
         [&] { return hand_over(a, workload.threads, batches); });
}

template <Allocator A>
void run_fill(benchmark::State& state, A& a, const Subject& subject, const Workload& workload) {
  std::optional<double> share;
  for ([[maybe_unused]] auto _ : state) {
    if (subject.walks) share = fill(a, workload.max);
    state.SetIterationTime(1);
  }
  if (!share) return state.SkipWithError("not bounded");
  state.counters["share"] = *share;
}

template <Allocator A>
void run_workload(benchmark::State& state, A& a, const Subject& subject, const Workload& workload,
                  const Operations& operations) {
  switch (workload.form) {
    case Form::handed_over:
      return run_hand_over(state, a, subject, workload);
    case Form::filled:
      return run_fill(state, a, subject, workload);
    default:
      return run_list_workload(state, a, subject, workload, operations);
  }
}

void run_on_null(benchmark::State& state, const Workload& workload, const Operations& operations) {
  constexpr std::size_t largest = 100'000;
  std::vector<std::byte> memory(replay::Null::window_bytes + largest, std::byte{1});
  replay::Null null{memory.data()};
  if (workload.form == Form::filled || workload.threads > 1)
    return state.SkipWithError("means nothing");
  run_workload(state, null, {}, workload, operations);
}

void run_on_chain(benchmark::State& state, const chain::Chain& chain, const Workload& workload,
                  const Operations& operations) {
  const chain::LinkFacts& facts = chain.facts();
  const Subject subject{facts.can.resets, facts.can.walks, facts.threads};
  const auto built = chain::with_allocator<Shapes>(chain, {}, [&](auto& a, const auto&) {
    run_workload(state, a, subject, workload, operations);
  });
  if (!built) state.SkipWithError(built.error().what.c_str());
}

template <class F>
void register_workload(const Workload& workload, F&& run) {
  auto* const registered =
      benchmark::RegisterBenchmark(workload.name.c_str(), std::forward<F>(run))->UseManualTime();
  if (workload.form == Form::filled || workload.form == Form::once) registered->Iterations(1);
}

/// Writes each run's figure as it comes.
class FigureReporter : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      Figure figure;
      figure.workload = run.run_name.function_name;
      const auto share = run.counters.find("share");
      const auto operations = run.counters.find("operations");
      if (run.error_occurred) {
        figure.text = run.error_message;
      } else if (share != run.counters.end()) {
        figure.kind = Figure::Kind::share;
        figure.value = share->second.value;
      } else if (operations != run.counters.end()) {
        figure.kind = Figure::Kind::time;
        figure.value = 1e9 * run.real_accumulated_time /
                       (static_cast<double>(run.iterations) * operations->second.value);
      }
      fmt::print("{}", figure.line());
      std::fflush(stdout);
    }
  }
};

}  // namespace

base::Status initialize_benchmark(const std::vector<std::string>& arguments) {
  static std::vector<std::string> kept;  // Google Benchmark keeps pointers to them
  kept = {"heapatlas bench"};
  kept.insert(kept.end(), arguments.begin(), arguments.end());
  static std::vector<char*> pointers;
  pointers.clear();
  for (std::string& argument : kept) pointers.push_back(argument.data());
  int count = static_cast<int>(pointers.size());
  pointers.push_back(nullptr);
  benchmark::Initialize(&count, pointers.data());
  if (count == 1) return {};
  return base::bad_input(fmt::format("unknown argument '{:.80}'", pointers[1]), {},
                         "heapatlas bench --help shows the usage");
}

base::Result<std::vector<const Workload*>> chosen_workloads() {
  std::string filter = benchmark::GetBenchmarkFilter();
  const bool inverted = !filter.empty() && filter.front() == '-';
  if (inverted) filter.erase(0, 1);
  if (filter == "all") filter.clear();
  std::vector<const Workload*> chosen;
  try {
    const std::regex wanted(filter, std::regex::extended);
    for (const Workload& workload : workloads()) {
      const bool found = std::regex_search(workload.name + "/manual_time", wanted);
      if (filter.empty() || found != inverted) chosen.push_back(&workload);
    }
  } catch (const std::regex_error&) {
    return base::bad_input(fmt::format("'{:.80}' is no regular expression", filter));
  }
  if (!chosen.empty()) return chosen;
  return base::bad_input(fmt::format("no workload's name matches '{:.80}'", filter), {},
                         "--benchmark_list_tests shows them");
}

base::Status take_sample(const std::string& text, const std::string& name) {
  std::optional<chain::Chain> chain;
  if (text != null_name) {
    auto parsed = chain::parse_and_check(text);
    if (!parsed) return tl::make_unexpected(parsed.error());
    chain = std::move(*parsed);
  }
  const Workload* const workload = find_workload(name);
  if (workload == nullptr) return base::bad_input(fmt::format("no workload '{:.80}'", name));
  const Operations operations = workload->generate ? workload->generate() : Operations{};
  register_workload(*workload, [&](benchmark::State& state) {
    chain ? run_on_chain(state, *chain, *workload, operations)
          : run_on_null(state, *workload, operations);
  });
  FigureReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  return {};
}

void list_workloads() {
  for (const Workload& workload : workloads()) register_workload(workload, [](auto&) {});
  benchmark::RunSpecifiedBenchmarks();
}

}  // namespace heapatlas::tool::bench
