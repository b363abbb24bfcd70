// heapatlas explain metric [NAME]: what a figure of a report means, or the list of them all.
#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/chain/nearest.hpp"
#include "core/report/metrics.hpp"
#include "tool/commands.hpp"
#include "tool/prose.hpp"
#include "tool/terminal.hpp"

namespace heapatlas::tool {
namespace {

using report::Metric;

nlohmann::json metric_json(const Metric& metric) {
  return {{"name", metric.name},
          {"unit", metric.unit},
          {"better", in_words(metric.better)},
          {"definition", metric.definition},
          {"formula", metric.formula},
          {"meaning", metric.meaning},
          {"advice", metric.advice},
          {"places", metric.places}};
}

void print_list() {
  for (const Metric& metric : report::metrics())
    fmt::print("  {:<31}{}\n", metric.name, metric.definition);
  fmt::print("\nheapatlas explain metric NAME says what one means and what to do about it.\n");
}

void print_metric(const Metric& metric) {
  fmt::print("{}\n\n", painted(metric.name, Colour::bold, stdout));
  print_field("is", metric.definition);
  print_field("unit", fmt::format("{}; {}", metric.unit, in_words(metric.better)));
  print_field("formula", metric.formula);
  print_field("means", metric.meaning);
  if (!metric.advice.empty()) print_field("do", metric.advice);
  for (std::string_view left = metric.places; !left.empty();) {
    const std::string_view place = left.substr(0, left.find(' '));
    const bool series = place.starts_with("series:");
    print_field(left.data() == metric.places.data() ? "report" : "",
                series ? fmt::format("runs[].heap.series, the one named '{}'", place.substr(7))
                       : fmt::format("runs[].{}", place));
    left.remove_prefix(std::min(left.size(), place.size() + 1));
  }
}

base::Result<ExitStatus> explain_metric(const std::string& name, bool json) {
  if (name.empty()) {
    nlohmann::json list = nlohmann::json::array();
    for (const Metric& metric : report::metrics()) list.push_back(metric_json(metric));
    json ? fmt::print("{}\n", list.dump(2)) : print_list();
    return ExitStatus::done;
  }
  const Metric* metric = report::find_metric(name);
  if (metric == nullptr) {
    std::vector<std::string_view> names;
    for (const Metric& one : report::metrics()) names.push_back(one.name);
    return base::bad_input(fmt::format("there is no metric '{}'", name), "",
                           chain::did_you_mean(name, names, "heapatlas explain metric lists them"));
  }
  json ? fmt::print("{}\n", metric_json(*metric).dump(2)) : print_metric(*metric);
  return ExitStatus::done;
}

}  // namespace

CLI::App* add_explain_metric(CLI::App& explain, Invocation& invocation) {
  const auto name = std::make_shared<std::string>();
  CLI::App* command =
      explain.add_subcommand("metric", "say what a figure of a report means; all, without NAME");
  command->add_option("NAME", *name, "as the report, the table or the viewer calls it");
  command->add_flag("--json", invocation.json, "as JSON");
  command->callback([name, &invocation] {
    invocation.run = [name, &invocation] { return explain_metric(*name, invocation.json); };
  });
  return command;
}

}  // namespace heapatlas::tool
