#include "core/alloc/segregate.hpp"

#include <fmt/format.h>

#include "core/chain/entries/combinator.hpp"
#include "core/chain/entries/entries.hpp"
#include "core/chain/overhead.hpp"

namespace heapatlas::chain {

const Entry& segregate_entry() {
  static const Entry entry = {
      .name = "segregate",
      .role = Role::combinator,
      .help = "small requests to one allocator, the rest to another",
      .parameters = {{.name = "threshold",
                      .type = Type::size,
                      .help = "the largest size that is small",
                      .least = 1},
                     {.name = "small", .type = Type::part, .help = "who serves small requests"},
                     {.name = "large", .type = Type::part, .help = "who serves the others"}},
      .cost = "A comparison. Neither side helps the other out: put a fallback inside for that.",
      .example = "segregate(512, slabs(max=512), talc)",
      .header = "core/alloc/segregate.hpp",
      .facts =
          [](const Link& link) {
            const LinkFacts& small = link.parts[0].facts;
            LinkFacts facts = binary_facts<Segregate, Unable>(small, link.parts[1].facts,
                                                              "that of the side that answers");
            // Which side knows a block is found by ownership.
            facts.can.self_sizing = facts.can.self_sizing && small.can.owns;
            return facts;
          },
      .block_bytes =
          [](const Link& link, Layout layout) {
            const bool is_small = layout.size <= link.size("threshold");
            return heapatlas::chain::block_bytes(link.parts[is_small ? 0 : 1], layout);
          },
      .build =
          [](const Link& link, Builder& builder) {
            return builder.with_part(link, 0, [&]<class Small>(Small small) {
              return builder.with_part(link, 1, [&]<class Large>(Large large) {
                return erase(link, [&] {
                  return Segregate<Small, Large>{link.size("threshold"), small, large};
                });
              });
            });
          },
      .cpp =
          [](const Link& link, const std::vector<Cpp>& parts) {
            const std::string type =
                fmt::format("heapatlas::Segregate<{}, {}>", parts[0].type, parts[1].type);
            return Cpp{type, fmt::format("{}{{{}, {}, {}}}", type, link.size("threshold"),
                                         parts[0].make, parts[1].make)};
          },
  };
  return entry;
}

}  // namespace heapatlas::chain
