#include "core/replay/chain_passes.hpp"

#include <fmt/format.h>

#include <utility>

namespace heapatlas::replay {
namespace {

using Clock = std::chrono::steady_clock;

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

std::vector<std::string> environment_for(const chain::Chain& chain) {
  const auto preload = chain.preload();
  if (!preload) return {};
  std::vector<std::string> environment = {"LD_PRELOAD=" + preload->library};
  if (!preload->variable.empty()) environment.push_back(preload->variable);
  return environment;
}

/// The fault of a walk, with the name of the allocator that it is about.
std::string named_fault(const Violation& violation, const chain::Chain& chain) {
  const auto nodes = chain.nodes();
  const char* what = violation.what.data();
  if (nodes.size() < 2 || violation.node >= nodes.size()) return what;
  return fmt::format("{}: {}", nodes[violation.node]->text, what);
}

}  // namespace

const char* name_of(Pass pass) noexcept {
  switch (pass) {
    case Pass::throughput:
      return "throughput";
    case Pass::memory:
      return "memory";
    case Pass::counts:
      return "counts";
    case Pass::verify:
      return "verify";
    case Pass::placements:
      return "placements";
    case Pass::self_check:
      return "self_check";
  }
  return "";
}

ChainPasses::ChainPasses(const CompiledTrace& compiled, trace::Reader& reader,
                         const MeasureOptions& options, const std::atomic<bool>& stop)
    : compiled_{compiled}, reader_{reader}, options_{options} {
  setup_.runner = options.runner;
  setup_.workload = compiled_.file.get();
  setup_.timeout = options.sample_timeout;
  setup_.stop = &stop;
}

Request ChainPasses::request_for(Pass pass) const {
  Request request;
  request.pass = pass;
  request.touch = options_.touch;
  request.core = core_;
  request.warm_passes = options_.warm_passes;
  request.warm_budget_ns = 1'000'000'000;
  return request;
}

base::Result<std::optional<Outcome>> ChainPasses::sample_null() {
  Request request = request_for(Pass::throughput);
  request.null_allocator = true;
  setup_.environment.clear();
  const auto child = run_child(setup_, request);
  if (!child) return tl::make_unexpected(child.error());
  if (child->ending != Ending::done || child->outcome.failures.total() != 0)
    return std::optional<Outcome>{};
  return std::optional<Outcome>{child->outcome};
}

base::Status ChainPasses::sample(Subject& subject) {
  const auto started = Clock::now();
  std::optional<Outcome> outcome;
  HEAPATLAS_TRY(run_child_of(subject, Pass::throughput, outcome));
  subject.spent += Clock::now() - started;
  if (outcome) subject.collected.samples.push_back(*outcome);
  return {};
}

/// The outcome stays empty when the child came to no good end.
base::Status ChainPasses::run_child_of(Subject& subject, Pass pass,
                                       std::optional<Outcome>& outcome) {
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

base::Status ChainPasses::run(Subject& subject, Pass pass, std::optional<Outcome>& outcome) {
  if (subject.collected.trouble) return {};
  return run_child_of(subject, pass, outcome);
}

base::Status ChainPasses::verify(Subject& subject) {
  if (subject.collected.trouble && subject.collected.trouble->kind == "refused") return {};
  const auto before = std::exchange(subject.collected.trouble, std::nullopt);
  HEAPATLAS_TRY(run_child_of(subject, Pass::verify, subject.collected.verify));
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

base::Status ChainPasses::record_heap(Subject& subject, const WalkPlan& plan,
                                      const WorkloadView& workload, const TraceIndex& index) {
  if (subject.collected.trouble) return {};
  const WorkloadFacts& facts = workload.facts;
  auto history = HistoryFile::create(plan.walks(), traits_of(subject.chain),
                                     facts.allocations + facts.resizes);
  if (!history) return tl::make_unexpected(history.error());
  std::optional<Outcome> outcome;
  setup_.history = history->file();
  const base::Status ran = run_child_of(subject, Pass::placements, outcome);
  setup_.history = -1;
  if (!ran || !outcome) return ran;
  if (outcome->violation.found) {
    subject.verification = report::Verification{
        false,
        fault_at(outcome->violation.operation, named_fault(outcome->violation, subject.chain))};
    return {};
  }
  if (!outcome->heap.written)
    return base::fail(base::ErrorKind::unavailable, "no room for what was recorded");
  auto heap = assemble_heap(*history, outcome->heap.grants, plan, subject.chain, workload, index);
  if (!heap) return tl::make_unexpected(std::move(heap.error()));
  subject.heap = std::move(*heap);
  return {};
}

report::Fault ChainPasses::fault_at(std::uint64_t operation, std::string what) {
  report::Fault fault;
  fault.what = std::move(what);
  if (operation >= compiled_.facts.operations()) return fault;
  if (const auto place = event_of(reader_, operation)) {
    fault.event = place->event;
    fault.object = place->object;
  }
  return fault;
}

}  // namespace heapatlas::replay
