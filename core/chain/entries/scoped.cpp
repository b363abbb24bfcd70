#include "core/alloc/scoped.hpp"

#include <fmt/format.h>

#include "core/chain/entries/entries.hpp"
#include "core/chain/entries/limits.hpp"
#include "core/chain/entries/spec.hpp"

namespace heapatlas::chain {

const Entry& scoped_entry() {
  static const Entry entry = {
      .name = "scoped",
      .role = Role::leaf,
      .help = "a bump given back scope by scope; a chain is one scope",
      .parameters = {{.name = "size",
                      .type = Type::size,
                      .help = "how much memory it hands out",
                      .default_is = "1G",
                      .least = 1,
                      .most = max_heap_size}},
      .cost =
          "That of bump and a branch. The last block is freed in place, the others when the "
          "scope ends.",
      .example = "scoped(size=64M) | system",
      .header = "core/alloc/scoped.hpp",
      .facts =
          [](const Link& link) {
            return bounded(facts_of<Scoped>(Bump::min_alignment(), Bump::max_alignment(),
                                            "at most alignment - 1 bytes of padding a block"),
                           link.size("size"), link.size("size"));
          },
      .block_bytes = padded_block,
      .prepare = [](const Link& link,
                    Builder& builder) { return builder.take_memory(link, link.size("size")); },
      .build =
          [](const Link& link, Builder& builder) {
            const auto memory = builder.memory(link);
            return erase(link, [&] { return Scoped(memory.data(), memory.size()); });
          },
      .cpp =
          [](const Link& link, const std::vector<Cpp>&) {
            return Cpp{"heapatlas::Mapped<heapatlas::Scoped>",
                       fmt::format("heapatlas::Mapped<heapatlas::Scoped>({})", link.size("size")),
                       {"core/alloc/os/mapped.hpp"}};
          },
  };
  return entry;
}

}  // namespace heapatlas::chain
