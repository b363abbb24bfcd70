#include "core/chain/overhead.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace heapatlas::chain {

std::size_t block_bytes(const Link& link, Layout layout) {
  if (layout.size > link.facts.max_size || layout.align > link.facts.max_alignment)
    return block_refused;
  if (link.entry->block_bytes != nullptr) return link.entry->block_bytes(link, layout);
  if (link.entry->role == Role::leaf) return block_unknown;
  std::size_t most = block_refused;
  for (const Link& part : link.parts) {
    if (part.id != no_node) most = std::max(most, block_bytes(part, layout));
  }
  return most;
}

std::string describe_overhead(const Link& link) {
  std::string text;
  for (const std::size_t size : told_sizes) {
    const std::size_t bytes = block_bytes(link, {size, told_alignment});
    if (bytes == block_unknown) return "not known: a library decides";
    if (bytes == block_refused) continue;
    text += text.empty() ? fmt::format("{} bytes on a block of {}", bytes - size, size)
                         : fmt::format(", {} on {}", bytes - size, size);
  }
  return text.empty() ? "none: it grants no block of 1 to 1000 bytes, aligned to 16" : text;
}

}  // namespace heapatlas::chain
