#include "core/chain/registry.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/chain/ast.hpp"
#include "core/chain/entries/entries.hpp"
#include "core/chain/nearest.hpp"
#include "core/chain/print.hpp"

namespace heapatlas::chain {
namespace {

bool is_source(const Entry& entry) {
  return entry.role == Role::source;
}

template <class Keep>
std::vector<std::string_view> names(Keep keep) {
  std::vector<std::string_view> found;
  for (const Entry* entry : registry()) {
    if (keep(*entry)) found.push_back(entry->name);
  }
  return found;
}

}  // namespace

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
  const bool endless = most == std::numeric_limits<std::uint64_t>::max();
  const char* const unit = type != Type::size ? "" : endless && least == 1 ? " byte" : " bytes";
  const std::string end =
      endless ? fmt::format("{}{} or more", print(Value::of(least)), unit)
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

const Entry* find_entry(std::string_view name, Lookup as) {
  const auto entries = registry();
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const Entry* entry) {
    return entry->name == name && is_source(*entry) == (as == Lookup::source);
  });
  return found == entries.end() ? nullptr : *found;
}

base::Result<std::vector<const Entry*>> entries_named(std::string_view name) {
  std::vector<const Entry*> found;
  for (const Lookup as : {Lookup::allocator, Lookup::source}) {
    if (const Entry* entry = find_entry(name, as)) found.push_back(entry);
  }
  if (found.empty()) {
    return base::bad_input(fmt::format("nothing is called '{:.40}'", name), "",
                           did_you_mean(name, names([](const Entry&) { return true; }),
                                        "heapatlas list shows every name"));
  }
  return found;
}

base::Result<const Entry*> entry_named(std::string_view name, Lookup as, std::string where) {
  if (const Entry* entry = find_entry(name, as)) return entry;
  if (as == Lookup::source && find_entry(name, Lookup::allocator) != nullptr) {
    return base::bad_input(
        fmt::format("'{}' is an allocator and cannot stand as a source of memory", name),
        std::move(where), fmt::format("parent({}) makes a source of it", name));
  }
  if (const Entry* source = find_entry(name, Lookup::source); source && as == Lookup::allocator) {
    return base::bad_input(
        fmt::format("'{}' is a source of memory and cannot stand as an allocator", name),
        std::move(where), fmt::format("give it to an allocator: {}", source->example));
  }
  const auto known =
      names([&](const Entry& entry) { return is_source(entry) == (as == Lookup::source); });
  return base::bad_input(
      fmt::format("no {} is called '{:.40}'", as == Lookup::source ? "source" : "allocator", name),
      std::move(where), did_you_mean(name, known, "heapatlas list shows every name"));
}

}  // namespace heapatlas::chain
