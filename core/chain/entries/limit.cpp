#include "core/alloc/limit.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/chain/entries/combinator.hpp"
#include "core/chain/entries/entries.hpp"
#include "core/chain/entries/spec.hpp"

namespace heapatlas::chain {

const Entry& limit_entry() {
  static const Entry entry = {
      .name = "limit",
      .role = Role::combinator,
      .help = "refuses what would bring more bytes to life than that",
      .parameters = {{.name = "part", .type = Type::part, .help = "what is limited"},
                     {.name = "bytes",
                      .type = Type::size,
                      .help = "requested bytes that may live at once"}},
      .cost = "An addition and a comparison; shared, a compare-and-swap.",
      .example = "limit(talc, bytes=64M) | system",
      .header = "core/alloc/limit.hpp",
      .facts =
          [](const Link& link) {
            const LinkFacts& part = link.parts[0].facts;
            return bounded(unary_facts<Limit>(part, "none"),
                           std::min(part.max_size, link.size("bytes")),
                           std::min(part.max_live, link.size("bytes")));
          },
      .build =
          [](const Link& link, Builder& builder) {
            return builder.with_part(link, 0, [&]<class P>(P part) {
              return erase(link, [&] { return Limit<P>{part, link.size("bytes")}; });
            });
          },
      .cpp =
          [](const Link& link, const std::vector<Cpp>& parts) {
            const std::string type = fmt::format("heapatlas::Limit<{}>", parts[0].type);
            return Cpp{type, fmt::format("{}{{{}, {}}}", type, parts[0].make, link.size("bytes"))};
          },
  };
  return entry;
}

}  // namespace heapatlas::chain
