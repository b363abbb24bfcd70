// heapatlas explain CHAIN: what a chain is, what each link guarantees, whether it can serve a
// trace.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/chain/chain.hpp"
#include "core/chain/describe.hpp"
#include "core/chain/describe_json.hpp"
#include "core/chain/export_cpp.hpp"
#include "core/chain/overhead.hpp"
#include "core/trace/reader.hpp"
#include "core/trace/tally.hpp"
#include "tool/chains_option.hpp"
#include "tool/commands.hpp"
#include "tool/prose.hpp"
#include "tool/terminal.hpp"

namespace heapatlas::tool {
namespace {

using namespace chain;

struct Settings {
  std::string chain;
  std::string trace;
  std::string chains_file{default_chains_file};
};

/// What a trace asks of a chain.
base::Result<Requirements> requirements_of(const std::string& path) {
  auto reader = trace::Reader::open(path);
  if (!reader) return tl::make_unexpected(reader.error());
  Requirements needs;
  needs.job = path;
  trace::Tally tally;
  for (trace::Event event; reader->next(event);) {
    HEAPATLAS_TRY(tally.add(event));
    needs.peak_live = tally.totals().peak_live_bytes;
    needs.many_threads |= event.thread != 0;
    needs.max_size = std::max<std::size_t>(needs.max_size, event.size);
    if (event.kind != trace::EventKind::allocate) continue;
    const unsigned exponent =
        event.align_log2 == trace::natural_align ? trace::natural_align_log2 : event.align_log2;
    needs.max_alignment = std::max(needs.max_alignment, std::size_t{1} << exponent);
  }
  return needs;
}

/// One line of the tree for each link.
void print_tree(const Link& link, const std::string& margin, const std::string& branch) {
  const std::string node = link.id == no_node ? "source" : fmt::format("{}", link.id);
  const std::string text = link.is("fallback") ? "fallback" : link.text;
  fmt::print("  {}{} {}\n", branch, painted(node, Colour::dim, stdout), text);
  for (std::size_t i = 0; i < link.parts.size(); ++i) {
    const bool last = i + 1 == link.parts.size();
    print_tree(link.parts[i], margin + (last ? "   " : "│  "), margin + (last ? "└─ " : "├─ "));
  }
}

void print_guarantees(const Link& link) {
  if (link.id != no_node) {
    fmt::print("\n{}\n",
               painted(fmt::format("{} {}", link.id, link.entry->name), Colour::bold, stdout));
    print_field("can", describe(link.facts.can));
    print_field("threads", describe(link.facts.threads));
    print_field("alignment", describe_alignment(link.facts));
    print_field("overhead", link.facts.overhead);
    print_field("in bytes", describe_overhead(link));
  }
  for (const Link& part : link.parts) print_guarantees(part);
}

/// What the links that hand out blocks add to one, at worst.
void collect_overhead(const Link& link, std::vector<std::string>& found) {
  if (link.id == no_node) return;
  const bool adds = link.entry->role == Role::leaf || link.is("sized");
  if (adds) found.push_back(fmt::format("{}: {}", link.entry->name, link.facts.overhead));
  if (link.entry->role == Role::leaf) return;  // what its memory comes from serves no block
  for (const Link& part : link.parts) collect_overhead(part, found);
}

nlohmann::json explanation(const Chain& chain, const std::optional<base::Status>& serves) {
  nlohmann::json json{{"text", chain.text()},
                      {"tree", to_json(chain.tree())},
                      {"root", link_json(chain.root())},
                      {"static", is_well_known(chain)}};
  if (const auto preload = chain.preload()) json["preload"] = preload->library;
  if (serves) {
    json["serves_trace"] = serves->has_value();
    if (!*serves) json["reason"] = serves->error().line();
  }
  return json;
}

void print_explanation(const Chain& chain) {
  fmt::print("{}\n\n", painted(chain.text(), Colour::bold, stdout));
  print_tree(chain.root(), "", "");
  print_guarantees(chain.root());
  fmt::print("\n{}\n", painted("The chain", Colour::bold, stdout));
  print_field("runs", is_well_known(chain) ? "as one static type, with no indirect call"
                                           : "as a run-time chain, one virtual call a link");
  if (const auto preload = chain.preload()) {
    print_field("process", fmt::format("its process is started with {}", preload->library));
  }
  std::vector<std::string> overhead;
  collect_overhead(chain.root(), overhead);
  print_field("overhead", fmt::format("{}", fmt::join(overhead, "; ")));
  print_field("at worst", describe_overhead(chain.root()));
  const std::string type = cpp_type(chain.root());
  print_field("in C++", type.empty() ? "no type: a library brings a part of it" : type);
}

base::Result<ExitStatus> explain(const Settings& settings, bool json) {
  const auto chain = parse_and_check(settings.chain, {}, settings.chains_file);
  if (!chain) return tl::make_unexpected(chain.error());
  std::optional<base::Status> serves;
  if (!settings.trace.empty()) {
    const auto needs = requirements_of(settings.trace);
    if (!needs) return tl::make_unexpected(needs.error());
    serves = meets(*chain, *needs);
  }
  if (json) {
    fmt::print("{}\n", explanation(*chain, serves).dump(2));
  } else {
    print_explanation(*chain);
  }
  if (!serves) return ExitStatus::done;
  if (!json && *serves) print_field("serves", settings.trace);
  if (!json && !*serves) {
    print_field("fails", fmt::format("{}: {}", serves->error().line(), serves->error().hint));
  }
  return *serves ? ExitStatus::done : ExitStatus::answer_is_no;
}

}  // namespace

void add_explain(CLI::App& app, Invocation& invocation) {
  CLI::App* command =
      app.add_subcommand("explain", "show what a chain is and what each of its links guarantees");
  const auto settings = std::make_shared<Settings>();
  const CLI::Option* chain =
      command->add_option("CHAIN", settings->chain, "chain text, its JSON form, or @name");
  command->add_option("--for", settings->trace, "a trace: can the chain serve it? status 1 if not")
      ->type_name("FILE");
  add_chains_option(*command, settings->chains_file);
  command->add_flag("--json", invocation.json, "as JSON");
  const CLI::App* metric = add_explain_metric(*command, invocation);
  command->callback([settings, chain, metric, &invocation] {
    if (metric->parsed()) return;
    if (chain->empty()) throw CLI::RequiredError("CHAIN");
    invocation.run = [settings, &invocation] { return explain(*settings, invocation.json); };
  });
}

}  // namespace heapatlas::tool
