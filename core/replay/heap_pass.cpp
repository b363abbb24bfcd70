#include "core/replay/heap_pass.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "core/replay/heap_series.hpp"
#include "core/replay/placements.hpp"
#include "core/replay/region_history.hpp"

namespace heapatlas::replay {
namespace {

using report::Event;
using report::WalkedSpan;

/// What the seen mappings hold beyond an own heap's regions; both ascend and are apart.
std::vector<SeenRegion> without(std::span<const SeenRegion> mappings,
                                std::span<const SeenRegion> own) {
  std::vector<SeenRegion> rest;
  auto next = own.begin();
  for (const SeenRegion& mapping : mappings) {
    std::uint64_t from = mapping.address;
    while (next != own.end() && next->end() <= from) ++next;
    for (auto inner = next; inner != own.end() && inner->address < mapping.end(); ++inner) {
      if (from < inner->address) rest.push_back({from, inner->address - from, 0, 0});
      from = std::max(from, inner->end());
    }
    if (from < mapping.end()) rest.push_back({from, mapping.end() - from, 0, 0});
  }
  return rest;
}

/// In the order of NodeIds. `shifted`: the blocks of the link's grants do not start where its own
/// do.
void collect_traits(const chain::Link& link, bool shifted, std::vector<LinkTraits>& traits) {
  if (link.id != chain::no_node)
    traits.push_back({link.facts.can.walks, link.entry->uses_malloc && !shifted});
  for (const chain::Link& part : link.parts)
    collect_traits(part, shifted || link.entry->shifts_blocks, traits);
}

class Assembly {
 public:
  Assembly(const WalkPlan& plan, const chain::Chain& chain, const WorkloadView& workload,
           const TraceIndex& index)
      : plan_{plan}, traits_{traits_of(chain)}, workload_{workload}, index_{index} {
    heap_.events = index.events();
    for (const PlannedWalk& walk : plan.walks())
      walk_events_.push_back(index.event_at(walk.operations));
    for (const chain::Link* link : chain.nodes()) heap_.nodes.push_back(link->text);
    for (std::uint32_t i = 0; i < index.threads(); ++i)
      heap_.threads.push_back(fmt::format("thread {}", i));
    for (std::uint32_t i = 1; i <= index.sites(); ++i)
      heap_.sites.push_back(fmt::format("site {}", i));
  }

  base::Result<report::Heap> run(HistoryFile& history, std::uint64_t count) {
    const auto grants = history.grants(count);
    if (!grants) return tl::make_unexpected(grants.error());
    auto placed = place_blocks(workload_, *grants, index_, walk_events_);
    if (!placed) return tl::make_unexpected(placed.error());
    heap_.placements = std::move(placed->placements);
    heap_.series = std::move(placed->series);
    HEAPATLAS_TRY(check_nodes());
    HEAPATLAS_TRY(read_log(history));
    rebase();
    add_snapshots();
    heap_.series.push_back(committed_of(heap_, walk_events_));
    std::vector<report::Series> walked = series_of(figures_);
    std::move(walked.begin(), walked.end(), std::back_inserter(heap_.series));
    HEAPATLAS_TRY(report::validate(heap_));
    return std::move(heap_);
  }

 private:
  struct Walk {
    std::uint64_t operations = 0;
    std::vector<WalkedSpan> spans;
  };

  base::Status check_nodes() const {
    for (const report::Placement& block : heap_.placements)
      if (block.node >= traits_.size()) return base::bad_input("a block of an unknown link");
    return {};
  }

  void show(RegionHistory& history, std::uint64_t operations,
            std::span<const SeenRegion> pieces) const {
    if (operations == 0)
      history.saw_first(pieces);
    else
      history.saw(index_.event_at(operations), pieces);
  }

  /// The log in its order; the regions' histories are made as it is read.
  base::Status read_log(HistoryFile& history) {
    std::vector<std::uint32_t> own_blocks, foreign_blocks;
    for (std::uint32_t id = 0; id < heap_.placements.size(); ++id)
      (traits_[heap_.placements[id].node].walks ? own_blocks : foreign_blocks).push_back(id);
    RegionHistory own(heap_.placements, own_blocks, true);
    RegionHistory foreign(heap_.placements, foreign_blocks, false);
    std::vector<SeenRegion> own_now;
    for (;;) {
      auto note = history.next_note();
      if (!note) return tl::make_unexpected(note.error());
      if (!*note) break;
      const NoteHead& head = (*note)->head;
      const Event at = index_.event_at(head.operations);
      switch (head.kind) {
        case NoteKind::regions: {
          const auto seen = (*note)->as<SeenRegion>();
          own_now.assign(seen.begin(), seen.end());
          show(own, head.operations, own_now);
          break;
        }
        case NoteKind::mappings:
          show(foreign, head.operations, without((*note)->as<SeenRegion>(), own_now));
          break;
        case NoteKind::figures:
          for (const WalkFigures& figures : (*note)->as<WalkFigures>())
            figures_.emplace_back(at, figures);
          break;
        case NoteKind::spans:
          walks_.push_back({head.operations, spans_of(**note)});
          break;
        case NoteKind::worst:
          worst_ = Walk{head.operations, spans_of(**note)};
          break;
      }
    }
    take_regions(own, own_blocks);
    take_regions(foreign, foreign_blocks);
    return {};
  }

  static std::vector<WalkedSpan> spans_of(const Note& note) {
    const auto spans = note.as<WalkedSpan>();
    return {spans.begin(), spans.end()};
  }

