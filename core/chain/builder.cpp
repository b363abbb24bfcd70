#include "core/chain/builder.hpp"

namespace heapatlas::chain {

Builder::~Builder() {
  while (!links_.empty()) links_.pop_back();  // what holds a part goes before the part
}

base::Status Builder::prepare(const Link& link) {
  if (link.entry->prepare != nullptr) HEAPATLAS_TRY(link.entry->prepare(link, *this));
  for (const Link& part : link.parts) HEAPATLAS_TRY(prepare(part));
  return {};
}

Erased& Builder::build(const Link& link) {
  links_.push_back(link.entry->build(link, *this));
  Erased& built = *links_.back();
  const auto region = regions_.find(&link);
  if (region != regions_.end())
    built.set_region({address_of(region->second.data()), region->second.size()});
  if (counts_ == nullptr) return built;
  const bool carves = link.entry->role == Role::leaf;
  if (!carves && counts_->keep() == Counts::Keep::last_granting) return built;
  links_.push_back(std::make_unique<CountedLink>(built, *counts_, link.id, carves));
  return *links_.back();
}

base::Status Builder::take_memory(const Link& link, std::size_t size, std::size_t align) {
  auto region = heap_.take(size, align);
  if (!region) {
    base::Error error = std::move(region).error();
    error.where = link.text;
    return tl::make_unexpected(std::move(error));
  }
  regions_[&link] = *region;
  return {};
}

std::span<std::byte> Builder::memory(const Link& link) const {
  return regions_.at(&link);
}

}  // namespace heapatlas::chain
