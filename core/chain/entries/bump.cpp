#include "core/chain/entries/bump.hpp"

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
            return leaf_facts<BumpSpec, SharedBumpSpec>(
                link, Bump::min_alignment(), Bump::max_alignment(),
                "at most alignment - 1 bytes of padding a block");
          },
      .prepare =
          [](const Link& link, Builder& builder) {
            return builder.take_memory(link, link.size("size"), region_alignment);
          },
      .build = build_leaf<BumpSpec, SharedBumpSpec>,
      .cpp_type =
          [](const Link& link) {
            return std::string(link.flag("shared") ? "heapatlas::SharedBump" : "heapatlas::Bump");
          },
  };
  return entry;
}

}  // namespace heapatlas::chain
