#include "core/replay/region_pieces.hpp"

#include <algorithm>

namespace heapatlas::replay {
namespace {

/// Whether a region stands over a block's whole life, at least `size` bytes large.
bool covers(const report::Region& region, bool only_grows, const report::Placement& block,
            std::uint64_t size) {
  if (region.birth() > block.birth || region.death < block.death) return false;
  if (region.size_at(block.birth) < size) return false;
  return only_grows || std::all_of(region.extents.begin(), region.extents.end(),
                                   [&](const report::Extent& extent) {
                                     return extent.from <= block.birth ||
                                            extent.from >= block.death || extent.size >= size;
                                   });
}

/// Makes one of two pieces, with the largest extent of both for all of its life.
std::uint32_t unite(std::vector<RegionPiece>& pieces, std::uint32_t a, std::uint32_t b) {
  const report::Region& first = pieces[a].region;
  const report::Region& second = pieces[b].region;
  const std::uint64_t begin = std::min(first.address, second.address);
  const std::uint64_t end =
      std::max(first.address + first.largest_size(), second.address + second.largest_size());
  RegionPiece united;
  united.region.address = begin;
  united.region.node = first.node;
  united.region.own = first.own;
  united.region.death = std::max(first.death, second.death);
  united.region.extents.push_back({std::min(first.birth(), second.birth()), end - begin});
  united.held_a_block = pieces[a].held_a_block || pieces[b].held_a_block;
  pieces[a].merged_into = pieces[b].merged_into = static_cast<std::uint32_t>(pieces.size());
  pieces.push_back(std::move(united));
  return pieces[a].merged_into;
}

}  // namespace

bool cover_blocks(std::vector<RegionPiece>& pieces, const report::Placements& placements,
                  std::span<const std::uint32_t> blocks) {
  bool stretched = false;
  std::vector<bool> only_grows(pieces.size());
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const auto& extents = pieces[i].region.extents;
    only_grows[i] = std::is_sorted(extents.begin(), extents.end(),
                                   [](const auto& a, const auto& b) { return a.size < b.size; });
  }
  for (const std::uint32_t id : blocks) {
    const report::Placement& block = placements[id];
    std::uint32_t i = block.region;
    while (pieces[i].merged_into != report::unknown) i = pieces[i].merged_into;
    report::Region& region = pieces[i].region;
    const std::uint64_t end = block.address + block.granted - region.address;
    if (covers(region, only_grows[i], block, end)) continue;
    stretched = true;
    region.death = std::max(region.death, block.death);
    region.extents.front().from = std::min(region.extents.front().from, block.birth);
    const auto later =
        std::find_if(region.extents.begin(), region.extents.end(),
                     [&](const report::Extent& extent) { return extent.from >= block.birth; });
    if (later == region.extents.end() || later->from > block.birth)
      region.extents.insert(later, {block.birth, region.size_at(block.birth)});
    for (report::Extent& extent : region.extents)
      if (extent.from >= block.birth && extent.from < block.death)
        extent.size = std::max(extent.size, end);
    only_grows[i] = false;
  }
  return stretched;
}

bool unite_overlaps(std::vector<RegionPiece>& pieces) {
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < pieces.size(); ++i)
    if (pieces[i].merged_into == report::unknown) order.push_back(i);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return pieces[a].region.address < pieces[b].region.address;
  });
  bool united = false;
  std::vector<std::uint32_t> near;  // those that reach beyond the address that is looked at
  for (const std::uint32_t i : order) {
    const std::uint64_t address = pieces[i].region.address;
    std::erase_if(near, [&](std::uint32_t below) {
      const report::Region& other = pieces[below].region;
      return other.address + other.largest_size() <= address;
    });
    const auto overlapping = std::find_if(near.begin(), near.end(), [&](std::uint32_t below) {
      const report::Region& region = pieces[i].region;
      const report::Region& other = pieces[below].region;
      return other.death > region.birth() && region.death > other.birth();
    });
    if (overlapping == near.end()) {
      near.push_back(i);
    } else {
      *overlapping = unite(pieces, *overlapping, i);
      united = true;
    }
  }
  return united;
}

}  // namespace heapatlas::replay
