#include "core/chain/describe_json.hpp"

#include <nlohmann/json.hpp>

#include "core/chain/describe.hpp"
#include "core/chain/export_cpp.hpp"
#include "core/chain/overhead.hpp"

namespace heapatlas::chain {
namespace {

using Json = nlohmann::json;

std::string_view name_of_role(Role role) {
  switch (role) {
    case Role::leaf:
      return "leaf";
    case Role::combinator:
      return "combinator";
    case Role::source:
      return "source";
  }
  return {};
}

std::string_view name_of_threads(Threads threads) {
  switch (threads) {
    case Threads::one:
      return "one";
    case Threads::remote_free:
      return "remote_free";
    case Threads::any:
      return "any";
  }
  return {};
}

Json parameter_json(const Parameter& parameter) {
  Json json{{"name", parameter.name}, {"help", parameter.help}, {"takes", parameter.range()}};
  if (parameter.default_is.empty()) {
    json["required"] = true;
  } else {
    json["default"] = parameter.default_is;
  }
  return json;
}

/// Null beyond what a JSON number holds exactly: as good as no bound.
Json exact_json(std::size_t number) {
  constexpr std::size_t most = std::size_t{1} << 53;
  return number > most ? Json(nullptr) : Json(number);
}

/// For each size that the link grants, what a block costs beyond it; null: not known.
Json overhead_json(const Link& link) {
  Json told = Json::array();
  for (const std::size_t size : told_sizes) {
    const std::size_t bytes = block_bytes(link, {size, told_alignment});
    if (bytes == block_refused) continue;
    told.push_back({{"size", size},
                    {"align", told_alignment},
                    {"bytes", bytes == block_unknown ? Json(nullptr) : Json(bytes - size)}});
  }
  return told;
}

}  // namespace

Json facts_json(const LinkFacts& facts) {
  Json can;
  for (const auto capability : every_capability) {
    can[std::string(name_of(capability))] = facts.can.*capability;
  }
  return {{"can", can},
          {"threads", name_of_threads(facts.threads)},
          {"min_alignment", exact_json(facts.min_alignment)},
          {"max_alignment", exact_json(facts.max_alignment)},
          {"max_size", exact_json(facts.max_size)},
          {"max_live_bytes", exact_json(facts.max_live)},
          {"overhead", facts.overhead}};
}

Json entry_json(const Entry& entry) {
  Json parameters = Json::array();
  for (const Parameter& parameter : entry.parameters) {
    parameters.push_back(parameter_json(parameter));
  }
  return {{"name", entry.name},    {"role", name_of_role(entry.role)},
          {"help", entry.help},    {"arguments", std::move(parameters)},
          {"cost", entry.cost},    {"example", entry.example},
          {"header", entry.header}};
}

Json link_json(const Link& link) {
  Json json{{"name", link.entry->name}, {"text", link.text}, {"position", link.position + 1}};
  if (const std::string type = cpp_type(link); !type.empty()) json["cpp_type"] = type;
  if (link.id != no_node) {
    json["node"] = link.id;
    json["facts"] = facts_json(link.facts);
    json["block_overhead"] = overhead_json(link);
  }
  Json parts = Json::array();
  for (const Link& part : link.parts) parts.push_back(link_json(part));
  if (!parts.empty()) json["parts"] = std::move(parts);
  return json;
}

}  // namespace heapatlas::chain
