#include "core/replay/measure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <filesystem>
#include <utility>

#include "core/chain/check.hpp"
#include "core/replay/chain_passes.hpp"
#include "core/replay/figures.hpp"
#include "core/replay/statistics.hpp"
#include "core/replay/trace_identity.hpp"

namespace heapatlas::replay {
namespace {

/// One trace's measuring: its subjects, and what was collected of each.
class Measurement {
 public:
  Measurement(const std::string& path, trace::Reader reader, CompiledTrace compiled,
              const MeasureOptions& options, const std::atomic<bool>& stop,
              const MeasureProgress& progress)
      : path_{path},
        reader_{std::move(reader)},
        compiled_{std::move(compiled)},
        options_{options},
        progress_{progress},
        passes_{compiled_, reader_, options, stop} {}

  /// system comes first, then the chains that are not system, in order.
  base::Status take_subjects(const std::vector<chain::Chain>& chains) {
    chain::Requirements requirements;
    requirements.max_alignment = compiled_.facts.max_align;
    requirements.job = "the trace";
    auto system = chain::parse_and_check("system", requirements);
    if (!system) return tl::make_unexpected(system.error());
    subjects_.emplace_back(std::move(*system));
    for (const chain::Chain& chain : chains) {
      HEAPATLAS_TRY(chain::meets(chain, requirements));
      const bool known = std::any_of(subjects_.begin(), subjects_.end(), [&](const Subject& s) {
        return s.chain.text() == chain.text();
      });
      if (!known) subjects_.emplace_back(chain);
    }
    const std::uint64_t passes = 2U + (options_.verify ? 1U : 0U) + (options_.placements ? 1U : 0U);
    total_ = (subjects_.size() + 1) * options_.samples + subjects_.size() * passes;
    return {};
  }

  /// Before anything is run: an event that is not in the trace is refused.
  base::Status plan_heaps() {
    if (!options_.placements) return {};
    index_ = TraceIndex::of(reader_);
    for (const std::uint64_t event : options_.snapshots)
      if (event >= index_.events())
        return base::bad_input(fmt::format("there is no event {} to walk the heap at", event),
                               path_, fmt::format("the last one is {}", index_.events() - 1));
    return {};
  }

  base::Status take_samples() {
    for (std::uint32_t round = 0; round < options_.samples; ++round) {
      const std::size_t turns = subjects_.size() + 1;
      for (std::size_t turn = 0; turn < turns; ++turn) {
        const std::size_t place = round % 2 == 0 ? turn : turns - 1 - turn;
        HEAPATLAS_TRY(place == 0 ? sample_null() : sample(subjects_[place - 1]));
      }
    }
    return {};
  }

  base::Status take_other_passes() {
    for (Subject& subject : subjects_) {
      tell(subject, Pass::memory);
      HEAPATLAS_TRY(passes_.run(subject, Pass::memory, subject.collected.memory));
      tell(subject, Pass::counts);
      HEAPATLAS_TRY(passes_.run(subject, Pass::counts, subject.collected.counts));
      if (!options_.verify) continue;
      tell(subject, Pass::verify);
      HEAPATLAS_TRY(passes_.verify(subject));
    }
    return {};
  }

  base::Status record_heaps() {
    if (!options_.placements) return {};
    const WalkPlan plan(compiled_.facts, index_, options_.snapshots);
    const auto workload = MappedWorkload::map(compiled_.file.get());
    if (!workload) return tl::make_unexpected(workload.error());
    for (Subject& subject : subjects_) {
      tell(subject, Pass::placements);
      HEAPATLAS_TRY(passes_.record_heap(subject, plan, workload->view(), index_));
    }
    return {};
  }

  /// Takes the heaps out: once.
  base::Result<std::vector<report::Run>> runs() {
    const auto identity = identity_of(path_, reader_.info(), compiled_);
    if (!identity) return tl::make_unexpected(identity.error());
    const std::vector<report::Sample> system = samples_of(subjects_.front().collected);
    std::vector<report::Run> runs;
    for (Subject& subject : subjects_) {
      report::Run run = run_of(subject, system);
      run.trace = *identity;
      run.heap = std::move(subject.heap);
      if (run.heap) run.heap_figures = report::heap_figures(*run.heap);
      runs.push_back(std::move(run));
    }
    return runs;
  }

 private:
  void tell(const std::string& what) {
    if (progress_) progress_(done_++, total_, what);
  }
  void tell(const Subject& subject, Pass pass) {
    tell(fmt::format("{}: {}", subject.chain.text(), name_of(pass)));
  }

  base::Status sample_null() {
    tell("the replay loop itself");
    const auto outcome = passes_.sample_null();
    if (!outcome) return tl::make_unexpected(outcome.error());
    if (*outcome) null_.push_back(sample_of(**outcome, compiled_.facts.operations()));
    return {};
  }

  base::Status sample(Subject& subject) {
    tell(subject.chain.text());
    return is_over(subject) ? base::Status{} : passes_.sample(subject);
  }

  /// A chain that failed, or that has used up its time, is not sampled again.
  [[nodiscard]] bool is_over(const Subject& subject) const {
    const Collected& collected = subject.collected;
    if (collected.trouble) return true;
    if (collected.samples.empty()) return false;
    if (collected.samples.back().failures.total() != 0) return true;
    return collected.samples.size() >= samples_for_interval &&
           subject.spent >= options_.chain_budget;
  }

