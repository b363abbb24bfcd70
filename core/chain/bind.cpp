#include "core/chain/bind.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/alloc/arithmetic.hpp"
#include "core/chain/lexer.hpp"
#include "core/chain/nearest.hpp"
#include "core/chain/parse.hpp"
#include "core/chain/print.hpp"

namespace heapatlas::chain {
namespace {

bool takes_links(Type type) {
  return type == Type::part || type == Type::parts || type == Type::source;
}

/// A value where an allocator or source belongs, as a node: a word is one without arguments.
std::optional<Node> as_node(const Value& value, std::size_t position) {
  if (value.kind == Value::Kind::node) return value.node.front();
  if (value.kind == Value::Kind::word) return Node{value.text, {}, position};
  return std::nullopt;
}

std::string what_it_takes(const Parameter& parameter) {
  return fmt::format("'{}' is {} ({})", parameter.name, parameter.help, parameter.range());
}

base::Result<Bound> bind_number(const Parameter& parameter, const Value& value,
                                const std::string& where) {
  if (value.kind != Value::Kind::integer) {
    return base::bad_input(
        fmt::format("expected a number for '{}', found {:.40}", parameter.name, print(value)),
        where, what_it_takes(parameter));
  }
  const bool in_range = value.integer >= parameter.least && value.integer <= parameter.most;
  if (!in_range || (parameter.power_of_two && !is_power_of_two(value.integer))) {
    return base::bad_input(fmt::format("{}={} is out of range", parameter.name, print(value)),
                           where, what_it_takes(parameter));
  }
  return Bound{value.integer, {}};
}

base::Result<Bound> bind_choice(const Parameter& parameter, const Value& value,
                                const std::string& where) {
  const auto known = std::find(parameter.choices.begin(), parameter.choices.end(), value.text);
  if (value.kind == Value::Kind::word && known != parameter.choices.end()) {
    return Bound{0, value.text};
  }
  const std::string hint =
      value.kind == Value::Kind::word
          ? did_you_mean(value.text, parameter.choices, what_it_takes(parameter))
          : what_it_takes(parameter);
  return base::bad_input(fmt::format("expected {} for '{}', found {:.40}", parameter.range(),
                                     parameter.name, print(value)),
                         where, hint);
}

base::Result<Bound> bind_plain(const Parameter& parameter, const Value& value,
                               const std::string& where) {
  switch (parameter.type) {
    case Type::size:
    case Type::count:
      return bind_number(parameter, value, where);
    case Type::choice:
      return bind_choice(parameter, value, where);
    case Type::boolean:
      if (value.kind == Value::Kind::boolean) return Bound{value.integer, {}};
      break;
    case Type::text:
      if (value.kind == Value::Kind::string) return Bound{0, value.text};
      break;
    default:
      break;
  }
  return base::bad_input(fmt::format("expected {} for '{}', found {:.40}", parameter.range(),
                                     parameter.name, print(value)),
                         where, what_it_takes(parameter));
}

/// Binds the arguments of one node, then its parts.
class Binder {
 public:
  base::Result<Link> node(const Node& tree, Lookup as) {
    auto entry = entry_named(tree.name, as, at(tree.position));
    if (!entry) return tl::make_unexpected(std::move(entry).error());
    if (tree.name == "fallback") return fallback(**entry, tree, 0);
    Link link = start(**entry, tree);
    auto slots = assign(link, tree);
    if (!slots) return tl::make_unexpected(std::move(slots).error());
    for (std::size_t i = 0; i < slots->size(); ++i) {
      HEAPATLAS_TRY(fill(link, link.entry->parameters[i], (*slots)[i]));
    }
    return link;
  }

 private:
  Link start(const Entry& entry, const Node& tree) {
    Link link;
    link.entry = &entry;
    link.position = tree.position;
    link.text = print(tree);
    link.id = entry.role == Role::source ? no_node : next_id_++;
    return link;
  }

  /// `a | b | c` is fallback(a, fallback(b, c)): links from `first` on.
  base::Result<Link> fallback(const Entry& entry, const Node& tree, std::size_t first) {
    const std::size_t count = tree.arguments.size();
    if (count < 2) {
      return base::bad_input("'fallback' needs two chains or more", at(tree.position),
                             "write a | b");
    }
    Node rest{tree.name,
              {tree.arguments.begin() + static_cast<std::ptrdiff_t>(first), tree.arguments.end()},
              first == 0 ? tree.position : tree.arguments[first].position};
    Link link = start(entry, rest);
    link.values.resize(entry.parameters.size());
    const bool last_pair = count - first == 2;
    for (std::size_t i = first; i < (last_pair ? count : first + 1); ++i) {
      HEAPATLAS_TRY(add_link(link, tree.arguments[i]));
    }
    if (!last_pair) {
      auto more = fallback(entry, tree, first + 1);
      if (!more) return more;
      link.parts.push_back(std::move(*more));
    }
    return link;
  }

