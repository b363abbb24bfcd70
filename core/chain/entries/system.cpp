#include "core/chain/entries/system.hpp"

#include "core/chain/entries/entries.hpp"

namespace heapatlas::chain {

const Entry& system_entry() {
  static const Entry entry = {
      .name = "system",
      .role = Role::leaf,
      .help = "the malloc of the process",
      .parameters = {},
      .cost = "That of malloc, realloc, calloc and posix_memalign.",
      .example = "system",
      .header = "core/alloc/os/system.hpp",
      .uses_malloc = true,
      .facts =
          [](const Link& link) {
            return leaf_facts<SystemSpec>(link, System::min_alignment(), System::max_alignment(),
                                          "that of malloc; with glibc 8 bytes and rounding to 16");
          },
      .build = build_leaf<SystemSpec>,
      .cpp =
          [](const Link&, const std::vector<Cpp>&) {
            return Cpp{"heapatlas::System", "heapatlas::System{}"};
          },
  };
  return entry;
}

}  // namespace heapatlas::chain
