#include "tool/bench/goals.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/chain/chain.hpp"
#include "tool/bench/summary.hpp"

namespace heapatlas::tool::bench {
namespace {

constexpr const char* system_malloc = "system";
constexpr const char* talc_128m = "talc(claim(size=128M))";
constexpr const char* small_stalloc = "stalloc(blocks=1000, block=8)";
constexpr const char* fixed_bump = "bump(size=64M)";
constexpr const char* one_slab = "slab(size=200)";
constexpr const char* thread_slabs = "per_thread(slabs(max=1K))";
constexpr const char* slabs_on_talc = "per_thread(slabs(max=1K)) | talc";

/// A goal against system malloc on the same workload.
Goal over_system(const std::string& what, const char* chain, const std::string& workload,
                 double limit, std::optional<double> upstream) {
  return {what, Goal::Kind::ratio, {chain, workload}, {system_malloc, workload}, limit, upstream};
}

void add_talc(std::vector<Goal>& all) {
  // At most upstream's ratio, and at most 1 on the live sets.
  constexpr struct {
    const char* what;
    const char* workload;
    double limit, upstream;
  } rows[] = {{"live set of 1 KiB, 1..64 B", "live/1K", 1.0, 1.22},
              {"live set of 16 KiB, 1..1024 B", "live/16K", 1.0, 1.38},
              {"live set of 256 KiB, 1..1024 B", "live/256K", 1.0, 1.14},
              {"live set of 1 MiB, 1..1024 B", "live/1M", 0.89, 0.89},
              {"live set of 4 MiB, 1..1024 B", "live/4M", 0.77, 0.77},
              {"random actions to 200 B", "actions/200", 0.67, 0.67},
              {"random actions to 1,000 B", "actions/1000", 0.68, 0.68},
              {"random actions to 3,000 B", "actions/3000", 0.63, 0.63},
              {"random actions to 10,000 B", "actions/10000", 0.56, 0.56},
              {"random actions to 30,000 B", "actions/30000", 0.52, 0.52},
              {"no resizes, to 200 B", "actions-fixed/200", 0.79, 0.79},
              {"no resizes, to 1,000 B", "actions-fixed/1000", 1.05, 1.05},
              {"no resizes, to 10,000 B", "actions-fixed/10000", 0.53, 0.53}};
  for (const auto& row : rows) {
    all.push_back(over_system(fmt::format("talc / system: {}", row.what), "talc", row.workload,
                              row.limit, row.upstream));
  }
  all.push_back({"locked(talc) - talc, of system: live 1 KiB",
                 Goal::Kind::added,
                 {"locked(talc)", "live/1K"},
                 {"talc", "live/1K"},
                 0.15,
                 0.15});
  all.push_back({"talc: align 4096, 1 B / align 1, 4096 B",
                 Goal::Kind::ratio,
                 {talc_128m, "align/1x4096"},
                 {talc_128m, "align/4096x1"},
                 5,
                 {}});
}

void add_heap_efficiency(std::vector<Goal>& all) {
  const auto add = [&](const char* what, const char* workload, double limit, double upstream) {
    all.push_back({fmt::format("talc, part of 128 MiB in use when full: {}", what),
                   Goal::Kind::share,
                   {talc_128m, workload},
                   {},
                   limit,
                   upstream});
  };
  add("actions", "fill/10000", 0.97, 0.952);
  add("1..64", "fill/64", 0.65, 0.580);
  add("1..1024", "fill/1024", 0.952, 0.941);
}

void add_stalloc(std::vector<Goal>& all) {
  all.push_back(
      over_system("stalloc / system: 200 B, freed at once", small_stalloc, "pair/200", 0.55, 0.60));
  all.push_back(over_system("stalloc / system: two vectors, then clear", small_stalloc,
                            "vectors/reset", 0.33, 0.56));
  constexpr struct {
    const char* what;
    const char* workload;
    std::size_t block;
    double upstream;
  } rows[] = {{"256 KiB", "live/256K", 16, 11.6},
              {"1 MiB", "live/1M", 64, 44.1},
              {"4 MiB", "live/4M", 256, 65.3}};
  for (const auto& row : rows) {
    all.push_back(
        {fmt::format("stalloc, index=tree / talc: live {}", row.what),
         Goal::Kind::ratio,
         {fmt::format("stalloc(blocks=65535, block={}, index=tree)", row.block), row.workload},
         {"talc", row.workload},
         2,
         row.upstream});
  }
}

void add_small(std::vector<Goal>& all) {
  all.push_back(over_system("bump / system: allocate only, cold pages", "mapped_bump",
                            "allocate/cold", 0.5, 0.48));
  all.push_back(over_system("bump / system: allocate only, warm pages", fixed_bump, "allocate/warm",
                            0.25, {}));
  all.push_back(over_system("slab / system: 200 B, freed at once", one_slab, "pair/200", 0.5, {}));
  for (const char* other : {"tcmalloc", "mimalloc"}) {
    all.push_back({fmt::format("slab / {}: 200 B, freed at once", other),
                   Goal::Kind::ratio,
                   {one_slab, "pair/200"},
                   {other, "pair/200"},
                   1,
                   {}});
  }
  for (const char* live : {"1000", "100000"}) {
    const std::string workload = fmt::format("replace/{}", live);
    all.push_back({fmt::format("thread slabs | talc / mimalloc: replace 1 of {}", live),
                   Goal::Kind::ratio,
                   {slabs_on_talc, workload},
                   {"mimalloc", workload},
                   1,
                   {}});
  }
  all.push_back({"thread slabs / mimalloc: freed by another thread",
                 Goal::Kind::ratio,
                 {thread_slabs, "hand-over/2"},
                 {"mimalloc", "hand-over/2"},
                 1,
                 {}});
}

/// One contender's figures of one workload; null when the plan has none.
const std::vector<Figure>* figures_of(const Measured& measured, const Plan& plan,
                                      const std::vector<Figures>& figures) {
  for (std::size_t i = 0; i < plan.contenders.size(); ++i) {
    if (plan.contenders[i].text != measured.chain) continue;
    const auto found = figures[i].find(measured.workload);
    if (found != figures[i].end()) return &found->second;
  }
  return nullptr;
}

}  // namespace

const std::vector<Goal>& goals() {
  static const std::vector<Goal> all = [] {
    std::vector<Goal> list;
    add_talc(list);
    add_heap_efficiency(list);
    add_stalloc(list);
    add_small(list);
    return list;
  }();
  return all;
}

base::Status add_goals_contenders(std::vector<Contender>& contenders) {
  const std::size_t usual = contenders.size();
  for (const Goal& goal : goals()) {
    for (const Measured& measured : {goal.subject, goal.reference}) {
      if (measured.chain.empty()) continue;
      const auto known = std::find_if(contenders.begin(), contenders.end(),
                                      [&](const auto& one) { return one.text == measured.chain; });
      if (known != contenders.end()) {
        const bool on_all = known - contenders.begin() < static_cast<std::ptrdiff_t>(usual);
        if (!on_all) known->only.insert(measured.workload);
        continue;
      }
      const auto chain = chain::parse_and_check(measured.chain);
      if (!chain && chain.error().kind == base::ErrorKind::unavailable) continue;
      if (!chain) return tl::make_unexpected(chain.error());
      contenders.push_back(contender_of(*chain));
      contenders.back().only.insert(measured.workload);
    }
  }
  return {};
}

bool Outcome::meets(const Goal& goal) const {
  if (!raw) return false;
  return goal.kind == Goal::Kind::share ? *raw >= goal.limit : *raw <= goal.limit;
}

std::optional<Outcome> judge(const Goal& goal, const Plan& plan,
                             const std::vector<Figures>& figures) {
  static const std::vector<Figure> none;
  const auto of = [&](const Measured& measured) -> const std::vector<Figure>& {
    const auto* const found = figures_of(measured, plan, figures);
    return found == nullptr ? none : *found;
  };
  const auto& subject = of(goal.subject);
  if (subject.empty()) return std::nullopt;
  const auto& null = of({null_name, goal.subject.workload});
  const auto beside = [&](const std::vector<Figure>& one, const Measured& other) {
    return summarise(one, {of(other), of({null_name, other.workload})}, null);
  };
  switch (goal.kind) {
    case Goal::Kind::share: {
      const Cell cell = summarise(subject, {none, none}, none);
      return Outcome{cell.share, {}, cell.why};
    }
    case Goal::Kind::ratio: {
      const Cell cell = beside(subject, goal.reference);
      const bool alone = cell.nanoseconds && !cell.raw;
      return Outcome{cell.raw, cell.net, alone ? goal.reference.chain + " is missing" : cell.why};
    }
    case Goal::Kind::added: {
      const Measured system{system_malloc, goal.subject.workload};
      const Cell with = beside(subject, system);
      const Cell without = beside(of(goal.reference), system);
      Outcome outcome;
      if (with.raw && without.raw) outcome.raw = *with.raw - *without.raw;
      if (with.net && without.net) outcome.net = *with.net - *without.net;
      if (!outcome.raw) outcome.why = with.raw ? goal.reference.chain + " is missing" : with.why;
      return outcome;
    }
  }
  return std::nullopt;
}

}  // namespace heapatlas::tool::bench