  base::Status add_link(Link& link, const Argument& argument) {
    const Parameter& parameter = link.entry->parameters.front();
    const std::string where = at(argument.position);
    if (!argument.key.empty()) {
      return base::bad_input(fmt::format("'{}' takes its chains without names", link.entry->name),
                             where);
    }
    return add_part(link, parameter, argument);
  }

  base::Status add_part(Link& link, const Parameter& parameter, const Argument& argument) {
    const std::string where = at(argument.position);
    const auto tree = as_node(argument.value, argument.position);
    if (!tree) {
      return base::bad_input(fmt::format("expected {} for '{}', found {:.40}",
                                         parameter.type == Type::source ? "a source" : "a chain",
                                         parameter.name, print(argument.value)),
                             where, what_it_takes(parameter));
    }
    const bool source = parameter.type == Type::source;
    auto part = node(*tree, source ? Lookup::source : Lookup::allocator);
    if (!part) return tl::make_unexpected(std::move(part).error());
    link.parts.push_back(std::move(*part));
    return {};
  }

  /// Which argument each parameter gets; null: its default.
  base::Result<std::vector<const Argument*>> assign(const Link& link, const Node& tree) {
    const auto& parameters = link.entry->parameters;
    std::vector<const Argument*> slots(parameters.size());
    std::size_t next_place = 0;
    for (const Argument& argument : tree.arguments) {
      std::size_t slot = next_place;
      if (argument.key.empty()) {
        ++next_place;
        if (slot >= parameters.size()) return too_many(link, argument);
      } else {
        const Parameter* parameter = link.entry->parameter(argument.key);
        if (parameter == nullptr) return unknown_argument(link, argument);
        slot = static_cast<std::size_t>(parameter - parameters.data());
      }
      if (slots[slot] != nullptr) {
        return base::bad_input(
            fmt::format("'{}' is given twice to '{}'", parameters[slot].name, link.entry->name),
            at(argument.position));
      }
      slots[slot] = &argument;
    }
    return slots;
  }

  static tl::unexpected<base::Error> too_many(const Link& link, const Argument& argument) {
    const std::size_t most = link.entry->parameters.size();
    const std::string_view name = link.entry->name;
    const std::string what =
        most == 0
            ? fmt::format("'{}' takes no arguments, found {:.40}", name, print(argument.value))
            : fmt::format("'{}' takes at most {} argument{}", name, most, most == 1 ? "" : "s");
    return base::bad_input(what, at(argument.position),
                           fmt::format("heapatlas list {} shows what it takes", name));
  }

  static tl::unexpected<base::Error> unknown_argument(const Link& link, const Argument& argument) {
    std::vector<std::string_view> names;
    for (const Parameter& parameter : link.entry->parameters) names.push_back(parameter.name);
    return base::bad_input(
        fmt::format("'{}' has no argument '{:.40}'", link.entry->name, argument.key),
        at(argument.position),
        did_you_mean(argument.key, names,
                     names.empty() ? std::string("it takes none")
                                   : fmt::format("it takes {}", fmt::join(names, ", "))));
  }

  base::Status fill(Link& link, const Parameter& parameter, const Argument* given) {
    Argument preset;
    if (given == nullptr) {
      if (parameter.default_is.empty()) {
        return base::bad_input(
            fmt::format("'{}' needs '{}'", link.entry->name, parameter.name), at(link.position),
            fmt::format("{}; for example {}", what_it_takes(parameter), link.entry->example));
      }
      auto node = parse_text(fmt::format("x({})", parameter.default_is));
      preset.value = node->arguments.front().value;
      preset.position = link.position;
      given = &preset;
    }
    link.values.emplace_back();
    if (takes_links(parameter.type)) return add_part(link, parameter, *given);
    auto bound = bind_plain(parameter, given->value, at(given->position));
    if (!bound) return tl::make_unexpected(std::move(bound).error());
    link.values.back() = std::move(*bound);
    return {};
  }

  NodeId next_id_ = 0;
};

}  // namespace

base::Result<Link> bind(const Node& tree) {
  return Binder().node(tree, Lookup::allocator);
}

}  // namespace heapatlas::chain
