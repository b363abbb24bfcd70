#include "core/report/metrics.hpp"

#include <algorithm>
#include <array>

namespace heapatlas::report {
namespace {

using enum Better;

constexpr std::array table = {
    // speed
    Metric{
        "ns_per_operation", "ns", lower,
        "processor time of one allocation, resize or free, once the heap is warm",
        "median over the samples of: a warm pass's processor time / its operations",
        "What the program pays for each call, the replay loop's own part included. It holds the "
        "cost of touching new memory as far as --touch asks for it.",
        "Compare chains by ratio_to_system, which has an interval; look at the links' counts for "
        "requests that fall through to a slow one.",
        "figures.ns_per_operation"},
    Metric{"cold_ns_per_operation", "ns", lower,
           "processor time of one operation in a new process's first pass",
           "median over the samples of: the first pass's processor time / its operations",
           "What a short-lived program sees: memory comes from the system for the first time, and "
           "page faults are part of it.",
           "Fewer, larger regions, or memory that is committed ahead of time.",
           "figures.cold_ns_per_operation"},
    Metric{"wall_ns_per_operation", "ns", lower,
           "time by the clock of one operation, once the heap is warm",
           "median over the samples of: a warm pass's time by the clock / its operations",
           "Far above ns_per_operation, the machine was busy with something else, or the allocator "
           "waited for the system.",
           "Measure again on a quiet machine before believing a difference.",
           "figures.wall_ns_per_operation"},
    Metric{"operations_per_second", "1/s", higher, "operations in a second of processor time",
           "10^9 / ns_per_operation", "The same as ns_per_operation, as a rate.", "",
           "figures.operations_per_second"},
    Metric{"relative_spread", "ratio", lower, "how far the samples lie apart",
           "(third quartile - first quartile) / 2 / median, of the samples' ns_per_operation",
           "Above some 5% the machine or the allocator is unsteady; differences smaller than that "
           "mean nothing.",
           "More --samples; a quiet machine; two_modes says whether there are two kinds of runs.",
           "figures.relative_spread"},
    Metric{
        "two_modes", "yes or no", neither, "the samples fall into two groups",
        "the best split in two explains nine tenths of the variance, each side holds a quarter of "
        "the samples, their means lie more than 5% apart",
        "The allocator behaves in two ways, often by where its memory came to lie; a median of "
        "both describes neither.",
        "Look at runs[].samples; huge pages and address randomisation are the usual causes.",
        "figures.two_modes"},
    Metric{"null_ns_per_operation", "ns", neither, "what the replay loop itself takes",
           "ns_per_operation with an allocator that only hands out addresses",
           "The floor of what can be measured.", "", "figures.null_ns_per_operation"},
    Metric{"null_share", "ratio", lower, "the replay loop's part of the time",
           "null_ns_per_operation / ns_per_operation",
           "Near 1, the allocator is too fast for this harness to say much of.", "",
           "figures.null_share"},
    Metric{"ratio_to_system", "ratio", lower, "time over that of system malloc in the same report",
           "ns_per_operation / system malloc's, with a 95% bootstrap interval",
           "Below 1 is faster than system malloc. When the interval holds 1, no difference was "
           "detected.",
           "", "figures.ratio_to_system"},
    // memory, from outside
    Metric{"cold_page_faults", "count", lower, "page faults of a new process's first pass",
           "median over the samples of: faults during the first pass",
           "Each takes the kernel's time, which is part of cold_ns_per_operation.",
           "Reuse memory before asking for more; larger pages.", "figures.cold_page_faults"},
    Metric{"peak_footprint", "bytes", lower, "most resident memory at any time",
           "the highest growth of resident memory beyond the harness, every page of every block "
           "touched",
           "What the machine must have for the program's heap.",
           "See peak_footprint_over_peak_live for how much of it the program asked for.",
           "figures.peak_footprint_bytes"},
    Metric{"footprint_at_peak_live", "bytes", lower, "resident memory when the program holds most",
           "resident memory at peak_live_event",
           "Less than peak_footprint when the allocator grew later than the program did.", "",
           "figures.footprint_at_peak_live_bytes"},
    Metric{"final_footprint", "bytes", lower, "resident memory at the trace's end",
           "the growth of resident memory after the last event",
           "What the allocator keeps beyond live_bytes at the end it did not give back.",
           "An allocator that trims, or a chain whose parts are reset.",
           "figures.final_footprint_bytes"},
    Metric{"peak_footprint_over_peak_live", "ratio", lower,
           "memory used for each byte that the program needed",
           "peak_footprint / peak live bytes, each at its own peak",
           "The classic figure of fragmentation: 1 is perfect; 1.5 means half as much again for "
           "headers, rounding, free space and what was not given back.",
           "internal_waste, metadata and external_fragmentation say which of them it is.",
           "figures.peak_footprint_over_peak_live"},
    // the heap's inside
    Metric{"live", "bytes", neither, "bytes that the program holds",
           "sum of the requested sizes of the blocks that live at an event",
           "It is the program's doing and the same for every chain.", "",
           "heap_figures.peak_live_bytes heap_figures.peak_live_event "
           "heap_figures.snapshots.live_bytes series:live"},
    Metric{"live_blocks", "count", neither, "blocks that the program holds",
           "number of the blocks that live at an event",
           "Many small ones make headers and rounding dear.", "",
           "heap_figures.peak_live_blocks heap_figures.snapshots.live_blocks series:live_blocks"},
    Metric{
        "requested", "bytes", neither, "bytes that the program asked for, all told",
        "sum of the requested sizes of all blocks that ever lived; a resize counts as a new block",
        "The trace's volume: see churn.", "", "heap_figures.requested_bytes heap_figures.blocks"},
    Metric{"granted", "bytes", lower, "bytes that the allocator gave to blocks",
           "sum of the granted sizes of the blocks that live at an event, or of all blocks",
           "What it gives beyond live bytes is internal waste.",
           "Size classes that fit the program's sizes: see waste_by_size.",
           "heap_figures.granted_bytes heap_figures.snapshots.granted_bytes series:granted"},
    Metric{"committed", "bytes", lower, "memory that the chain holds from its source",
           "sum of the sizes of all regions at an event",
           "The heap as the system sees it, used or not.",
           "Look at free and cached: memory that is held and could be given back.",
           "heap_figures.peak_committed_bytes heap_figures.snapshots.committed_bytes "
           "series:committed"},
    Metric{"reserved", "bytes", neither, "address space that is held without memory behind it",
           "sum of the reserved spans of a walk",
           "It costs next to nothing, but on small address spaces it can run out.", "",
           "heap_figures.snapshots.spans.reserved_bytes series:reserved"},
    Metric{"used", "bytes", neither, "bytes in live blocks, as the allocator sees them",
           "sum of the used spans of a walk",
           "It equals granted when the allocator knows where each block ends.", "",
           "heap_figures.snapshots.spans.used_bytes"},
    Metric{"free", "bytes", lower, "bytes that can serve a request",
           "sum of the free spans of a walk",
           "Held and idle. external_fragmentation says whether it is of use.",
           "Trimming; a first link of fixed size that fits the steady state.",
           "heap_figures.snapshots.spans.free_bytes heap_figures.snapshots.spans.free_runs "
           "series:free"},
    Metric{"cached", "bytes", lower, "bytes that were freed and are kept for one purpose",
           "sum of the cached spans of a walk",
           "A size class or a thread has them; other requests cannot.",
           "Smaller caches, or size classes that the program uses throughout.",
           "heap_figures.snapshots.spans.cached_bytes"},
    Metric{
        "padding", "bytes", lower, "bytes lost between blocks to alignment",
        "sum of the padding spans of a walk", "It comes back when the neighbouring block is freed.",
        "Ask for no more alignment than is needed; serve the aligned ones from a link of theirs.",
        "heap_figures.snapshots.spans.padding_bytes"},
    Metric{"metadata", "bytes", lower, "bytes that the allocator needs for itself",
           "sum of the metadata spans of a walk: headers, tags, bitmaps, tables",
           "With many small blocks the largest cost after rounding.",
           "Serve small blocks from an allocator without headers (slab, stalloc).",
           "heap_figures.snapshots.spans.metadata_bytes series:metadata"},
    Metric{"opaque", "bytes", neither, "bytes of which nothing is known",
           "sum of the opaque spans of a walk",
           "A foreign allocator's memory between its blocks: it may be free, or its own.", "",
           "heap_figures.snapshots.spans.opaque_bytes"},
    Metric{"external_fragmentation", "ratio", lower,
           "the part of the free memory that the largest request cannot have",
           "1 - largest_free / free; absent when nothing is free",
           "0: all free memory is in one run. 0.9: a request for a tenth of what is free fails or "
           "makes the heap grow.",
           "Part long-lived from short-lived blocks and small from large ones (segregate, slab, "
           "bump); see the map at the worst instant.",
           "heap_figures.snapshots.spans.external_fragmentation series:external_fragmentation"},
    Metric{"largest_free", "bytes", higher, "the largest request that can be met without growing",
           "the largest free span of a walk; headers and alignment take their part of it",
           "A heap of fixed size fails the first request beyond it, however much is free in all.",
           "As for external_fragmentation.",
           "heap_figures.snapshots.spans.largest_free_bytes series:largest_free"},
    Metric{"free_run_histogram", "count by size", neither, "how the free memory is cut up",
           "free spans and their bytes, by powers of two of their size",
           "Many runs below the program's usual sizes are dust: nobody can use them.",
           "Dust from rounding: coarser size classes. Dust from lifetimes: part them.",
           "heap_figures.snapshots.spans.free_run_histogram"},
    Metric{"internal_waste", "ratio", lower, "bytes given for each byte asked for",
           "granted / requested, over all blocks that ever lived; absent without blocks",
           "1 is perfect; 1.25 means that a fifth of the memory in blocks is rounding.",
           "waste_by_size names the sizes; give them a class of their own.",
           "heap_figures.internal_waste"},
    Metric{"waste_by_size", "bytes by size", lower, "which sizes the rounding is lost on",
           "blocks, requested and granted bytes, by powers of two of the requested size",
           "The bin with the most granted less requested bytes is where to begin.",
           "A slab of that bin's most common size, or a finer granule.",
           "heap_figures.waste_by_size"},
    Metric{"churn", "ratio", neither, "how often the heap's content is replaced",
           "requested bytes of all blocks / peak live bytes; absent without blocks",
           "Near 1 the program allocates once and keeps; in the thousands it lives on temporaries, "
           "and the allocator's speed matters more than its packing.",
           "High churn with short lives: bump or free_list ahead of the general allocator.",
           "heap_figures.churn"},
    Metric{"address_reuse_distance", "events", lower,
           "how long an address lies idle before the next block begins there",
           "events from a block's death to the next birth at its address, by powers of two; "
           "fresh_blocks had no one before them; a resize in place is no reuse",
           "Short distances find their memory still in the processor's cache; many fresh blocks "
           "mean a heap that spreads.",
           "Allocators that reuse the latest block first (free_list, slab).",
           "heap_figures.address_reuse_distance heap_figures.fresh_blocks"},
};

/// Whether a place's last part is this name.
bool names(std::string_view places, std::string_view name) {
  while (!places.empty()) {
    const std::string_view place = places.substr(0, places.find(' '));
    if (place.substr(place.find_last_of(".:") + 1) == name) return true;
    places.remove_prefix(std::min(places.size(), place.size() + 1));
  }
  return false;
}

}  // namespace

std::span<const Metric> metrics() {
  return table;
}

const Metric* find_metric(std::string_view name) {
  auto found = std::find_if(table.begin(), table.end(),
                            [name](const Metric& metric) { return metric.name == name; });
  if (found == table.end())
    found = std::find_if(table.begin(), table.end(),
                         [name](const Metric& metric) { return names(metric.places, name); });
  return found != table.end() ? &*found : nullptr;
}

std::string_view in_words(Better better) {
  switch (better) {
    case lower:
      return "lower is better";
    case higher:
      return "higher is better";
    case neither:
      break;
  }
  return "neither high nor low is better";
}

}  // namespace heapatlas::report
