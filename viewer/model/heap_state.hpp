// What every byte of the heap is at one event: live blocks over what a walk, or else the regions,
// say of the rest.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "viewer/model/live_index.hpp"

namespace heapatlas::viewer {

enum class State : unsigned char {
  live,      ///< in a live block, as requested
  slack,     ///< in a live block, granted beyond the request
  unused,    ///< in no live block: free, or the allocator's own data; no walk tells which
  free,      ///< can serve a request
  metadata,  ///< headers, tags, tables
  padding,   ///< lost to alignment
  cached,    ///< freed, but kept for one purpose
  reserved,  ///< address space without memory behind it
  opaque,    ///< in a region of which nothing is known
};
inline constexpr std::size_t state_count = 9;

/// A word or two for a legend.
[[nodiscard]] const char* name_of(State state);

struct HeapSpan {
  std::uint64_t address = 0;
  std::uint64_t size = 0;
  State state = State::unused;
  PlacementId block = unknown;  ///< of live and slack

  [[nodiscard]] std::uint64_t end() const { return address + size; }
};

/// What lies under the blocks at an event: the walk taken there, or else one span for each standing
/// region. Ascending, apart.
[[nodiscard]] std::vector<HeapSpan> background_at(const Run& run, Event at);

/// The heap at one event: what a picture of it is made of.
struct HeapAt {
  Event at = 0;
  std::vector<PlacementId> live;     ///< by address
  std::vector<HeapSpan> background;  ///< background_at
};
[[nodiscard]] HeapAt heap_at(const Run& run, const LiveIndex& index, Event at);

/// Calls visit(const HeapSpan&) for every span at an event, ascending, apart. live: what LiveIndex
/// says of the event, or a run of it; background: of the event, or a run of it. Blocks that overlap
/// (a broken allocator, seen through its report) are cut where the one before them ends.
template <class Visit>
void for_each_span(const Placements& blocks, std::span<const PlacementId> live,
                   std::span<const HeapSpan> background, Visit&& visit) {
  std::uint64_t cursor = 0;  // everything below is told
  auto under = background.begin();
  const auto tell_background = [&](std::uint64_t until) {
    for (; under != background.end(); ++under) {
      const std::uint64_t from = std::max(cursor, under->address);
      const std::uint64_t to = std::min(under->end(), until);
      if (from < to) visit(HeapSpan{from, to - from, under->state, unknown});
      if (under->end() > until) return;
    }
  };
  const auto tell = [&](std::uint64_t end, State state, PlacementId id) {
    if (end <= cursor) return;
    visit(HeapSpan{cursor, end - cursor, state, id});
    cursor = end;
  };
  for (std::size_t i = 0; i < live.size(); ++i) {
    prefetch(blocks, live, i);
    const Placement& block = blocks[live[i]];
    tell_background(block.address);
    cursor = std::max(cursor, block.address);
    tell(block.address + block.requested, State::live, live[i]);
    tell(block.address + block.granted, State::slack, live[i]);
  }
  tell_background(largest_number);
}

}  // namespace heapatlas::viewer