  [[nodiscard]] std::vector<report::Sample> samples_of(const Collected& collected) const {
    std::vector<report::Sample> samples;
    for (const Outcome& outcome : collected.samples)
      samples.push_back(sample_of(outcome, compiled_.facts.operations()));
    return samples;
  }

  report::Run run_of(const Subject& subject, const std::vector<report::Sample>& system) const {
    const Collected& collected = subject.collected;
    report::Run run;
    run.chain = subject.chain.text();
    run.settings = settings();
    run.figures =
        figures_of(collected, null_, system, &subject == &subjects_.front(), compiled_.facts);
    run.samples = samples_of(collected);
    if (!run.samples.empty())
      run.implementation = collected.samples.front().implementation == Implementation::composed
                               ? "static"
                               : "dynamic";
    if (const auto failures = collected.failures())
      run.failures = {failures->allocations, failures->resizes, failures->skipped};
    if (collected.counts) run.links = links_of(*collected.counts, subject.chain);
    run.verification = subject.verification;
    run.trouble = collected.trouble;
    return run;
  }

  [[nodiscard]] report::Settings settings() const {
    report::Settings settings;
    settings.order = "strict";
    settings.touch = replay::name_of(options_.touch);
    settings.natural_alignment_bytes = std::uint64_t{1} << options_.natural_align_log2;
    settings.samples = options_.samples;
    settings.warm_passes = options_.warm_passes;
    if (passes_.core() >= 0) settings.core = static_cast<std::uint64_t>(passes_.core());
    return settings;
  }

  const std::string& path_;
  trace::Reader reader_;
  CompiledTrace compiled_;
  const MeasureOptions& options_;
  const MeasureProgress& progress_;
  ChainPasses passes_;
  TraceIndex index_;
  std::vector<Subject> subjects_;
  std::vector<report::Sample> null_;
  std::uint64_t done_ = 0;
  std::uint64_t total_ = 0;
};

base::Result<CompiledTrace> compile_whole(trace::Reader& reader, const std::string& path,
                                          const MeasureOptions& options,
                                          const std::atomic<bool>& stop) {
  CompileOptions compile_options;
  compile_options.natural_align_log2 = options.natural_align_log2;
  compile_options.progress = [&](std::uint64_t) { return !stop.load(std::memory_order_relaxed); };
  auto compiled = compile(reader, compile_options);
  if (!compiled) {
    base::Error error = std::move(compiled.error());
    error.where = error.where.empty() ? path : fmt::format("{}, {}", path, error.where);
    return tl::make_unexpected(std::move(error));
  }
  if (compiled->facts.operations() == 0)
    return base::bad_input("the trace has no operation to replay", path);
  return compiled;
}

}  // namespace

base::Result<std::vector<report::Run>> measure(const std::string& trace_path,
                                               const std::vector<chain::Chain>& chains,
                                               const MeasureOptions& options,
                                               const std::atomic<bool>& stop,
                                               const MeasureProgress& progress) {
  auto reader = trace::Reader::open(trace_path);
  if (!reader) return tl::make_unexpected(reader.error());
  auto compiled = compile_whole(*reader, trace_path, options, stop);
  if (!compiled) return tl::make_unexpected(compiled.error());
  Measurement measurement(trace_path, std::move(*reader), std::move(*compiled), options, stop,
                          progress);
  HEAPATLAS_TRY(measurement.take_subjects(chains));
  HEAPATLAS_TRY(measurement.plan_heaps());
  HEAPATLAS_TRY(measurement.take_samples());
  HEAPATLAS_TRY(measurement.take_other_passes());
  HEAPATLAS_TRY(measurement.record_heaps());
  return measurement.runs();
}

base::Result<SelfCheck> self_check(const std::string& trace_path, const MeasureOptions& options,
                                   const std::atomic<bool>& stop) {
  auto reader = trace::Reader::open(trace_path);
  if (!reader) return tl::make_unexpected(reader.error());
  const auto compiled = compile_whole(*reader, trace_path, options, stop);
  if (!compiled) return tl::make_unexpected(compiled.error());
  Request request;
  request.pass = Pass::self_check;
  request.null_allocator = true;
  request.core = last_core();
  const auto child = run_child({.runner = options.runner,
                                .workload = compiled->file.get(),
                                .environment = {},
                                .timeout = options.sample_timeout,
                                .stop = &stop},
                               request);
  if (!child) return tl::make_unexpected(child.error());
  if (child->ending != Ending::done)
    return base::fail(base::ErrorKind::unavailable, "the runner " + child->why);
  const auto operations = compiled->facts.operations();
  const auto per_operation = [&](std::uint64_t ns) {
    return static_cast<double>(ns) / static_cast<double>(operations);
  };
  return SelfCheck{std::filesystem::path(trace_path).filename(), operations,
                   per_operation(child->outcome.self_check.kernel_ns),
                   per_operation(child->outcome.self_check.by_hand_ns)};
}

const char* name_of(Touch touch) noexcept {
  switch (touch) {
    case Touch::none:
      return "none";
    case Touch::first:
      return "first";
    case Touch::page:
      return "page";
    case Touch::all:
      return "all";
  }
  return "";
}

}  // namespace heapatlas::replay
