// The observer of the placements pass: writes down every block, and looks at the heap now and then.
//
// A block costs one entry of 24 bytes; what became of it, the parent knows from the operations.
// The heap is walked as planned, and when a block lies outside of every region that is known: so a
// region's birth is seen with its first block. Where walks are costly they are spaced by as many
// operations as the last one had spans; the parent makes up for it, as it knows the blocks.
// Regions of links that cannot walk are the process's mappings.
//
// Cost: some 5 to 25 ns an operation beside the planned walks, whose time is kept apart. One
// thread.
#pragma once

#include <malloc.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>

#include "core/alloc/concepts.hpp"
#include "core/chain/counted.hpp"
#include "core/replay/clock.hpp"
#include "core/replay/exchange.hpp"
#include "core/replay/history_file.hpp"
#include "core/replay/kernel.hpp"
#include "core/replay/process_map.hpp"
#include "core/replay/walked_heap.hpp"

namespace heapatlas::replay {

template <Allocator A>
class RecordingHeap : public Observer {
 public:
  /// All borrowed. `counts` tells which link granted; null: there is but one. `peak_live_bytes` is
  /// the trace's.
  RecordingHeap(const A& allocator, HistoryMap& history, const chain::Counts* counts,
                std::uint64_t peak_live_bytes, Violation& violation) noexcept
      : allocator_{allocator},
        history_{history},
        counts_{counts},
        violation_{violation},
        worst_from_live_{peak_live_bytes / worst_live_share},
        links_{history.links()},
        grants_{history.grants()},
        walks_{history.walks()} {
    for (const LinkTraits& link : links_) {
      some_walk_ = some_walk_ || link.walks;
      some_map_ = some_map_ || !link.walks;
    }
    next_walk_ = walks_.empty() ? never : walks_.front().operations;
  }

  [[nodiscard]] bool proceed(std::size_t at) noexcept {
    if (at == next_walk_) [[unlikely]]
      take_planned_walk(at);
    return !violation_.found;
  }

  void granted(std::size_t at, std::uint32_t, Block block, Layout layout, bool) noexcept {
    live_ += layout.size;
    record(at, block);
  }
  void resized(std::size_t at, std::uint32_t, Layout old, Block block, std::size_t size) noexcept {
    live_ += size - old.size;
    record(at, block);
  }
  void freeing(std::size_t, std::uint32_t, std::byte*, Layout layout) noexcept {
    live_ -= layout.size;
  }

  /// After the last operation: what is still planned, and what was kept till now.
  void finish(std::size_t operations) noexcept {
    if (next_walk_ != never && !violation_.found) take_planned_walk(operations);
    if (worst_seen_)
      history_.note(NoteKind::worst, worst_at_, std::span<const report::WalkedSpan>(worst_.span()));
  }

  [[nodiscard]] std::uint64_t recorded() const noexcept { return recorded_; }
  [[nodiscard]] std::uint64_t walking_ns() const noexcept { return walking_ns_; }

 private:
  static constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();
  /// A reading of the process's mappings costs as much as so many operations for each of them.
  static constexpr std::uint64_t operations_a_mapping = 8;
  static constexpr std::uint64_t always_affordable = 256;
  /// The worst fragmentation is looked for where at least this part of the peak is live: of a heap
  /// that hardly holds anything it says little.
  static constexpr std::uint64_t worst_live_share = 8;

  struct Range {
    std::uintptr_t begin = 0;
    std::uintptr_t size = 0;

    [[nodiscard]] bool holds(std::uintptr_t at, std::size_t bytes) const noexcept {
      return at - begin < size && bytes <= size - (at - begin);
    }
  };

  void record(std::size_t at, Block block) noexcept {
    const NodeId node = counts_ == nullptr ? 0 : counts_->last_granting();
    const LinkTraits& link = links_[node < links_.size() ? node : 0];
    std::size_t size = block.size;
    if (link.uses_malloc) size = std::max(size, ::malloc_usable_size(block.ptr));
    const auto address = reinterpret_cast<std::uintptr_t>(block.ptr);
    if (recorded_ < grants_.size()) [[likely]] {
      Grant& grant = grants_[recorded_++];
      grant.operation = at;
      grant.address = address & ((std::uint64_t{1} << 48) - 1);
      grant.node = node & 0xFFFF;
      grant.granted = size;
    }
    Range& hit = hit_[link.walks ? 1 : 0];
    if (!hit.holds(address, size)) [[unlikely]]
      find_region(at, address, size, link.walks);
  }

