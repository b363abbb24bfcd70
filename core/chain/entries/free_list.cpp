#include "core/alloc/free_list.hpp"

#include <fmt/format.h>

#include "core/chain/entries/entries.hpp"
#include "core/chain/entries/limits.hpp"
#include "core/chain/entries/spec.hpp"

namespace heapatlas::chain {

const Entry& free_list_entry() {
  static const Entry entry = {
      .name = "free_list",
      .role = Role::leaf,
      .help = "blocks of one size, last in, first out",
      .parameters =
          {
              {.name = "block",
               .type = Type::size,
               .help = "how large a block is, rounded up to words",
               .least = 1,
               .most = std::uint64_t{1} << 29},
              {.name = "size",
               .type = Type::size,
               .help = "how much memory its blocks take",
               .default_is = "64M",
               .least = 1,
               .most = max_heap_size},
          },
      .cost = "A few instructions; nothing for a live block.",
      .example = "free_list(block=64, size=1M) | system",
      .header = "core/alloc/free_list.hpp",
      .facts =
          [](const Link& link) {
            const FreeList blocks(nullptr, 0, link.size("block"));
            return bounded(facts_of<FreeList>(blocks.min_alignment(), blocks.max_alignment(),
                                              fmt::format("what a request is smaller than {} bytes",
                                                          blocks.block_size())),
                           blocks.block_size(), link.size("size"));
          },
      .block_bytes = [](const Link& link,
                        Layout) { return FreeList(nullptr, 0, link.size("block")).block_size(); },
      .prepare = [](const Link& link,
                    Builder& builder) { return builder.take_memory(link, link.size("size")); },
      .build =
          [](const Link& link, Builder& builder) {
            const auto memory = builder.memory(link);
            return erase(
                link, [&] { return FreeList(memory.data(), memory.size(), link.size("block")); });
          },
      .cpp =
          [](const Link& link, const std::vector<Cpp>&) {
            return Cpp{"heapatlas::Mapped<heapatlas::FreeList>",
                       fmt::format("heapatlas::Mapped<heapatlas::FreeList>({}, std::size_t{{{}}})",
                                   link.size("size"), link.size("block")),
                       {"core/alloc/os/mapped.hpp"}};
          },
  };
  return entry;
}

}  // namespace heapatlas::chain
