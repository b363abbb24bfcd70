#include "tool/bench/report.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "tool/bench/goals.hpp"
#include "tool/bench/summary.hpp"
#include "tool/terminal.hpp"

namespace heapatlas::tool::bench {
namespace {

/// The cell of each contender, in order; one that was not measured on the workload has an empty
/// one.
std::vector<Cell> cells_of(const Workload& workload, const std::vector<Figures>& figures) {
  static const std::vector<Figure> none;
  const auto of = [&](std::size_t who) -> const std::vector<Figure>& {
    const auto found = figures[who].find(workload.name);
    return found == figures[who].end() ? none : found->second;
  };
  std::vector<Cell> cells;
  for (std::size_t who = 0; who < figures.size(); ++who)
    cells.push_back(summarise(of(who), {of(1), of(0)}, of(0)));
  return cells;
}

std::string share_text(double share) {
  return fmt::format("{:.1f} %", 100 * share);
}

std::string ratio_text(const Cell& cell) {
  if (cell.share) return share_text(*cell.share);
  if (!cell.raw) return cell.why.empty() ? "-" : cell.why;
  const auto number = [](double value) {
    return fmt::format("{:.{}f}", value, value < 10 ? 2 : 0);
  };
  return cell.net ? fmt::format("{} ({})", number(*cell.raw), number(*cell.net))
                  : number(*cell.raw);
}

std::string time_text(const Cell& cell) {
  if (cell.share) return share_text(*cell.share);
  return cell.nanoseconds ? fmt::format("{:.1f}", *cell.nanoseconds) : "-";
}

/// Whose columns the table of workloads has.
std::vector<std::size_t> columns_of(const Plan& plan) {
  std::vector<std::size_t> columns;
  for (std::size_t who = 0; who < plan.contenders.size(); ++who) {
    if (plan.contenders[who].only.empty()) columns.push_back(who);
  }
  return columns;
}

std::string number_text(const Goal& goal, const std::optional<double>& value) {
  if (!value) return "-";
  return goal.kind == Goal::Kind::share ? share_text(*value) : fmt::format("{:.2f}", *value);
}

std::string limit_text(const Goal& goal) {
  return (goal.kind == Goal::Kind::share ? ">= " : "<= ") + number_text(goal, goal.limit);
}

nlohmann::json json_of(const std::optional<double>& value) {
  return value ? nlohmann::json(*value) : nlohmann::json(nullptr);
}

nlohmann::json workloads_json(const Plan& plan, const std::vector<Figures>& figures) {
  nlohmann::json rows = nlohmann::json::array();
  for (const Workload* workload : plan.workloads) {
    nlohmann::json row = {{"workload", workload->name},
                          {"help", workload->help},
                          {"results", nlohmann::json::array()}};
    const std::vector<Cell> cells = cells_of(*workload, figures);
    for (std::size_t who = 0; who < cells.size(); ++who) {
      const Cell& cell = cells[who];
      if (!plan.contenders[who].runs(*workload)) continue;
      row["results"].push_back({{"allocator", plan.contenders[who].text},
                                {"cpu_ns_per_operation", json_of(cell.nanoseconds)},
                                {"ratio_to_system", json_of(cell.raw)},
                                {"net_ratio_to_system", json_of(cell.net)},
                                {"share_of_memory", json_of(cell.share)},
                                {"why_not", cell.why}});
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

nlohmann::json goals_json(const Plan& plan, const std::vector<Figures>& figures) {
  nlohmann::json rows = nlohmann::json::array();
  for (const Goal& goal : goals()) {
    const auto outcome = judge(goal, plan, figures);
    if (!outcome) continue;
    rows.push_back({{"goal", goal.what},
                    {"better", goal.kind == Goal::Kind::share ? "higher" : "lower"},
                    {"limit", goal.limit},
                    {"upstream", json_of(goal.upstream)},
                    {"reached", json_of(outcome->raw)},
                    {"reached_net", json_of(outcome->net)},
                    {"met", outcome->raw ? nlohmann::json(outcome->meets(goal)) : nullptr},
                    {"why_not", outcome->why}});
  }
  return rows;
}

}  // namespace

void print_workloads(const Plan& plan, const std::vector<Figures>& figures) {
  constexpr std::size_t longest_head = 12;
  const std::vector<std::size_t> columns = columns_of(plan);
  std::vector<std::string> heads = {"workload"};
  std::string legend;
  for (const std::size_t who : columns) {
    const std::string& name = plan.contenders[who].name;
    const std::string letter(1, static_cast<char>('A' + who));
    heads.push_back(name.size() <= longest_head ? name : letter);
    if (name.size() > longest_head) legend += fmt::format("{}: {}\n", letter, name);
  }
  Table table{heads};
  for (const Workload* workload : plan.workloads) {
    const std::vector<Cell> cells = cells_of(*workload, figures);
    std::vector<std::string> row = {workload->name};
    bool any = false;
    for (const std::size_t who : columns) {
      row.push_back(who < 2 ? time_text(cells[who]) : ratio_text(cells[who]));
      any = any || cells[who].nanoseconds || cells[who].share;
    }
    if (any) table.add(row);
  }
  fmt::print(
      "{}\n{}null (the harness by itself) and system: CPU ns an operation. The others: their time\n"
      "over system malloc's, and the same less the harness's time (in brackets); lower is "
      "better.\n",
      table.text(), legend);
  for (const Workload* workload : plan.workloads) {
    if (workload->form != Form::filled) continue;
    fmt::print(
        "fill: requested bytes of all memory when the first request fails; higher is better.\n");
    return;
  }
}

void print_goals(const Plan& plan, const std::vector<Figures>& figures) {
  Table table{{"goal", "to reach", "upstream", "reached", "net", ""}};
  std::size_t met = 0, all = 0;
  for (const Goal& goal : goals()) {
    const auto outcome = judge(goal, plan, figures);
    if (!outcome) continue;
    ++all;
    if (outcome->meets(goal)) ++met;
    const std::string verdict = !outcome->raw          ? outcome->why
                                : outcome->meets(goal) ? "met"
                                                       : "not met";
    table.add({goal.what, limit_text(goal), number_text(goal, goal.upstream),
               number_text(goal, outcome->raw), number_text(goal, outcome->net), verdict});
  }
  if (all == 0) return;
  fmt::print(
      "\n{}\n{} of {} goals met. \"a / b: workload\" is a's time over b's in the same round, the\n"
      "median of {} rounds; <=: lower is better; >=: higher is better. reached: with the "
      "harness's\n"
      "own time, and what decides; net: without it. upstream: the same figure of the Rust library\n"
      "that the allocator descends from, measured on another machine.\n",
      table.text(), met, all, plan.rounds);
}

void print_json(const Plan& plan, const std::vector<Figures>& figures) {
  fmt::print("{}\n", nlohmann::json{{"rounds", plan.rounds},
                                    {"workloads", workloads_json(plan, figures)},
                                    {"goals", goals_json(plan, figures)}}
                         .dump(2));
}

}  // namespace heapatlas::tool::bench
