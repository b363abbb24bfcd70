// Which blocks live at an event, in order of address, quickly.
//
// Time is cut into stretches. A stretch holds, in order of address, every block that lives at any
// event of it, so that the live at one event are those of a single pass from low to high addresses:
// no sort, no merge, and no look at a Placement, because an entry holds what a picture needs. A new
// stretch begins after half as many births as blocks were live (at least 64 Ki): all stretches
// together hold at most three entries for each placement, and a pass costs at most one and a half
// times the live blocks. Building sorts each stretch's births once.
#pragma once

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include "viewer/model/block_classes.hpp"
#include "viewer/model/large_pages.hpp"
#include "viewer/model/run.hpp"

namespace heapatlas::viewer {

/// What a picture needs of a block that lives.
struct LiveBlock {
  std::uint64_t address;
  std::uint64_t requested;
  std::uint64_t granted;
  PlacementId id;
  Classes classes;

  [[nodiscard]] std::uint64_t end() const { return address + granted; }
};

/// The blocks that live at some event of a stretch of time.
struct Stretch {
  struct Entry {
    std::uint64_t address;
    PlacementId id;
    std::uint32_t until;  ///< its death, in events from the stretch's first, or too_late
    std::uint32_t requested;
    std::uint16_t slack;  ///< granted beyond the request; too_large: the placement must be asked
    Classes classes;
  };
  static_assert(sizeof(Entry) == 24, "a map reads all of a stretch: every byte counts");
  static constexpr std::uint32_t too_late = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::uint16_t too_large = std::numeric_limits<std::uint16_t>::max();

  [[nodiscard]] static Entry entry_of(const Placement& block, PlacementId id, Event from,
                                      Classes classes);

  Event from = 0;
  LargeVector<Entry> entries;  ///< by address, then by birth
};

/// The blocks that live at one event. Cheap to copy; the placements must outlive it. Safe to use
/// from several threads.
class LiveAt {
 public:
  /// stretch: one that `at` falls into.
  LiveAt(const Placements& placements, std::shared_ptr<const Stretch> stretch, Event at);

  /// Calls visit(const LiveBlock&) for the live in order of address: for those that reach into
  /// [begin, end), or where blocks overlap (a broken allocator), for those that begin there and the
  /// one before them.
  template <class Visit>
  void for_each(std::uint64_t begin, std::uint64_t end, Visit&& visit) const {
    const auto& entries = stretch_->entries;
    const auto address_below = [](const auto& one, std::uint64_t at) { return one.address < at; };
    auto first = std::lower_bound(entries.begin(), entries.end(), begin, address_below);
    const auto last = std::lower_bound(first, entries.end(), end, address_below);
    if (begin != 0) {
      const std::reverse_iterator from(first);
      const auto before =
          std::find_if(from, entries.rend(), [this](const auto& entry) { return lives(entry); });
      if (before != entries.rend()) first = std::prev(before.base());
    }
    if (age_ < Stretch::too_late) [[likely]] {
      const auto age = static_cast<std::uint32_t>(age_);
      const auto born = static_cast<std::uint32_t>(born_);
      visit_where(first, last, visit, [age, born](const Stretch::Entry& entry) {
        return (static_cast<unsigned>(entry.id < born) &
                static_cast<unsigned>(entry.until > age)) != 0;
      });
    } else {
      visit_where(first, last, visit, [this](const Stretch::Entry& entry) { return lives(entry); });
    }
  }
  /// Their placements, in order of address.
  [[nodiscard]] std::vector<PlacementId> ids() const;

 private:
  using Entries = LargeVector<Stretch::Entry>::const_iterator;

  // Whether a block lives follows no pattern that a processor could foresee: the live are sorted
  // out without a branch, some at a time.
  template <class Visit, class Lives>
  void visit_where(Entries first, Entries last, Visit&& visit, Lives&& lives) const {
    constexpr std::ptrdiff_t batch = 256;
    constexpr std::ptrdiff_t ahead = 64;  // entries; what is beyond the end is never read
    std::array<std::uint16_t, batch> live;
    while (first != last) {
      const std::ptrdiff_t count = std::min(batch, last - first);
      std::size_t found = 0;
      for (std::ptrdiff_t i = 0; i < count; ++i) {
        __builtin_prefetch(&first[i] + ahead);
        live[found] = static_cast<std::uint16_t>(i);
        found += lives(first[i]) ? 1U : 0U;
      }
      for (std::size_t i = 0; i < found; ++i) visit(block_of(first[live[i]]));
      first += count;
    }
  }
  [[nodiscard]] bool lives(const Stretch::Entry& entry) const {
    if (entry.id >= born_) return false;
    return entry.until == Stretch::too_late ? (*placements_)[entry.id].death > at_
                                            : entry.until > age_;
  }
  [[nodiscard]] LiveBlock block_of(const Stretch::Entry& entry) const {
    if (entry.slack != Stretch::too_large) [[likely]]
      return {entry.address, entry.requested, std::uint64_t{entry.requested} + entry.slack,
              entry.id, entry.classes};
    const Placement& block = (*placements_)[entry.id];
    return {block.address, block.requested, block.granted, entry.id, entry.classes};
  }

  const Placements* placements_;
  std::shared_ptr<const Stretch> stretch_;
  Event at_;
  Event age_;         ///< of the stretch at the event
  std::size_t born_;  ///< how many placements are born until the event
};

/// How many placements are born until an event, itself included.
[[nodiscard]] std::size_t born_until(const Placements& placements, Event at);

/// The live at one event by a look at every placement: for one picture, where an index would not
/// pay. classes: as those of LiveIndex.
[[nodiscard]] LiveAt find_live(const Placements& placements, Event at,
                               const BlockClasses* classes = nullptr);

class LiveIndex {
 public:
  /// The placements must outlive the index and not change. classes: those of their run; null: all
  /// that the blocks say of their classes is 0.
  explicit LiveIndex(const Placements& placements, const BlockClasses* classes = nullptr,
                     std::size_t births_between = 64 << 10);

  /// Safe to call from several threads.
  [[nodiscard]] LiveAt at(Event at) const;

 private:
  const Placements& placements_;
  std::vector<std::shared_ptr<const Stretch>> stretches_;  ///< ascending; at least one
};

/// The first event at which the most granted bytes live; 0 when nothing ever did.
[[nodiscard]] Event find_peak(const Placements& placements);

}  // namespace heapatlas::viewer
