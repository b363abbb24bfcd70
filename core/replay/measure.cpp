#include "core/replay/measure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <filesystem>
#include <utility>

#include "core/base/checksum.hpp"
#include "core/base/input_file.hpp"
#include "core/chain/check.hpp"
#include "core/replay/figures.hpp"
#include "core/replay/statistics.hpp"

namespace heapatlas::replay {
namespace {

using Clock = std::chrono::steady_clock;

/// XXH3 of the file's MiBs one after another, each seeded with the sum so far.
base::Result<std::string> checksum_of(const std::string& path) {
  const auto file = base::InputFile::open(path);
  if (!file) return tl::make_unexpected(file.error());
  std::vector<std::byte> room(std::size_t{1} << 20);
  std::uint64_t sum = 0;
  for (std::uint64_t offset = 0;;) {
    const auto got = file->read_at(offset, room);
    if (!got) return tl::make_unexpected(got.error());
    if (*got == 0) return fmt::format("xxh3:{:016x}", sum);
    sum = base::checksum(std::span(room).first(*got), sum);
    offset += *got;
  }
}

report::TraceIdentity identity_of(const std::string& path, const trace::TraceInfo& info,
                                  const CompiledTrace& compiled) {
  report::TraceIdentity identity;
  identity.name = std::filesystem::path(path).filename();
  identity.program = info.program;
  identity.command = info.command;
  identity.events = compiled.events;
  identity.operations = compiled.facts.operations();
  identity.allocations = compiled.facts.allocations;
  identity.resizes = compiled.facts.resizes;
  identity.frees = compiled.facts.frees;
  identity.threads = compiled.threads;
  identity.peak_live_bytes = compiled.facts.peak_live_bytes;
  identity.peak_live_objects = compiled.facts.slots;
  identity.final_live_objects = compiled.facts.survivors;
  identity.exact_identity = info.fidelity.exact_identity;
  if (!compiled.recovery.whole) identity.recovery = compiled.recovery.line();
  return identity;
}

const char* name_of(Pass pass) {
  switch (pass) {
    case Pass::throughput:
      return "throughput";
    case Pass::memory:
      return "memory";
    case Pass::counts:
      return "counts";
    case Pass::verify:
      return "verify";
    case Pass::self_check:
      return "self_check";
  }
  return "";
}

const char* name_of(Ending ending) {
  switch (ending) {
    case Ending::done:
      return "done";
    case Ending::refused:
      return "refused";
    case Ending::crashed:
      return "crashed";
    case Ending::exited:
      return "exited";
    case Ending::timed_out:
      return "timed_out";
  }
  return "";
}

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
        progress_{progress} {
    setup_.runner = options.runner;
    setup_.workload = compiled_.file.get();
    setup_.timeout = options.sample_timeout;
    setup_.stop = &stop;
  }

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
    const std::uint64_t passes = options_.verify ? 3 : 2;
    total_ = (subjects_.size() + 1) * options_.samples + subjects_.size() * passes;
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
      HEAPATLAS_TRY(other_pass(subject, Pass::memory, subject.collected.memory));
      HEAPATLAS_TRY(other_pass(subject, Pass::counts, subject.collected.counts));
      if (options_.verify) HEAPATLAS_TRY(verify(subject));
    }
    return {};
  }

  base::Result<std::vector<report::Run>> runs() {
    report::TraceIdentity identity = identity_of(path_, reader_.info(), compiled_);
    auto checksum = checksum_of(path_);
    if (!checksum) return tl::make_unexpected(checksum.error());
    identity.checksum = std::move(*checksum);
    const std::vector<report::Sample> system = samples_of(subjects_.front().collected);
    std::vector<report::Run> runs;
    for (const Subject& subject : subjects_) {
      report::Run run = run_of(subject, system);
      run.trace = identity;
      runs.push_back(std::move(run));
    }
    return runs;
  }

 private:
  struct Subject {
    explicit Subject(chain::Chain its_chain) : chain{std::move(its_chain)} {}
    chain::Chain chain;
    Collected collected;
    std::chrono::nanoseconds spent{0};
    std::optional<report::Verification> verification;
  };

  [[nodiscard]] Request request_for(Pass pass) const {
    Request request;
    request.pass = pass;
    request.touch = options_.touch;
    request.core = core_;
    request.warm_passes = options_.warm_passes;
    request.warm_budget_ns = 1'000'000'000;
    return request;
  }

  void tell(const std::string& what) {
    if (progress_) progress_(done_++, total_, what);
  }

  base::Status sample_null() {
    tell("the replay loop itself");
    Request request = request_for(Pass::throughput);
    request.null_allocator = true;
    const auto child = run_child(setup_, request);
    if (!child) return tl::make_unexpected(child.error());
    if (child->ending == Ending::done && child->outcome.failures.total() == 0)
      null_.push_back(sample_of(child->outcome, compiled_.facts.operations()));
    return {};
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

  base::Status sample(Subject& subject) {
    tell(subject.chain.text());
    if (is_over(subject)) return {};
    const auto started = Clock::now();
    std::optional<Outcome> outcome;
    HEAPATLAS_TRY(run(subject, Pass::throughput, outcome));
    subject.spent += Clock::now() - started;
    if (outcome) subject.collected.samples.push_back(*outcome);
    return {};
  }

  /// Runs a pass of a chain in a child; the outcome stays empty when it came to no good end.
  base::Status run(Subject& subject, Pass pass, std::optional<Outcome>& outcome) {
    Request request = request_for(pass);
    if (!set_chain(request, subject.chain.text()))
      return base::bad_input("the chain is too long to be replayed");
    setup_.environment = environment_for(subject.chain);
    auto child = run_child(setup_, request);
    if (!child) return tl::make_unexpected(child.error());
    if (child->ending == Ending::done) {
      outcome = child->outcome;
    } else if (!subject.collected.trouble) {
      subject.collected.trouble = {name_of(child->ending), name_of(pass), child->why};
      if (pass == Pass::verify) died_verifying_ = child->outcome.operation;
    }
    return {};
  }

  base::Status other_pass(Subject& subject, Pass pass, std::optional<Outcome>& outcome) {
    tell(fmt::format("{}: {}", subject.chain.text(), name_of(pass)));
    if (subject.collected.trouble) return {};
    return run(subject, pass, outcome);
  }

  /// Also of a chain that crashed before: the verification may show where.
  base::Status verify(Subject& subject) {
    tell(fmt::format("{}: verify", subject.chain.text()));
    if (subject.collected.trouble && subject.collected.trouble->kind == "refused") return {};
    const auto before = std::exchange(subject.collected.trouble, std::nullopt);
    HEAPATLAS_TRY(run(subject, Pass::verify, subject.collected.verify));
    report::Verification& verification = subject.verification.emplace();
    const auto& outcome = subject.collected.verify;
    if (!outcome) {
      verification.fault = fault_at(died_verifying_, subject.collected.trouble->what);
    } else if (outcome->violation.found) {
      verification.fault = fault_at(outcome->violation.operation, outcome->violation.what.data());
    }
    verification.passed = !verification.fault;
    if (before) subject.collected.trouble = before;
    return {};
  }

  report::Fault fault_at(std::uint64_t operation, std::string what) {
    report::Fault fault;
    fault.what = std::move(what);
    if (operation >= compiled_.facts.operations()) return fault;
    if (const auto place = event_of(reader_, operation)) {
      fault.event = place->event;
      fault.object = place->object;
    }
    return fault;
  }

  static std::vector<std::string> environment_for(const chain::Chain& chain) {
    const auto preload = chain.preload();
    if (!preload) return {};
    std::vector<std::string> environment = {"LD_PRELOAD=" + preload->library};
    if (!preload->variable.empty()) environment.push_back(preload->variable);
    return environment;
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
    if (core_ >= 0) settings.core = static_cast<std::uint64_t>(core_);
    return settings;
  }

  const std::string& path_;
  trace::Reader reader_;
  CompiledTrace compiled_;
  const MeasureOptions& options_;
  const MeasureProgress& progress_;
  ChildSetup setup_;
  int core_ = last_core();
  std::vector<Subject> subjects_;
  std::vector<report::Sample> null_;
  std::uint64_t died_verifying_ = 0;
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
  HEAPATLAS_TRY(measurement.take_samples());
  HEAPATLAS_TRY(measurement.take_other_passes());
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
