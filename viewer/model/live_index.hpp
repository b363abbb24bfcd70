// Which blocks live at an event, by address, quickly: keyframes and what came since.
//
// A keyframe is the live placements at one event in address order. From the keyframe before t, the
// dead are dropped and those born since are merged in. A new keyframe is made after a quarter as
// many births as blocks are live (at least 64 Ki), so all keyframes together hold at most four
// entries for each placement, and a query costs O(live). Building costs one sort of every such
// batch.
#pragma once

#include <span>
#include <vector>

#include "viewer/model/run.hpp"

namespace heapatlas::viewer {

/// Blocks in order of address lie in memory in no order: fetches the row of the one that is looked
/// at some steps after the i-th.
inline void prefetch(const Placements& placements, std::span<const PlacementId> ids,
                     std::size_t i) {
  constexpr std::size_t ahead = 16;
  if (i + ahead < ids.size()) __builtin_prefetch(&placements[ids[i + ahead]]);
}

class LiveIndex {
 public:
  /// The placements must outlive the index and not change.
  explicit LiveIndex(const Placements& placements, std::size_t births_between = 64 << 10);

  /// The placements that live at an event, in order of address. Safe to call from several threads.
  [[nodiscard]] std::vector<PlacementId> live_at(Event at) const;

 private:
  struct Keyframe {
    Event at = 0;
    std::size_t next = 0;  ///< the first placement born after `at`
    std::vector<PlacementId> live;
  };

  /// The live at an event, of a keyframe and the placements [frame.next, end).
  [[nodiscard]] std::vector<PlacementId> advance(const Keyframe& frame, Event at,
                                                 std::size_t end) const;

  const Placements& placements_;
  std::vector<Keyframe> keyframes_;  ///< ascending; the first is empty, before everything
};

/// The first event at which the most granted bytes live; 0 when nothing ever did.
[[nodiscard]] Event find_peak(const Placements& placements);

}  // namespace heapatlas::viewer
