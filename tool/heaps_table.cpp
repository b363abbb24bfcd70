#include "tool/heaps_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "tool/table_cells.hpp"
#include "tool/terminal.hpp"

namespace heapatlas::tool {
namespace {

constexpr std::string_view heaps_legend =
    "  frag worst    external fragmentation, 1 - largest free / all free memory, where it was "
    "worst\n"
    "  frag peak     the same when the most bytes were live; lower is better\n"
    "  largest free  the largest request that could be met then without more memory from the "
    "system\n"
    "  granted/req   bytes granted over bytes requested, of all blocks; lower is better\n"
    "  metadata      what the allocator kept for itself then; lower is better\n"
    "                (- what an allocator from elsewhere does not show)\n"
    "`heapatlas explain metric NAME` defines each of them.\n";

const report::SnapshotFigures* snapshot_of(const report::HeapFigures& heap,
                                           std::string_view label) {
  const auto found = std::find_if(heap.snapshots.begin(), heap.snapshots.end(),
                                  [&](const auto& snapshot) { return snapshot.label == label; });
  return found != heap.snapshots.end() ? &*found : nullptr;
}

/// Of an allocator that shows its heap; nothing of another.
std::optional<double> fragmentation_at(const report::HeapFigures& heap, std::string_view label) {
  const report::SnapshotFigures* snapshot = snapshot_of(heap, label);
  return snapshot != nullptr ? snapshot->spans.external_fragmentation : std::nullopt;
}

}  // namespace

std::string heaps_table(std::span<const report::Run> runs, std::size_t chain_width) {
  Table table({"heap", "frag worst", "frag peak", "largest free", "granted/req", "metadata"});
  bool any = false;
  for (const report::Run& run : runs) {
    if (!run.heap_figures) continue;
    any = true;
    const report::HeapFigures& heap = *run.heap_figures;
    const report::SnapshotFigures* peak = snapshot_of(heap, "peak");
    const bool seen = peak != nullptr && peak->spans.used_bytes + peak->spans.free_bytes > 0;
    table.add(
        {cut(run.chain, chain_width), shown(fragmentation_at(heap, "worst"), percent),
         shown(fragmentation_at(heap, "peak"), percent),
         seen ? human_bytes(peak->spans.largest_free_bytes) : no_figure,
         shown(heap.internal_waste, [](double value) { return fmt::format("{:.3f}", value); }),
         seen ? human_bytes(peak->spans.metadata_bytes) : no_figure});
  }
  return any ? fmt::format("\n{}{}", table.text(), heaps_legend) : std::string();
}

}  // namespace heapatlas::tool
