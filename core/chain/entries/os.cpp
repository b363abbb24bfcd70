#include "core/chain/entries/os.hpp"

#include "core/chain/entries/entries.hpp"

namespace heapatlas::chain {

const Entry& os_entry() {
  static const Entry entry = {
      .name = "os",
      .role = Role::leaf,
      .help = "a mapping of its own for every block",
      .parameters = {},
      .cost =
          "A system call or two for each operation. For large blocks, or as the parent of an "
          "allocator that cuts them up.",
      .example = "os",
      .header = "core/alloc/os/os.hpp",
      .facts =
          [](const Link& link) {
            return leaf_facts<OsSpec>(link, Os::min_alignment(), Os::max_alignment(),
                                      "at most a page less one byte a block");
          },
      .block_bytes =
          [](const Link&, Layout layout) {
            return CheckedSize{layout.size}.rounded_up(os::page_size()).saturated();
          },
      .build = build_leaf<OsSpec>,
      .cpp =
          [](const Link&, const std::vector<Cpp>&) {
            return Cpp{"heapatlas::Os", "heapatlas::Os{}"};
          },
  };
  return entry;
}

}  // namespace heapatlas::chain