  void take_regions(RegionHistory& history, std::span<const std::uint32_t> blocks) {
    auto made = history.finish(heap_.events);
    const auto first = static_cast<std::uint32_t>(heap_.regions.size());
    std::move(made.regions.begin(), made.regions.end(), std::back_inserter(heap_.regions));
    for (const std::uint32_t id : blocks) {
      std::uint32_t& region = heap_.placements[id].region;
      region = first + made.index[region];
    }
  }

  /// From addresses of the child to those of the report.
  void rebase() {
    std::uint64_t base = report::forever;
    for (const report::Region& region : heap_.regions) base = std::min(base, region.address);
    if (heap_.regions.empty()) return;
    for (report::Region& region : heap_.regions) region.address -= base;
    for (report::Placement& block : heap_.placements) block.address -= base;
    for (Walk& walk : walks_)
      for (WalkedSpan& span : walk.spans) span.address -= base;
    if (worst_)
      for (WalkedSpan& span : worst_->spans) span.address -= base;
  }

  void add_snapshots() {
    for (const WalkPlan::Wanted& wanted : plan_.wanted()) {
      const std::uint64_t operations = index_.operations_at(wanted.at);
      const auto walk = std::find_if(walks_.begin(), walks_.end(), [&](const Walk& candidate) {
        return candidate.operations == operations;
      });
      add_snapshot(wanted.at, wanted.label,
                   walk == walks_.end() ? std::vector<WalkedSpan>{} : walk->spans);
    }
    if (worst_) add_snapshot(index_.event_at(worst_->operations), "worst", worst_->spans);
    std::stable_sort(
        heap_.snapshots.begin(), heap_.snapshots.end(),
        [](const report::Snapshot& a, const report::Snapshot& b) { return a.at < b.at; });
  }

  /// A foreign region is opaque, where the walk does not say better.
  void add_snapshot(Event at, const std::string& label, const std::vector<WalkedSpan>& walked) {
    report::Snapshot snapshot{at, label, walked};
    for (const report::Region& region : heap_.regions) {
      if (region.own || !region.stands_at(at)) continue;
      add_opaque(region, region.size_at(at), walked, snapshot.spans);
    }
    const auto is_below = [](const WalkedSpan& a, const WalkedSpan& b) {
      return a.address < b.address;
    };
    const auto opaque = snapshot.spans.begin() + static_cast<std::ptrdiff_t>(walked.size());
    std::sort(opaque, snapshot.spans.end(), is_below);
    std::inplace_merge(snapshot.spans.begin(), opaque, snapshot.spans.end(), is_below);
    heap_.snapshots.push_back(std::move(snapshot));
  }

  static void add_opaque(const report::Region& region, std::uint64_t size,
                         const std::vector<WalkedSpan>& walked, std::vector<WalkedSpan>& spans) {
    std::uint64_t from = region.address;
    const std::uint64_t end = region.address + size;
    const auto put = [&](std::uint64_t to) {
      if (from < to)
        spans.push_back({from, to - from, report::SpanKind::opaque, region.node, 0, 0});
    };
    auto next = std::lower_bound(walked.begin(), walked.end(), from,
                                 [](const WalkedSpan& span, std::uint64_t value) {
                                   return span.address + span.size <= value;
                                 });
    for (; next != walked.end() && next->address < end; ++next) {
      put(next->address);
      from = next->address + next->size;
    }
    put(end);
  }

  const WalkPlan& plan_;
  std::vector<LinkTraits> traits_;
  const WorkloadView& workload_;
  const TraceIndex& index_;
  std::vector<Event> walk_events_;  ///< just after which the heap was walked
  report::Heap heap_;
  std::vector<DatedFigures> figures_;
  std::vector<Walk> walks_;
  std::optional<Walk> worst_;
};

}  // namespace

WalkPlan::WalkPlan(const WorkloadFacts& facts, const TraceIndex& index,
                   const std::vector<std::uint64_t>& asked) {
  std::map<std::uint64_t, bool> walks;  // operations, and whether the walk is whole
  const std::uint64_t operations = facts.operations();
  for (std::uint64_t i = 0; i <= spread_walks; ++i)
    walks.emplace(operations / spread_walks * i + operations % spread_walks * i / spread_walks,
                  false);
  wanted_.push_back({index.event_at(facts.peak_operation + 1), "peak"});
  wanted_.push_back({index.event_at(operations), "end"});
  const auto markers = index.markers();
  for (std::size_t i = 0; i < std::min(markers.size(), max_markers); ++i)
    wanted_.push_back({markers[i].event, fmt::format("marker {}", markers[i].label)});
  for (const std::uint64_t event : asked)
    wanted_.push_back({event, fmt::format("event {}", event)});
  std::stable_sort(wanted_.begin(), wanted_.end(),
                   [](const Wanted& a, const Wanted& b) { return a.at < b.at; });
  for (const Wanted& wanted : wanted_) walks[index.operations_at(wanted.at)] = true;
  for (const auto& [at, whole] : walks) walks_.push_back({at, whole ? 1U : 0U});
}

std::vector<LinkTraits> traits_of(const chain::Chain& chain) {
  std::vector<LinkTraits> traits;
  collect_traits(chain.root(), false, traits);
  return traits;
}

base::Result<report::Heap> assemble_heap(HistoryFile& history, std::uint64_t grants,
                                         const WalkPlan& plan, const chain::Chain& chain,
                                         const WorkloadView& workload, const TraceIndex& index) {
  return Assembly(plan, chain, workload, index).run(history, grants);
}

}  // namespace heapatlas::replay
