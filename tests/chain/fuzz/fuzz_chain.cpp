// libFuzzer over what users write where a chain is expected: text, JSON, files of named chains.
//
// Whatever parses must survive print and JSON, and check must refuse or accept it without harm.
// A long run: chain.fuzz CORPUS -max_total_time=600
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>

#include "core/chain/check.hpp"
#include "core/chain/json.hpp"
#include "core/chain/named.hpp"
#include "core/chain/parse.hpp"
#include "core/chain/print.hpp"

namespace {

using namespace heapatlas::chain;

void require(bool holds) {
  if (!holds) std::abort();
}

/// Opening a library that a fuzzer names would run it.
bool opens_files(const Node& node) {
  if (node.name == "plugin") return true;
  for (const Argument& argument : node.arguments) {
    if (argument.value.text == "plugin") return true;
    for (const Node& part : argument.value.node) {
      if (opens_files(part)) return true;
    }
  }
  return false;
}

void survives(const Node& node) {
  const auto again = parse_text(print(node));
  require(again && *again == node);
  const auto from = from_json(to_json(node));
  require(from && *from == node);
  if (opens_files(node)) return;
  const auto chain = check(node);
  if (!chain) return require(!chain.error().what.empty());
  require(chain->text() == print(node));
  for (const Link* link : chain->nodes()) require(link->entry != nullptr);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto node = parse_text(text)) survives(*node);
  if (const auto node = parse_json(text)) survives(*node);
  if (const auto chains = parse_named(text, "a file")) {
    for (const auto& [name, node] : *chains) survives(node);
  }
  return 0;
}
