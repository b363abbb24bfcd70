// What every byte of the heap is at one event: live blocks over what a walk, or else the regions,
// say of the rest.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <numeric>
#include <optional>
#include <utility>
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
  taken,     ///< a walk calls it used, but it is in no live block: freed, and not to be had again
  opaque,    ///< in a region of which nothing is known
};
inline constexpr std::size_t state_count = 10;

/// A word or two for a legend.
[[nodiscard]] const char* name_of(State state);

struct HeapSpan {
  std::uint64_t address = 0;
  std::uint64_t size = 0;
  State state = State::unused;

  [[nodiscard]] std::uint64_t end() const { return address + size; }
};

/// What lies under the blocks at an event.
struct Background {
  std::vector<HeapSpan> spans;  ///< ascending, apart
  /// Those of them, cut, that no live block covers; empty: not known.
  std::optional<std::vector<HeapSpan>> bare;
};
/// The walk taken at the event, or else one span for each standing region; without `bare`.
[[nodiscard]] Background background_at(const Run& run, Event at);

/// What maps of a run need again and again: who lives when, in which classes, and the walks as
/// backgrounds. The run must outlive it and not change. Safe to use from several threads.
class HeapIndex {
 public:
  explicit HeapIndex(const Run& run);

  [[nodiscard]] const LiveIndex& live() const { return live_; }
  [[nodiscard]] const std::shared_ptr<const BlockClasses>& classes() const { return classes_; }
  [[nodiscard]] std::shared_ptr<const Background> background_at(Event at) const;

 private:
  const Run& run_;
  std::shared_ptr<const BlockClasses> classes_;
  LiveIndex live_;
  std::vector<std::pair<Event, std::shared_ptr<const Background>>> walks_;  ///< ascending
};

/// The heap at one event: what a picture of it is made of. The run must outlive it.
struct HeapAt {
  Event at = 0;
  LiveAt live;
  std::shared_ptr<const Background> background;  ///< not null
};
/// index: of the run; null: for one picture, its placements are searched.
[[nodiscard]] HeapAt heap_at(const Run& run, const HeapIndex* index, Event at);

/// A live block, cut to a range, and where blocks overlap (a broken allocator, seen through its
/// report) where the one before it ends.
struct CutBlock {
  std::uint64_t from;
  std::uint64_t slack_from;  ///< [from, slack_from) was requested, [slack_from, to) is slack
  std::uint64_t to;          ///< above from
  PlacementId id;
  Classes classes;
};

/// Calls visit(const CutBlock&) for every live block that reaches into [begin, end), ascending,
/// apart.
template <class Visit>
void for_each_block(const HeapAt& heap, std::uint64_t begin, std::uint64_t end, Visit&& visit) {
  std::uint64_t cursor = begin;
  heap.live.for_each(begin, end, [&](const LiveBlock& block) {
    const std::uint64_t from = std::max(cursor, block.address);
    const std::uint64_t to = std::min(end, block.end());
    if (from >= to) return;
    cursor = to;
    visit(CutBlock{from, std::clamp(block.address + block.requested, from, to), to, block.id,
                   block.classes});
  });
}

/// The background below blocks that ascend.
class Beneath {
 public:
  Beneath(const HeapAt& heap, std::uint64_t begin) : Beneath(heap.background->spans, begin) {}
  /// Or of these spans, which must outlive it.
  Beneath(const std::vector<HeapSpan>& spans, std::uint64_t begin)
      : spans_(spans),
        next_(std::partition_point(spans_.begin(), spans_.end(),
                                   [begin](const HeapSpan& one) { return one.end() <= begin; })) {}

  /// Calls visit(from, to, State) for what lies beneath a block.
  template <class Visit>
  void for_each(const CutBlock& block, Visit&& visit) {
    for_each(block.from, block.to, std::forward<Visit>(visit));
  }
  /// Or in [from, to).
  template <class Visit>
  void for_each(std::uint64_t from, std::uint64_t to, Visit&& visit) {
    while (next_ != spans_.end() && next_->end() <= from) ++next_;
    for (auto span = next_; span != spans_.end() && span->address < to; ++span)
      visit(std::max(from, span->address), std::min(to, span->end()), span->state);
  }

 private:
  const std::vector<HeapSpan>& spans_;
  std::vector<HeapSpan>::const_iterator next_;
};

/// What a heap holds at one event, all told.
struct Totals {
  std::array<std::uint64_t, state_count> bytes{};  ///< by State
  std::size_t blocks = 0;
  std::uint64_t largest_hole = 0;  ///< the longest run of bytes that are free, or in no block

  [[nodiscard]] std::uint64_t of(State state) const {
    return bytes[static_cast<std::size_t>(state)];
  }
  /// All bytes.
  [[nodiscard]] std::uint64_t heap() const {
    return std::accumulate(bytes.begin(), bytes.end(), std::uint64_t{0});
  }
  /// Bytes that are free, or in no block.
  [[nodiscard]] std::uint64_t holes() const { return of(State::free) + of(State::unused); }
};
[[nodiscard]] Totals totals_of(const HeapAt& heap);

}  // namespace heapatlas::viewer
