#include "core/chain/entries/bump.hpp"

#include <fmt/format.h>

#include "core/chain/entries/entries.hpp"
#include "core/chain/entries/limits.hpp"

namespace heapatlas::chain {

const Entry& bump_entry() {
  static const Entry entry = {
      .name = "bump",
      .role = Role::leaf,
      .help = "adds a size to a pointer; frees the last block only",
      .parameters =
          {
              {.name = "size",
               .type = Type::size,
               .help = "how much memory it hands out",
               .default_is = "1G",
               .least = 1,
               .most = max_heap_size},
              {.name = "shared",
               .type = Type::boolean,
               .help = "whether any thread may use it",
               .default_is = "false"},
          },
      .cost =
          "An addition and a comparison; shared, a compare-and-swap. Memory comes back by a "
          "reset, or when the last block is freed.",
      .example = "bump(size=64M) | system",
      .header = "core/alloc/bump.hpp",
      .facts =
          [](const Link& link) {
            return bounded(leaf_facts<BumpSpec, SharedBumpSpec>(
                               link, Bump::min_alignment(), Bump::max_alignment(),
                               "at most alignment - 1 bytes of padding a block"),
                           link.size("size"), link.size("size"));
          },
      .block_bytes = padded_block,
      .prepare = [](const Link& link,
                    Builder& builder) { return builder.take_memory(link, link.size("size")); },
      .build = build_leaf<BumpSpec, SharedBumpSpec>,
      .cpp =
          [](const Link& link, const std::vector<Cpp>&) {
            const std::string type = fmt::format("heapatlas::Mapped<heapatlas::{}>",
                                                 link.flag("shared") ? "SharedBump" : "Bump");
            return Cpp{
                type, fmt::format("{}({})", type, link.size("size")), {"core/alloc/os/mapped.hpp"}};
          },
  };
  return entry;
}

}  // namespace heapatlas::chain
