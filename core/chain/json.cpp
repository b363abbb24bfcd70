#include "core/chain/json.hpp"

#include <fmt/format.h>

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/chain/parse.hpp"
#include "core/chain/print.hpp"

namespace heapatlas::chain {
namespace {

using Json = nlohmann::json;

Json value_to_json(const Value& value) {
  switch (value.kind) {
    case Value::Kind::integer:
      return value.integer;
    case Value::Kind::boolean:
      return value.integer != 0;
    case Value::Kind::string:
      return Json{{"string", value.text}};
    case Value::Kind::word:
      return value.text;
    case Value::Kind::node:
      return to_json(value.node.front());
  }
  return {};
}

/// Walks the document with a path for its errors and the limits of ast.hpp.
class Reader {
 public:
  base::Result<Node> node(const Json& json, const std::string& path, std::size_t depth) {
    if (depth > max_depth) return refuse(fmt::format("nested deeper than {}", max_depth), path);
    if (++nodes_ > max_nodes) return refuse(fmt::format("more than {} links", max_nodes), path);
    HEAPATLAS_TRY(members(json, path, {"name", "args"}));
    const Json* name = member(json, "name");
    if (name == nullptr || !is_name_json(*name)) {
      return refuse("expected a member \"name\" with the name of an allocator", path);
    }
    Node node{name->get<std::string>(), {}, 0};
    const Json* args = member(json, "args");
    if (args == nullptr) return node;
    if (!args->is_array()) return refuse("expected an array of arguments", path + "/args");
    for (std::size_t i = 0; i < args->size(); ++i) {
      auto read = argument((*args)[i], fmt::format("{}/args/{}", path, i), depth);
      if (!read) return tl::make_unexpected(std::move(read).error());
      node.arguments.push_back(std::move(*read));
    }
    return node;
  }

 private:
  static tl::unexpected<base::Error> refuse(std::string what, const std::string& path) {
    constexpr std::size_t longest = 80;
    if (path.size() > longest)
      return base::bad_input(std::move(what), "..." + path.substr(path.size() - longest));
    return base::bad_input(std::move(what), path.empty() ? "the JSON chain" : path);
  }

  static const Json* member(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found == json.end() ? nullptr : &*found;
  }

  static bool is_name_json(const Json& json) {
    return json.is_string() && is_name(json.get_ref<const std::string&>());
  }

  /// An object with none but the known members.
  static base::Status members(const Json& json, const std::string& path,
                              std::initializer_list<const char*> known) {
    if (!json.is_object()) return refuse("expected an object with a member \"name\"", path);
    for (const auto& item : json.items()) {
      const bool found = std::any_of(known.begin(), known.end(),
                                     [&](const char* key) { return item.key() == key; });
      if (!found) return refuse(fmt::format("unknown member \"{:.40}\"", item.key()), path);
    }
    return {};
  }

  base::Result<Argument> argument(const Json& json, const std::string& path, std::size_t depth) {
    Argument argument;
    const bool named = json.is_object() && json.contains("key");
    if (named) {
      HEAPATLAS_TRY(members(json, path, {"key", "value"}));
      if (!is_name_json(json["key"])) return refuse("expected a name", path + "/key");
      argument.key = json["key"].get<std::string>();
      if (!json.contains("value")) return refuse("expected a member \"value\"", path);
    }
    auto read = named ? value(json["value"], path + "/value", depth) : value(json, path, depth);
    if (!read) return tl::make_unexpected(std::move(read).error());
    argument.value = std::move(*read);
    return argument;
  }

  base::Result<Value> value(const Json& json, const std::string& path, std::size_t depth) {
    if (json.is_number_unsigned()) return Value::of(json.get<std::uint64_t>());
    if (json.is_boolean()) return Value::of_boolean(json.get<bool>());
    if (is_name_json(json)) return Value::of_word(json.get<std::string>());
    if (json.is_object() && json.contains("string")) {
      HEAPATLAS_TRY(members(json, path, {"string"}));
      const Json& text = json["string"];
      if (!text.is_string() || !is_string_text(text.get_ref<const std::string&>())) {
        return refuse("expected a string without control characters", path + "/string");
      }
      return Value::of_string(text.get<std::string>());
    }
    if (!json.is_object()) {
      return refuse("expected a whole number, true, false, a word, a string object or a chain",
                    path);
    }
    auto read = node(json, path, depth + 1);
    if (!read) return tl::make_unexpected(std::move(read).error());
    return Value::of(std::move(*read));
  }

  std::size_t nodes_ = 0;
};

}  // namespace

Json to_json(const Node& node) {
  Json json{{"name", node.name}};
  if (node.arguments.empty()) return json;
  Json args = Json::array();
  for (const Argument& argument : node.arguments) {
    Json value = value_to_json(argument.value);
    args.push_back(argument.key.empty() ? std::move(value)
                                        : Json{{"key", argument.key}, {"value", std::move(value)}});
  }
  json["args"] = std::move(args);
  return json;
}

base::Result<Node> from_json(const Json& json) {
  auto node = Reader().node(json, "", 1);
  if (!node) return node;
  return parse_text(print(*node));
}

base::Result<Json> json_document(std::string_view text, std::string_view name) {
  Json document;
  try {
    document = Json::parse(text);
  } catch (const Json::parse_error& error) {
    return base::bad_input("not JSON", fmt::format("{}, byte {}", name, error.byte));
  } catch (const Json::exception&) {
    return base::bad_input("not JSON this program can read", std::string(name));
  }
  return document;
}

base::Result<Node> parse_json(std::string_view text) {
  if (text.size() > max_text_length) {
    return base::bad_input(
        fmt::format("a chain's text is longer than {} KiB", max_text_length / 1024));
  }
  const auto document = json_document(text, "the JSON chain");
  if (!document) return tl::make_unexpected(document.error());
  return from_json(*document);
}

}  // namespace heapatlas::chain
