#include "core/alloc/stats.hpp"

#include <fmt/format.h>

#include "core/chain/entries/combinator.hpp"
#include "core/chain/entries/entries.hpp"

namespace heapatlas::chain {

const Entry& stats_entry() {
  static const Entry entry = {
      .name = "stats",
      .role = Role::combinator,
      .help = "keeps running totals of what is asked",
      .parameters = {{.name = "part", .type = Type::part, .help = "what is watched"}},
      .cost =
          "A few additions an operation, atomic where its part may be shared; 0.6 KiB. A "
          "replay counts every link anyway; this shows what counting costs a program.",
      .example = "stats(talc)",
      .header = "core/alloc/stats.hpp",
      .facts = [](const Link& link) { return unary_facts<Stats>(link.parts[0].facts, "none"); },
      .build =
          [](const Link& link, Builder& builder) {
            return builder.with_part(link, 0, [&]<class P>(P part) {
              return erase(link, [&] { return Stats<P>{part}; });
            });
          },
      .cpp =
          [](const Link&, const std::vector<Cpp>& parts) {
            const std::string type = fmt::format("heapatlas::Stats<{}>", parts[0].type);
            return Cpp{type, fmt::format("{}{{{}}}", type, parts[0].make)};
          },
  };
  return entry;
}

}  // namespace heapatlas::chain
