#include "core/chain/link.hpp"

#include <cstdlib>

namespace heapatlas::chain {
namespace {

void collect(const Link& link, std::vector<const Link*>& nodes) {
  if (link.id != no_node) nodes.push_back(&link);
  for (const Link& part : link.parts) collect(part, nodes);
}

std::optional<Preload> find_preload(const Link& link) {
  if (link.entry->preload != nullptr) return link.entry->preload(link);
  for (const Link& part : link.parts) {
    if (auto found = find_preload(part)) return found;
  }
  return std::nullopt;
}

}  // namespace

const Bound& Link::value(std::string_view parameter) const {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (entry->parameters[i].name == parameter) return values[i];
  }
  std::abort();  // an entry asked for a parameter that it does not have
}

std::vector<const Link*> Chain::nodes() const {
  std::vector<const Link*> nodes;
  collect(root_, nodes);
  return nodes;
}

std::optional<Preload> Chain::preload() const {
  return find_preload(root_);
}

}  // namespace heapatlas::chain