  [[gnu::noinline]] void find_region(std::size_t at, std::uintptr_t address, std::size_t size,
                                     bool walks) noexcept {
    if (look_up(address, size, walks)) return;
    const std::uint64_t since = at - std::min<std::uint64_t>(at, looked_at_[walks ? 1 : 0]);
    const std::uint64_t pause = walks ? walked_.size() : operations_a_mapping * mappings_.size();
    if (since < pause && pause > always_affordable) return;
    if (walks)
      walk(at + 1);
    else
      map(at + 1);
    look_up(address, size, walks);
  }

  /// Whether a known region holds the block; it is the one hit from then on.
  bool look_up(std::uintptr_t address, std::size_t size, bool walks) noexcept {
    const std::span<const SeenRegion> regions =
        walks ? walked_.regions() : std::as_const(mappings_).span();
    const auto above = std::upper_bound(
        regions.begin(), regions.end(), address,
        [](std::uintptr_t value, const SeenRegion& region) { return value < region.address; });
    if (above == regions.begin()) return false;
    const SeenRegion& region = *std::prev(above);
    const Range range{region.address, region.size};
    if (!range.holds(address, size)) return false;
    hit_[walks ? 1 : 0] = range;
    return true;
  }

  [[gnu::noinline]] void take_planned_walk(std::uint64_t operations) noexcept {
    const std::uint64_t started = nanoseconds(CLOCK_THREAD_CPUTIME_ID);
    const PlannedWalk& plan = walks_[planned_++];
    next_walk_ = planned_ < walks_.size() ? walks_[planned_].operations : never;
    if (some_walk_) {
      walk(operations);
      if (!violation_.found) note_walk(operations, plan.whole != 0);
    }
    if (some_map_) map(operations);
    walking_ns_ += nanoseconds(CLOCK_THREAD_CPUTIME_ID) - started;
  }

  void note_walk(std::uint64_t operations, bool whole) noexcept {
    const WalkFigures& figures = walked_.figures();
    history_.note(NoteKind::figures, operations, std::span(&figures, 1));
    if (whole) history_.note(NoteKind::spans, operations, walked_.spans());
    if (live_ < worst_from_live_ || figures.external_fragmentation() <= worst_fragmentation_)
      return;
    worst_fragmentation_ = figures.external_fragmentation();
    worst_seen_ = true;
    worst_at_ = operations;
    worst_.assign(walked_.spans());
  }

  void walk(std::uint64_t operations) noexcept {
    if constexpr (Introspectable<A>) {
      walked_.take(allocator_, operations == 0 ? 0 : operations - 1, violation_);
      history_.note(NoteKind::regions, operations, walked_.regions());
      looked_at_[1] = operations;
      hit_[1] = {};
    }
  }

  void map(std::uint64_t operations) noexcept {
    if (read_mappings(buffer_, mappings_))
      history_.note(NoteKind::mappings, operations, std::span<const SeenRegion>(mappings_.span()));
    looked_at_[0] = operations;
    hit_[0] = {};
  }

  const A& allocator_;
  HistoryMap& history_;
  const chain::Counts* counts_;
  Violation& violation_;
  std::uint64_t worst_from_live_;
  std::span<const LinkTraits> links_;
  std::span<Grant> grants_;
  std::span<const PlannedWalk> walks_;
  std::size_t planned_ = 0;
  std::uint64_t live_ = 0;  ///< bytes as requested
  std::uint64_t next_walk_ = never;
  std::uint64_t recorded_ = 0;
  bool some_walk_ = false;
  bool some_map_ = false;
  Range hit_[2];                     ///< of links that cannot walk, of those that can
  std::uint64_t looked_at_[2] = {};  ///< the operations done then
  WalkedHeap walked_;
  ScratchArray<SeenRegion> mappings_{std::size_t{1} << 20};
  ProcBuffer buffer_{};
  ScratchArray<report::WalkedSpan> worst_;
  double worst_fragmentation_ = 0;
  bool worst_seen_ = false;
  std::uint64_t worst_at_ = 0;
  std::uint64_t walking_ns_ = 0;
};

/// One pass; what it saw is in the history's file.
template <Allocator A>
void run_placements(A& a, WorkloadView workload, Slot* slots, HistoryMap& history,
                    const chain::Counts* counts, Outcome& outcome) noexcept {
  RecordingHeap<A> observer(a, history, counts, workload.facts.peak_live_bytes, outcome.violation);
  const PassTime time = timed([&] {
    return run_operations(a, workload.operations, workload.wide_sizes.data(), slots, observer);
  });
  observer.finish(workload.operations.size());
  outcome.failures = time.failures;
  outcome.heap = {observer.recorded(), time.cpu_ns, observer.walking_ns(), history.whole()};
}

}  // namespace heapatlas::replay
