#include "core/report/heap_figures.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace heapatlas::report {
namespace {

/// Bins by powers of two: bin b holds values of bit width b + 1.
template <class Bin>
class Histogram {
 public:
  Bin& bin_of(std::uint64_t value) {
    const auto bin = static_cast<unsigned>(std::bit_width(value | 1)) - 1;
    bins_[bin].at_least = std::uint64_t{1} << bin;
    return bins_[bin];
  }

  [[nodiscard]] std::vector<Bin> filled() const {
    std::vector<Bin> filled;
    std::copy_if(bins_.begin(), bins_.end(), std::back_inserter(filled),
                 [](const Bin& bin) { return bin.at_least != 0; });
    return filled;
  }

 private:
  std::array<Bin, 64> bins_{};
};

std::optional<double> ratio(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

/// What changes at an event.
struct Step {
  Event at;
  std::uint64_t bytes;
};

bool earlier(const Step& a, const Step& b) {
  return a.at < b.at;
}

/// Calls visit(event, bytes, pieces) at every event at which something came or went, with what is
/// there just after it. `came` and `went` ascend.
template <class F>
void sweep(const std::vector<Step>& came, const std::vector<Step>& went, F&& visit) {
  std::uint64_t bytes = 0;
  std::uint64_t pieces = 0;
  auto gone = went.begin();
  auto here = came.begin();
  while (here != came.end() || gone != went.end()) {
    const Event at = here == came.end()   ? gone->at
                     : gone == went.end() ? here->at
                                          : std::min(here->at, gone->at);
    for (; here != came.end() && here->at == at; ++here, ++pieces) bytes += here->bytes;
    for (; gone != went.end() && gone->at == at; ++gone, --pieces) bytes -= gone->bytes;
    visit(at, bytes, pieces);
  }
}

void find_peak_live(const Placements& placements, HeapFigures& figures) {
  std::vector<Step> came;
  std::vector<Step> went;
  came.reserve(placements.size());
  for (const Placement& one : placements) {
    came.push_back({one.birth, one.requested});
    if (one.death != forever) went.push_back({one.death, one.requested});
  }
  std::sort(went.begin(), went.end(), earlier);
  sweep(came, went, [&](Event at, std::uint64_t bytes, std::uint64_t blocks) {
    if (bytes <= figures.peak_live_bytes) return;
    figures.peak_live_event = at;
    figures.peak_live_bytes = bytes;
    figures.peak_live_blocks = blocks;
  });
}

void find_peak_committed(const std::vector<Region>& regions, HeapFigures& figures) {
  std::vector<Step> came;
  std::vector<Step> went;
  for (const Region& region : regions) {
    for (std::size_t i = 0; i < region.extents.size(); ++i) {
      const bool last = i + 1 == region.extents.size();
      const Event end = last ? region.death : std::min(region.extents[i + 1].from, region.death);
      if (end <= region.extents[i].from) continue;
      came.push_back({region.extents[i].from, region.extents[i].size});
      if (end != forever) went.push_back({end, region.extents[i].size});
    }
  }
  std::sort(came.begin(), came.end(), earlier);
  std::sort(went.begin(), went.end(), earlier);
  sweep(came, went, [&](Event, std::uint64_t bytes, std::uint64_t) {
    figures.peak_committed_bytes = std::max(figures.peak_committed_bytes, bytes);
  });
}

void sum_sizes(const Placements& placements, HeapFigures& figures) {
  Histogram<WasteClass> classes;
  for (const Placement& one : placements) {
    figures.requested_bytes += one.requested;
    figures.granted_bytes += one.granted;
    WasteClass& bin = classes.bin_of(one.requested);
    ++bin.blocks;
    bin.requested_bytes += one.requested;
    bin.granted_bytes += one.granted;
  }
  figures.waste_by_size = classes.filled();
}

/// A block that begins at the event at which another ended at its address is that block, resized.
void find_reuse(const Placements& placements, HeapFigures& figures) {
  struct Life {
    std::uint64_t address;
    Event birth;
    Event death;
  };
  std::vector<Life> lives;
  lives.reserve(placements.size());
  for (const Placement& one : placements) lives.push_back({one.address, one.birth, one.death});
  std::sort(lives.begin(), lives.end(), [](const Life& a, const Life& b) {
    return std::pair(a.address, a.birth) < std::pair(b.address, b.birth);
  });
  Histogram<ReuseDistance> distances;
  for (std::size_t i = 0; i < lives.size(); ++i) {
    if (i == 0 || lives[i - 1].address != lives[i].address)
      ++figures.fresh_blocks;
    else if (lives[i - 1].death < lives[i].birth)
      ++distances.bin_of(lives[i].birth - lives[i - 1].death).blocks;
  }
  figures.address_reuse_distance = distances.filled();
}

SnapshotFigures snapshot_figures(const Heap& heap, const Snapshot& snapshot) {
  SnapshotFigures figures;
  figures.at = snapshot.at;
  figures.label = snapshot.label;
  for (const Placement& one : heap.placements) {
    if (one.birth > snapshot.at) break;
    if (!one.lives_at(snapshot.at)) continue;
    ++figures.live_blocks;
    figures.live_bytes += one.requested;
    figures.granted_bytes += one.granted;
  }
  figures.spans = span_figures(snapshot.spans);
  for (const Region& region : heap.regions) figures.committed_bytes += region.size_at(snapshot.at);
  return figures;
}

}  // namespace

SpanFigures span_figures(std::span<const WalkedSpan> spans) {
  SpanFigures figures;
  std::array<std::uint64_t, 7> bytes{};
  Histogram<FreeRuns> runs;
  for (const WalkedSpan& span : spans) {
    bytes[static_cast<std::size_t>(span.kind)] += span.size;
    if (span.kind != SpanKind::free) continue;
    ++figures.free_runs;
    figures.largest_free_bytes = std::max(figures.largest_free_bytes, span.size);
    FreeRuns& bin = runs.bin_of(span.size);
    ++bin.runs;
    bin.bytes += span.size;
  }
  const auto of = [&](SpanKind kind) { return bytes[static_cast<std::size_t>(kind)]; };
  figures.used_bytes = of(SpanKind::used);
  figures.free_bytes = of(SpanKind::free);
  figures.metadata_bytes = of(SpanKind::metadata);
  figures.padding_bytes = of(SpanKind::padding);
  figures.cached_bytes = of(SpanKind::cached);
  figures.reserved_bytes = of(SpanKind::reserved);
  figures.opaque_bytes = of(SpanKind::opaque);
  if (const auto largest = ratio(figures.largest_free_bytes, figures.free_bytes))
    figures.external_fragmentation = 1 - *largest;
  figures.free_run_histogram = runs.filled();
  return figures;
}

HeapFigures heap_figures(const Heap& heap) {
  HeapFigures figures;
  figures.blocks = heap.placements.size();
  sum_sizes(heap.placements, figures);
  find_peak_live(heap.placements, figures);
  find_peak_committed(heap.regions, figures);
  find_reuse(heap.placements, figures);
  figures.internal_waste = ratio(figures.granted_bytes, figures.requested_bytes);
  figures.churn = ratio(figures.requested_bytes, figures.peak_live_bytes);
  for (const Snapshot& snapshot : heap.snapshots)
    figures.snapshots.push_back(snapshot_figures(heap, snapshot));
  return figures;
}

}  // namespace heapatlas::report
