#include "core/chain/entries/fallback.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "core/chain/entries/combinator.hpp"
#include "core/chain/entries/entries.hpp"
#include "core/chain/lexer.hpp"

namespace heapatlas::chain {
namespace {

/// A block goes back by asking the first link whether it is its own.
base::Status verify(const Link& link) {
  const Link& first = link.parts[0];
  if (first.facts.can.owns) return {};
  return base::bad_input(
      fmt::format("'{}' cannot tell which blocks are its own, so nothing may follow it",
                  first.entry->name),
      at(first.position), fmt::format("put {} last", first.entry->name));
}

std::unique_ptr<Erased> build(const Link& link, Builder& builder) {
  return builder.with_part(link, 0, [&]<class First>(First first) -> std::unique_ptr<Erased> {
    if constexpr (Owning<First>) {
      return builder.with_part(link, 1, [&]<class Second>(Second second) {
        return erase(link, [&] { return Fallback<First, Second>{first, second}; });
      });
    } else {
      std::abort();  // verify has refused it
    }
  });
}

}  // namespace

const Entry& fallback_entry() {
  static const Entry entry = {
      .name = "fallback",
      .role = Role::combinator,
      .help = "asks the first, then the next: a | b is fallback(a, b)",
      .parameters = {{.name = "links", .type = Type::parts, .help = "who is asked, in order"}},
      .cost =
          "A question to the first link, whose block it is, for each free and resize. A block "
          "that cannot grow where it is moves to the first link that has room.",
      .example = "stalloc(blocks=1000, block=8) | system",
      .header = "core/alloc/fallback.hpp",
      .facts =
          [](const Link& link) {
            return binary_facts<Fallback, UnableOwner>(link.parts[0].facts, link.parts[1].facts,
                                                       "that of the link that answers");
          },
      .verify = verify,
      .build = build,
      .cpp =
          [](const Link&, const std::vector<Cpp>& parts) {
            const std::string type =
                fmt::format("heapatlas::Fallback<{}, {}>", parts[0].type, parts[1].type);
            return Cpp{type, fmt::format("{}{{{}, {}}}", type, parts[0].make, parts[1].make)};
          },
  };
  return entry;
}

}  // namespace heapatlas::chain
