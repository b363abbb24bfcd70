#include "core/chain/registry.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/chain/ast.hpp"
#include "core/chain/entries/entries.hpp"
#include "core/chain/nearest.hpp"
#include "core/chain/print.hpp"

namespace heapatlas::chain {

std::string Parameter::range() const {
  switch (type) {
    case Type::boolean:
      return "true | false";
    case Type::choice:
      return fmt::format("{}", fmt::join(choices, " | "));
    case Type::text:
      return "a string";
    case Type::part:
      return "a chain";
    case Type::parts:
      return "two chains or more";
    case Type::source:
      return "a source";
    case Type::size:
    case Type::count:
      break;
  }
  const std::string unit = type == Type::size ? " bytes" : "";
  const std::string end =
      most == std::numeric_limits<std::uint64_t>::max()
          ? fmt::format("{}{} or more", print(Value::of(least)), unit)
          : fmt::format("{} to {}{}", print(Value::of(least)), print(Value::of(most)), unit);
  return power_of_two ? end + ", a power of two" : end;
}

const Parameter* Entry::parameter(std::string_view wanted) const {
  const auto found = std::find_if(parameters.begin(), parameters.end(),
                                  [&](const Parameter& known) { return known.name == wanted; });
  return found == parameters.end() ? nullptr : &*found;
}

std::span<const Entry* const> registry() {
  static const std::vector<const Entry*> entries = all_entries();
  return entries;
}

const Entry* find_entry(std::string_view name) {
  const auto entries = registry();
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const Entry* entry) { return entry->name == name; });
  return found == entries.end() ? nullptr : *found;
}

base::Result<const Entry*> entry_named(std::string_view name, std::string where) {
  if (const Entry* entry = find_entry(name)) return entry;
  std::vector<std::string_view> names;
  for (const Entry* entry : registry()) names.push_back(entry->name);
  return base::bad_input(fmt::format("no allocator is called '{:.40}'", name), std::move(where),
                         did_you_mean(name, names, "heapatlas list shows them all"));
}

}  // namespace heapatlas::chain
