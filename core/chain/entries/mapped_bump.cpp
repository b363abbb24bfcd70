#include "core/chain/entries/mapped_bump.hpp"

#include <fmt/format.h>

#include "core/chain/entries/entries.hpp"
#include "core/chain/entries/limits.hpp"

namespace heapatlas::chain {

const Entry& mapped_bump_entry() {
  static const Entry entry = {
      .name = "mapped_bump",
      .role = Role::leaf,
      .help = "a bump that reserves at first use, commits as it grows",
      .parameters = {{.name = "size",
                      .type = Type::size,
                      .help = "how much address space it reserves",
                      .default_is = "1G",
                      .least = 1,
                      .most = max_heap_size}},
      .cost =
          "That of bump, and a system call each time the committed part grows: by 64 KiB at "
          "first, by 4 MiB at last. A reset gives the memory back.",
      .example = "mapped_bump(size=4G) | system",
      .header = "core/alloc/os/mapped_bump.hpp",
      .facts =
          [](const Link& link) {
            const std::size_t pages =
                CheckedSize{link.size("size")}.rounded_up(os::page_size()).saturated();
            return bounded(leaf_facts<MappedBumpSpec>(
                               link, MappedBump::min_alignment(), MappedBump::max_alignment(),
                               "at most alignment - 1 bytes of padding a block"),
                           pages, pages);
          },
      .block_bytes = padded_block,
      .build = build_leaf<MappedBumpSpec>,
      .cpp =
          [](const Link& link, const std::vector<Cpp>&) {
            return Cpp{"heapatlas::MappedBump",
                       fmt::format("heapatlas::MappedBump({})", link.size("size"))};
          },
  };
  return entry;
}

}  // namespace heapatlas::chain
