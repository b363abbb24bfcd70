#include "core/chain/entries/never.hpp"

#include "core/chain/entries/entries.hpp"
#include "core/chain/overhead.hpp"

namespace heapatlas::chain {

const Entry& never_entry() {
  static const Entry entry = {
      .name = "never",
      .role = Role::leaf,
      .help = "has nothing to give: every request fails",
      .parameters = {},
      .cost = "None.",
      .example = "stalloc(blocks=1000, block=8) | never",
      .header = "core/alloc/never.hpp",
      .facts =
          [](const Link& link) {
            return bounded(
                leaf_facts<NeverSpec>(link, Never::min_alignment(), Never::max_alignment(),
                                      "none: it grants no block"),
                0, 0);
          },
      .block_bytes = [](const Link&, Layout) { return block_refused; },
      .build = build_leaf<NeverSpec>,
      .cpp =
          [](const Link&, const std::vector<Cpp>&) {
            return Cpp{"heapatlas::Never", "heapatlas::Never{}"};
          },
  };
  return entry;
}

}  // namespace heapatlas::chain
