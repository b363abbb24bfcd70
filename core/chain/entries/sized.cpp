#include "core/alloc/sized.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/chain/entries/combinator.hpp"
#include "core/chain/entries/entries.hpp"
#include "core/chain/overhead.hpp"

namespace heapatlas::chain {

const Entry& sized_entry() {
  static const Entry entry = {
      .name = "sized",
      .role = Role::combinator,
      .help = "keeps each block's size before it, as malloc must",
      .parameters = {{.name = "part", .type = Type::part, .help = "what gets headers"}},
      .cost = "A store an operation.",
      .example = "sized(stalloc(blocks=1000, block=16))",
      .header = "core/alloc/sized.hpp",
      .shifts_blocks = true,
      .facts =
          [](const Link& link) {
            LinkFacts facts = unary_facts<Sized>(link.parts[0].facts,
                                                 "8 bytes a block, or its alignment if larger");
            facts.min_alignment = std::min(facts.min_alignment, SizedHeader::bytes);
            return facts;
          },
      .block_bytes =
          [](const Link& link, Layout layout) {
            const std::size_t header = std::max(SizedHeader::bytes, layout.align);
            return heapatlas::chain::block_bytes(
                link.parts[0], {(CheckedSize{layout.size} + header).saturated(), layout.align});
          },
      .build =
          [](const Link& link, Builder& builder) {
            return builder.with_part(link, 0, [&]<class P>(P part) {
              return erase(link, [&] { return Sized<P>{part}; });
            });
          },
      .cpp =
          [](const Link&, const std::vector<Cpp>& parts) {
            const std::string type = fmt::format("heapatlas::Sized<{}>", parts[0].type);
            return Cpp{type, fmt::format("{}{{{}}}", type, parts[0].make)};
          },
  };
  return entry;
}

}  // namespace heapatlas::chain
