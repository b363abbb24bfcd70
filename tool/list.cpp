// heapatlas list [NAME]: the family of allocators, or one of them in full; with --chains, the
// chains that a file names.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/chain/chain.hpp"
#include "core/chain/describe.hpp"
#include "core/chain/describe_json.hpp"
#include "core/chain/examples.hpp"
#include "core/chain/named.hpp"
#include "core/chain/overhead.hpp"
#include "core/chain/print.hpp"
#include "tool/chains_option.hpp"
#include "tool/commands.hpp"
#include "tool/prose.hpp"
#include "tool/terminal.hpp"

namespace heapatlas::tool {
namespace {

using namespace chain;

constexpr struct {
  Role role;
  const char* head;
} groups[] = {
    {Role::leaf, "Allocators"},
    {Role::combinator, "Combinators, made of other allocators"},
    {Role::source, "Sources of memory, for allocators that take one"},
};

void print_head(std::string_view text) {
  fmt::print("{}\n", painted(text, Colour::bold, stdout));
}

void print_family() {
  for (const auto& group : groups) {
    print_head(group.head);
    for (const Entry* entry : registry()) {
      if (entry->role == group.role) fmt::print("  {:<14}{}\n", entry->name, entry->help);
    }
    fmt::print("\n");
  }
  print_head("Example chains");
  for (const Example& example : examples()) {
    fmt::print("  {}\n      {}\n", wrapped(example.text, 78, 4),
               painted(example.help, Colour::dim, stdout));
  }
  fmt::print(
      "\nheapatlas list NAME shows one of them in full, heapatlas explain CHAIN what a\n"
      "chain can do.\n");
}

/// The first link of the entry in a chain.
const Link* find_link(const Link& link, const Entry& entry) {
  if (link.entry == &entry) return &link;
  for (const Link& part : link.parts) {
    if (const Link* found = find_link(part, entry)) return found;
  }
  return nullptr;
}

void print_arguments(const Entry& entry) {
  if (entry.parameters.empty()) {
    fmt::print("\n");
    print_field("takes", "no arguments");
    return;
  }
  fmt::print("\n");
  print_head("Arguments");
  for (const Parameter& parameter : entry.parameters) {
    const std::string given = parameter.default_is.empty()
                                  ? "must be given"
                                  : fmt::format("default {}", parameter.default_is);
    print_field(parameter.name,
                fmt::format("{}: {}; {}", parameter.help, parameter.range(), given));
  }
}

void print_entry(const Entry& entry) {
  fmt::print("{}: {}\n", painted(entry.name, Colour::bold, stdout), entry.help);
  print_arguments(entry);
  fmt::print("\n");
  const auto example = parse_and_check(entry.example);
  const Link* link = example ? find_link(example->root(), entry) : nullptr;
  if (link != nullptr && entry.role != Role::source) {
    print_head(entry.role == Role::combinator ? "Guarantees, in the example" : "Guarantees");
    print_field("can", describe(link->facts.can));
    print_field("threads", describe(link->facts.threads));
    print_field("alignment", describe_alignment(link->facts));
    print_field("overhead", link->facts.overhead);
    print_field("in bytes", describe_overhead(*link));
  }
  if (!example) print_field("here", example.error().line());
  print_field("cost", entry.cost);
  print_field("example", entry.example);
  print_field("header", entry.header);
}

base::Result<ExitStatus> list(const std::string& name, bool json) {
  if (name.empty()) {
    if (!json) {
      print_family();
      return ExitStatus::done;
    }
    nlohmann::json entries = nlohmann::json::array();
    for (const Entry* entry : registry()) entries.push_back(entry_json(*entry));
    nlohmann::json chains = nlohmann::json::array();
    for (const Example& example : examples())
      chains.push_back({{"chain", example.text}, {"help", example.help}});
    fmt::print("{}\n", nlohmann::json{{"entries", entries}, {"examples", chains}}.dump(2));
    return ExitStatus::done;
  }
  const auto entries = entries_named(name);
  if (!entries) return tl::make_unexpected(entries.error());
  nlohmann::json found = nlohmann::json::array();
  for (const Entry* entry : *entries) {
    if (json) {
      found.push_back(entry_json(*entry));
      continue;
    }
    if (entry != entries->front()) fmt::print("\n");
    print_entry(*entry);
  }
  if (json) fmt::print("{}\n", found.dump(2));
  return ExitStatus::done;
}

/// The chains of a file, each as it is looked up; one that cannot work says why.
base::Result<ExitStatus> list_named(const std::string& file, bool json) {
  const auto chains = read_named(file);
  if (!chains) return tl::make_unexpected(chains.error());
  nlohmann::json found = nlohmann::json::array();
  for (const auto& [name, tree] : *chains) {
    const auto chain = check(tree);
    const std::string text = print(tree);
    if (json) {
      found.push_back({{"name", name}, {"chain", text}});
      found.back()["refused"] = chain ? nlohmann::json() : nlohmann::json(chain.error().line());
      continue;
    }
    fmt::print("{}\n    {}\n", painted("@" + name, Colour::bold, stdout), wrapped(text, 78, 4));
    if (!chain) fmt::print("    {}\n", painted(chain.error().line(), Colour::yellow, stdout));
  }
  if (json) fmt::print("{}\n", nlohmann::json{{"chains", found}}.dump(2));
  return ExitStatus::done;
}

}  // namespace

void add_list(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand(
      "list", "show the allocators, or one of them: arguments, guarantees, cost, example");
  const auto name = std::make_shared<std::string>();
  CLI::Option* member = command->add_option("NAME", *name, "an allocator, combinator or source");
  const auto file = std::make_shared<std::string>();
  CLI::Option* chains = add_chains_option(*command, *file);
  chains->description("show the chains that a file names, for @name")->excludes(member);
  command->add_flag("--json", invocation.json, "as JSON");
  command->callback([name, file, chains, &invocation] {
    invocation.run = [name, file, named = !chains->empty(), &invocation] {
      return named ? list_named(*file, invocation.json) : list(*name, invocation.json);
    };
  });
}

}  // namespace heapatlas::tool
