#include "core/chain/print.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace heapatlas::chain {
namespace {

std::string print_integer(std::uint64_t value) {
  static constexpr std::array units = {"", "K", "M", "G"};
  std::size_t unit = 0;
  for (; unit + 1 < units.size() && value != 0 && value % 1024 == 0; ++unit) value /= 1024;
  return fmt::format("{}{}", value, units[unit]);
}

std::string print_string(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else {
      out += c;
    }
  }
  return out + '"';
}

/// True for a fallback that can be written with '|'.
bool prints_as_bars(const Node& node) {
  return node.name == "fallback" && node.arguments.size() >= 2 &&
         std::all_of(node.arguments.begin(), node.arguments.end(), [](const Argument& argument) {
           return argument.key.empty() && (argument.value.kind == Value::Kind::word ||
                                           argument.value.kind == Value::Kind::node);
         });
}

std::string print_link(const Value& value) {
  const bool nested = value.kind == Value::Kind::node && prints_as_bars(value.node.front());
  return nested ? fmt::format("({})", print(value)) : print(value);
}

}  // namespace

std::string print(const Value& value) {
  switch (value.kind) {
    case Value::Kind::integer:
      return print_integer(value.integer);
    case Value::Kind::boolean:
      return value.integer != 0 ? "true" : "false";
    case Value::Kind::string:
      return print_string(value.text);
    case Value::Kind::word:
      return value.text;
    case Value::Kind::node:
      return print(value.node.front());
  }
  return {};
}

std::string print(const Node& node) {
  std::string out;
  if (prints_as_bars(node)) {
    for (const Argument& argument : node.arguments) {
      if (!out.empty()) out += " | ";
      out += print_link(argument.value);
    }
    return out;
  }
  for (const Argument& argument : node.arguments) {
    if (!out.empty()) out += ", ";
    if (!argument.key.empty()) out += argument.key + "=";
    out += print(argument.value);
  }
  return node.arguments.empty() ? node.name : fmt::format("{}({})", node.name, out);
}

}  // namespace heapatlas::chain
