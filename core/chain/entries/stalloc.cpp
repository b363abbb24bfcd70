#include "core/chain/entries/stalloc.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/chain/entries/entries.hpp"
#include "core/chain/entries/limits.hpp"
#include "core/chain/lexer.hpp"
#include "core/chain/print.hpp"

namespace heapatlas::chain {
namespace {

base::Status verify(const Link& link) {
  const std::uint64_t blocks = link.size("blocks");
  const std::uint64_t block = link.size("block");
  if (block > max_heap_size / blocks) {
    return base::bad_input(
        fmt::format("stalloc of {} blocks of {} bytes is larger than {}", print(Value::of(blocks)),
                    print(Value::of(block)), print(Value::of(max_heap_size))),
        at(link.position), "give it fewer or smaller blocks");
  }
  if (LongStallocSpec::matches(link) && block < LongStallocSpec::Type::min_block_size) {
    return base::bad_input(
        "with more than 65535 blocks stalloc's list needs blocks of 8 bytes or more",
        at(link.position), "give it block=8, or index=tree");
  }
  return {};
}

base::Status prepare(const Link& link, Builder& builder) {
  const std::size_t size = link.size("blocks") * link.size("block");
  const bool tree = TreeStallocSpec::matches(link);
  return builder.take_memory(link,
                             size + (tree ? TreeStallocOver::index_bytes(link.size("blocks")) : 0),
                             std::max(link.size("block"), os::region_alignment));
}

/// Blocks inside the object while that is small enough for a stack, else in a mapping.
Cpp cpp(const Link& link, const std::vector<Cpp>&) {
  constexpr std::size_t most_inline = std::size_t{64} * 1024;
  const bool tree = TreeStallocSpec::matches(link);
  const std::size_t size = link.size("blocks") * link.size("block");
  const std::string own_header = "core/alloc/tree_stalloc.hpp";
  if (size <= most_inline) {
    const std::string type = fmt::format("heapatlas::{}<{}, {}>", tree ? "TreeStalloc" : "Stalloc",
                                         link.size("blocks"), link.size("block"));
    return {type, type + "{}", {own_header}};
  }
  const std::string over = tree                              ? "TreeStallocOver"
                           : ShortStallocSpec::matches(link) ? "StallocOver<std::uint16_t>"
                                                             : "StallocOver<std::uint32_t>";
  const std::string type = fmt::format("heapatlas::Mapped<heapatlas::{}>", over);
  return {type,
          fmt::format("{}({}, std::size_t{{{}}})", type, size, link.size("block")),
          {own_header, "core/alloc/os/mapped.hpp"}};
}

}  // namespace

const Entry& stalloc_entry() {
  static const Entry entry = {
      .name = "stalloc",
      .role = Role::leaf,
      .help = "first fit over an array of equal blocks, no headers",
      .parameters =
          {
              {.name = "blocks",
               .type = Type::count,
               .help = "how many blocks there are",
               .default_is = "65535",
               .least = 1,
               .most = std::numeric_limits<std::uint32_t>::max()},
              {.name = "block",
               .type = Type::size,
               .help = "how large a block is",
               .default_is = "16",
               .least = 4,
               .most = stalloc::largest_block_size,
               .power_of_two = true},
              {.name = "index",
               .type = Type::choice,
               .help = "what finds a free block: same placement, another cost",
               .default_is = "list",
               .choices = {"list", "tree"}},
          },
      .cost =
          "With index=list each operation walks the free chunks, in the order of addresses, but "
          "not for what is larger than all of them, and the index costs 4 bytes; with "
          "index=tree it takes a logarithm, and 1.3 bytes a block.",
      .example = "stalloc(blocks=1000, block=8) | system",
      .header = "core/alloc/stalloc.hpp",
      .facts =
          [](const Link& link) {
            const std::size_t block = link.size("block");
            return bounded(leaf_facts<ShortStallocSpec, LongStallocSpec, TreeStallocSpec>(
                               link, block, TreeStallocOver::max_alignment(),
                               fmt::format("at most {} bytes of rounding a block", block - 1)),
                           link.size("blocks") * block, link.size("blocks") * block);
          },
      .block_bytes =
          [](const Link& link, Layout layout) {
            return CheckedSize{layout.size}.rounded_up(link.size("block")).saturated();
          },
      .verify = verify,
      .prepare = prepare,
      .build = build_leaf<ShortStallocSpec, LongStallocSpec, TreeStallocSpec>,
      .cpp = cpp,
  };
  return entry;
}

}  // namespace heapatlas::chain
