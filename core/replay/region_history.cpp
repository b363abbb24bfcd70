#include "core/replay/region_history.hpp"

#include <algorithm>

namespace heapatlas::replay {
namespace {

constexpr std::uint64_t page = 4096;

std::uint64_t page_begin(std::uint64_t address) {
  return address / page * page;
}
std::uint64_t page_end(std::uint64_t address) {
  return (address + page - 1) / page * page;
}

}  // namespace

RegionHistory::RegionHistory(report::Placements& placements, std::span<const std::uint32_t> blocks,
                             bool own)
    : placements_{placements}, blocks_{blocks}, own_{own} {}

/// At an event, when the blocks born before `until` had been granted.
void RegionHistory::look(report::Event at, report::Event until,
                         std::span<const SeenRegion> pieces) {
  std::vector<std::uint32_t> pending;
  assign_new_blocks(until, pending);
  std::vector<Range> changed = differences_to(pieces);
  changed.insert(changed.end(), unsettled_.begin(), unsettled_.end());
  unsettled_.clear();
  unite_touching(changed);
  std::vector<Gap> gaps = gaps_of(at, pieces, changed);
  date(gaps, pending);
  for (const Gap& gap : gaps) fill(gap);
  for (const std::uint32_t block : pending)
    if (!assign(block)) force(block);
  changed.insert(changed.end(), unsettled_.begin(), unsettled_.end());
  unite_touching(changed);
  retire(at, pieces, changed);
  seen_.assign(pieces.begin(), pieces.end());
  seen_at_ = at;
}

/// The bytes that are either seen or were seen last, not both; ascending.
std::vector<RegionHistory::Range> RegionHistory::differences_to(
    std::span<const SeenRegion> seen) const {
  const auto bounds_of = [](std::span<const SeenRegion> regions) {
    std::vector<std::uint64_t> bounds;
    for (const SeenRegion& region : regions)
      bounds.insert(bounds.end(), {region.address, region.end()});
    return bounds;
  };
  const std::vector<std::uint64_t> then = bounds_of(seen_);
  const std::vector<std::uint64_t> now = bounds_of(seen);
  std::vector<std::uint64_t> bounds(then.size() + now.size());
  std::merge(then.begin(), then.end(), now.begin(), now.end(), bounds.begin());
  std::vector<Range> differences;
  for (std::size_t i = 0; i + 1 < bounds.size(); i += 2)
    if (bounds[i] < bounds[i + 1]) differences.push_back({bounds[i], bounds[i + 1]});
  return differences;
}

/// Puts them in ascending order, apart.
void RegionHistory::unite_touching(std::vector<Range>& ranges) {
  if (ranges.empty()) return;
  std::sort(ranges.begin(), ranges.end(),
            [](const Range& a, const Range& b) { return a.begin < b.begin; });
  std::size_t last = 0;
  for (const Range& range : ranges) {
    if (range.begin <= ranges[last].end)
      ranges[last].end = std::max(ranges[last].end, range.end);
    else
      ranges[++last] = range;
  }
  ranges.resize(last + 1);
}

/// Those born before an event: into pieces that stand, or among those that wait for one.
void RegionHistory::assign_new_blocks(report::Event until, std::vector<std::uint32_t>& pending) {
  for (; next_block_ < blocks_.size() && placements_[blocks_[next_block_]].birth < until;
       ++next_block_)
    if (!assign(blocks_[next_block_])) pending.push_back(blocks_[next_block_]);
}

RegionHistory::Standing::iterator RegionHistory::standing_at(std::uint64_t address) {
  const auto above = standing_.upper_bound(address);
  if (above == standing_.begin()) return standing_.end();
  const auto below = std::prev(above);
  return address < below->second.end ? below : standing_.end();
}

bool RegionHistory::assign(std::uint32_t id) {
  report::Placement& block = placements_[id];
  const auto found = standing_at(block.address);
  if (found == standing_.end()) return false;
  if (block.address + block.granted > found->second.end) return false;
  RegionPiece& piece = pieces_[found->second.piece];
  block.region = found->second.piece;
  piece.held_a_block = true;
  piece.last_death = std::max(piece.last_death, block.death);
  return true;
}

/// What was seen beyond the pieces that stand: only where something changed.
std::vector<RegionHistory::Gap> RegionHistory::gaps_of(report::Event at,
                                                       std::span<const SeenRegion> seen,
                                                       std::span<const Range> changed) const {
  std::vector<Gap> gaps;
  auto first = seen.begin();
  for (const Range& range : changed) {
    while (first != seen.end() && first->end() <= range.begin) ++first;
    for (auto region = first; region != seen.end() && region->address < range.end; ++region)
      add_gaps(at, *region, range, gaps);
  }
  return gaps;
}

void RegionHistory::add_gaps(report::Event at, const SeenRegion& region, const Range& within,
                             std::vector<Gap>& gaps) const {
  std::uint64_t from = std::max(region.address, within.begin);
  const std::uint64_t end = std::min(region.end(), within.end);
  const auto put = [&](std::uint64_t to) {
    if (from < to) gaps.push_back({from, to, region.node, at, from != region.address});
  };
  auto next = standing_.lower_bound(from);
  if (next != standing_.begin()) from = std::max(from, std::prev(next)->second.end);
  for (; next != standing_.end() && next->first < end; ++next) {
    put(next->first);
    from = next->second.end;
  }
  put(end);
}

/// A gap is as old as the first block that reaches into it.
void RegionHistory::date(std::vector<Gap>& gaps, std::span<const std::uint32_t> pending) const {
  for (const std::uint32_t id : pending) {
    const report::Placement& block = placements_[id];
    auto gap = std::upper_bound(
        gaps.begin(), gaps.end(), block.address,
        [](std::uint64_t address, const Gap& candidate) { return address < candidate.end; });
    for (; gap != gaps.end() && gap->begin < block.address + block.granted; ++gap)
      gap->from = std::min(gap->from, block.birth);
  }
}

void RegionHistory::fill(const Gap& gap) {
  const auto below = standing_at(gap.begin - 1);
  if (below != standing_.end()) {
    const report::Region& region = pieces_[below->second.piece].region;
    if (own_ ? gap.tail : gap.from >= region.birth()) return move_end(below, gap.from, gap.end);
  }
  add_piece(gap.begin, gap.end, gap.node, gap.from);
}

void RegionHistory::add_piece(std::uint64_t begin, std::uint64_t end, std::uint32_t node,
                              report::Event from) {
  RegionPiece piece;
  piece.region.address = begin;
  piece.region.node = node;
  piece.region.own = own_;
  piece.region.extents.push_back({from, end - begin});
  standing_.emplace(begin, Stands{end, static_cast<std::uint32_t>(pieces_.size())});
  pieces_.push_back(std::move(piece));
}

void RegionHistory::move_end(Standing::iterator piece, report::Event from, std::uint64_t end) {
  report::Region& region = pieces_[piece->second.piece].region;
  const std::uint64_t size = end - region.address;
  report::Extent& last = region.extents.back();
  if (from > last.from)
    region.extents.push_back({from, size});
  else
    last.size = size;
  piece->second.end = end;
}

/// Makes room for a block that no piece holds: pieces in its way that are empty are gone, others
/// become one with it.
void RegionHistory::force(std::uint32_t id) {
  const report::Placement& block = placements_[id];
  std::uint64_t begin = block.address;
  std::uint64_t end = block.address + block.granted;
  report::Event from = block.birth;
  std::vector<std::uint32_t> merged;
  if (const auto first = standing_at(begin); first != standing_.end()) {
    begin = first->first;
    merged.push_back(first->second.piece);
    standing_.erase(first);
  } else {
    begin = page_begin(begin);
    const auto above = standing_.upper_bound(begin);
    if (above != standing_.begin()) begin = std::max(begin, std::prev(above)->second.end);
  }
  for (auto next = standing_.lower_bound(begin); next != standing_.end() && next->first < end;) {
    const auto here = next++;
    if (pieces_[here->second.piece].last_death <= block.birth) {
      unsettled_.push_back({here->first, here->second.end});
      kill(here, block.birth);
    } else {
      end = std::max(end, here->second.end);
      merged.push_back(here->second.piece);
      standing_.erase(here);
    }
  }
  const auto above = standing_.lower_bound(end);
  end = page_end(end);
  if (above != standing_.end()) end = std::min(end, above->first);
  dirty_ = dirty_ || !merged.empty();
  const auto id_of_all = static_cast<std::uint32_t>(pieces_.size());
  std::uint32_t node = block.node;
  report::Event last_death = 0;
  for (const std::uint32_t old : merged) {
    RegionPiece& piece = pieces_[old];
    from = std::min(from, piece.region.birth());
    node = piece.region.node;
    last_death = std::max(last_death, piece.last_death);
    piece.merged_into = id_of_all;
  }
  unsettled_.push_back({begin, end});
  add_piece(begin, end, node, from);
  pieces_.back().last_death = last_death;
  (void)assign(id);
}

/// Pieces that are no longer seen are gone; those of which the end is missing have shrunk.
void RegionHistory::retire(report::Event at, std::span<const SeenRegion> seen,
                           std::span<const Range> changed) {
  auto above = seen.begin();
  for (const Range& range : changed) {
    auto next = standing_at(range.begin);
    if (next == standing_.end()) next = standing_.lower_bound(range.begin);
    while (next != standing_.end() && next->first < range.end) {
      const auto here = next++;
      // The last seen region that begins before the piece's end.
      while (above != seen.end() && above->address < here->second.end) ++above;
      const std::uint64_t reach = above == seen.begin() ? 0 : std::prev(above)->end();
      if (reach <= here->first) {
        const report::Event last_death = pieces_[here->second.piece].last_death;
        if (last_death <= at)
          kill(here, last_death > seen_at_ ? last_death : at);
        else
          unsettled_.push_back({here->first, here->second.end});
      } else if (reach < here->second.end) {
        move_end(here, at, reach);
      }
    }
  }
}

void RegionHistory::kill(Standing::const_iterator piece, report::Event at) {
  report::Region& region = pieces_[piece->second.piece].region;
  region.death = std::max(at, region.extents.back().from + 1);
  standing_.erase(piece);
}

RegionHistory::Regions RegionHistory::finish(report::Event last) {
  std::vector<std::uint32_t> pending;
  assign_new_blocks(last + 1, pending);
  for (const std::uint32_t block : pending)
    if (!assign(block)) force(block);
  dirty_ = cover_blocks(pieces_, placements_, blocks_) || dirty_;
  while (dirty_ && unite_overlaps(pieces_)) {
  }
  Regions result;
  result.index.assign(pieces_.size(), report::unknown);
  for (std::size_t i = pieces_.size(); i-- > 0;) {  // what was merged comes before what it is now
    RegionPiece& piece = pieces_[i];
    if (piece.merged_into != report::unknown) {
      result.index[i] = result.index[piece.merged_into];
    } else if (own_ || piece.held_a_block) {
      result.index[i] = static_cast<std::uint32_t>(result.regions.size());
      result.regions.push_back(std::move(piece.region));
    }
  }
  return result;
}

}  // namespace heapatlas::replay
