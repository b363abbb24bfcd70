// The members of every part of the document, in the order of the file: the one place that the
// writer and the reader take them from.
//
// describe(visit, part) calls visit("name", member) for each. An optional member may be null; an
// OrNull is null when it has one certain value. A Table is an object of equally long lists, one for
// each column that columns_of names, and their length as `count`.
#pragma once

#include <array>
#include <concepts>
#include <optional>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/report/document.hpp"

namespace heapatlas::report {

/// T, const or not.
template <class U, class T>
concept PartOf = std::same_as<std::remove_const_t<U>, T>;

/// A number that is null in the file when it is `null`.
template <class T>
struct OrNull {
  T& value;
  std::remove_const_t<T> null;
};
template <class T>
OrNull(T&, std::remove_const_t<T>) -> OrNull<T>;

/// Rows that the file holds as columns. Rows is a vector, const or not.
template <class Rows>
struct Table {
  Rows& rows;
};
template <class Rows>
Table(Rows&) -> Table<Rows>;

/// One column of a table.
template <class Row, class Value>
struct Column {
  const char* name;
  Value Row::*member;
  std::optional<Value> null = {};  ///< the value that is null in the file
};
template <class Row, class Value>
Column(const char*, Value Row::*) -> Column<Row, Value>;
template <class Row, class Value>
Column(const char*, Value Row::*, std::optional<Value>) -> Column<Row, Value>;

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_or_null = false;
template <class T>
inline constexpr bool is_or_null<OrNull<T>> = true;
template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
template <class T>
inline constexpr bool is_table = false;
template <class Rows>
inline constexpr bool is_table<Table<Rows>> = true;

/// The texts of an enumeration's values, in their order.
template <class T>
inline constexpr std::array<std::string_view, 0> texts_of{};
template <>
inline constexpr std::array<std::string_view, 7> texts_of<SpanKind>{
    "used", "free", "metadata", "padding", "cached", "reserved", "opaque"};
template <>
inline constexpr std::array<std::string_view, 4> texts_of<Unit>{"bytes", "count", "share",
                                                                "nanoseconds"};

template <class F>
void describe(F&& visit, PartOf<Environment> auto& part) {
  visit("heapatlas", part.heapatlas);
  visit("compiler", part.compiler);
  visit("build_type", part.build_type);
  visit("processor", part.processor);
  visit("cores", part.cores);
  visit("kernel", part.kernel);
  visit("c_library", part.c_library);
  visit("transparent_huge_pages", part.transparent_huge_pages);
}

template <class F>
void describe(F&& visit, PartOf<TraceIdentity> auto& part) {
  visit("name", part.name);
  visit("checksum", part.checksum);
  visit("program", part.program);
  visit("command", part.command);
  visit("events", part.events);
  visit("operations", part.operations);
  visit("allocations", part.allocations);
  visit("resizes", part.resizes);
  visit("frees", part.frees);
  visit("threads", part.threads);
  visit("peak_live_bytes", part.peak_live_bytes);
  visit("peak_live_objects", part.peak_live_objects);
  visit("final_live_objects", part.final_live_objects);
  visit("exact_identity", part.exact_identity);
  visit("recovery", part.recovery);
}

template <class F>
void describe(F&& visit, PartOf<Settings> auto& part) {
  visit("order", part.order);
  visit("touch", part.touch);
  visit("natural_alignment_bytes", part.natural_alignment_bytes);
  visit("samples", part.samples);
  visit("warm_passes", part.warm_passes);
  visit("core", part.core);
}

template <class F>
void describe(F&& visit, PartOf<Sample> auto& part) {
  visit("cold_ns_per_operation", part.cold_ns_per_operation);
  visit("warm_ns_per_operation", part.warm_ns_per_operation);
  visit("cold_wall_ns_per_operation", part.cold_wall_ns_per_operation);
  visit("warm_wall_ns_per_operation", part.warm_wall_ns_per_operation);
  visit("cold_page_faults", part.cold_page_faults);
}

template <class F>
void describe(F&& visit, PartOf<Ratio> auto& part) {
  visit("value", part.value);
  visit("low", part.low);
  visit("high", part.high);
  visit("verdict", part.verdict);
}

template <class F>
void describe(F&& visit, PartOf<Figures> auto& part) {
  visit("ns_per_operation", part.ns_per_operation);
  visit("cold_ns_per_operation", part.cold_ns_per_operation);
  visit("wall_ns_per_operation", part.wall_ns_per_operation);
  visit("operations_per_second", part.operations_per_second);
  visit("relative_spread", part.relative_spread);
  visit("two_modes", part.two_modes);
  visit("null_ns_per_operation", part.null_ns_per_operation);
  visit("null_share", part.null_share);
  visit("ratio_to_system", part.ratio_to_system);
  visit("cold_page_faults", part.cold_page_faults);
  visit("peak_footprint_bytes", part.peak_footprint_bytes);
  visit("footprint_at_peak_live_bytes", part.footprint_at_peak_live_bytes);
  visit("final_footprint_bytes", part.final_footprint_bytes);
  visit("peak_footprint_over_peak_live", part.peak_footprint_over_peak_live);
}

template <class F>
void describe(F&& visit, PartOf<Failures> auto& part) {
  visit("allocations", part.allocations);
  visit("resizes", part.resizes);
  visit("skipped", part.skipped);
}

template <class F>
void describe(F&& visit, PartOf<Link> auto& part) {
  visit("node", part.node);
  visit("chain", part.chain);
  visit("answered", part.answered);
  visit("answered_bytes", part.answered_bytes);
  visit("refused_allocations", part.refused_allocations);
  visit("refused_resizes", part.refused_resizes);
  visit("peak_bytes", part.peak_bytes);
}

template <class F>
void describe(F&& visit, PartOf<Fault> auto& part) {
  visit("what", part.what);
  visit("event", part.event);
  visit("object", part.object);
}

template <class F>
void describe(F&& visit, PartOf<Verification> auto& part) {
  visit("passed", part.passed);
  visit("fault", part.fault);
}

template <class F>
void describe(F&& visit, PartOf<Trouble> auto& part) {
  visit("kind", part.kind);
  visit("pass", part.pass);
  visit("what", part.what);
}

template <class F>
void describe(F&& visit, PartOf<Extent> auto& part) {
  visit("from", part.from);
  visit("size", part.size);
}

template <class F>
void describe(F&& visit, PartOf<Region> auto& part) {
  visit("address", part.address);
  visit("extents", part.extents);
  visit("death", OrNull{part.death, forever});
  visit("node", part.node);
  visit("own", part.own);
}

/// The file's offset stands in `address` until the heap is whole: it counts from the region.
template <class F>
void columns_of(F&& visit, std::type_identity<Placement>) {
  visit(Column{"birth", &Placement::birth});
  visit(Column{"death", &Placement::death, std::optional{forever}});
  visit(Column{"region", &Placement::region});
  visit(Column{"offset", &Placement::address});
  visit(Column{"requested", &Placement::requested});
  visit(Column{"granted", &Placement::granted});
  visit(Column{"node", &Placement::node});
  visit(Column{"thread", &Placement::thread, std::optional{unknown}});
  visit(Column{"site", &Placement::site, std::optional{unknown}});
}

template <class F>
void columns_of(F&& visit, std::type_identity<WalkedSpan>) {
  visit(Column{"address", &WalkedSpan::address});
  visit(Column{"size", &WalkedSpan::size});
  visit(Column{"kind", &WalkedSpan::kind});
  visit(Column{"node", &WalkedSpan::node});
  visit(Column{"blocks", &WalkedSpan::blocks});
  visit(Column{"requested", &WalkedSpan::requested});
}

template <class F>
void describe(F&& visit, PartOf<Snapshot> auto& part) {
  visit("at", part.at);
  visit("label", part.label);
  visit("spans", Table{part.spans});
}

template <class F>
void describe(F&& visit, PartOf<Series> auto& part) {
  visit("name", part.name);
  visit("unit", part.unit);
  visit("at", part.at);
  visit("value", part.value);
}

template <class F>
void describe(F&& visit, PartOf<Heap> auto& part) {
  visit("events", part.events);
  visit("nodes", part.nodes);
  visit("threads", part.threads);
  visit("sites", part.sites);
  visit("regions", part.regions);
  visit("placements", Table{part.placements});
  visit("snapshots", part.snapshots);
  visit("series", part.series);
}

template <class F>
void describe(F&& visit, PartOf<FreeRuns> auto& part) {
  visit("at_least", part.at_least);
  visit("runs", part.runs);
  visit("bytes", part.bytes);
}

template <class F>
void describe(F&& visit, PartOf<SpanFigures> auto& part) {
  visit("used_bytes", part.used_bytes);
  visit("free_bytes", part.free_bytes);
  visit("metadata_bytes", part.metadata_bytes);
  visit("padding_bytes", part.padding_bytes);
  visit("cached_bytes", part.cached_bytes);
  visit("reserved_bytes", part.reserved_bytes);
  visit("opaque_bytes", part.opaque_bytes);
  visit("free_runs", part.free_runs);
  visit("largest_free_bytes", part.largest_free_bytes);
  visit("external_fragmentation", part.external_fragmentation);
  visit("free_run_histogram", part.free_run_histogram);
}

template <class F>
void describe(F&& visit, PartOf<SnapshotFigures> auto& part) {
  visit("at", part.at);
  visit("label", part.label);
  visit("live_blocks", part.live_blocks);
  visit("live_bytes", part.live_bytes);
  visit("granted_bytes", part.granted_bytes);
  visit("committed_bytes", part.committed_bytes);
  visit("spans", part.spans);
}

template <class F>
void describe(F&& visit, PartOf<WasteClass> auto& part) {
  visit("at_least", part.at_least);
  visit("blocks", part.blocks);
  visit("requested_bytes", part.requested_bytes);
  visit("granted_bytes", part.granted_bytes);
}

template <class F>
void describe(F&& visit, PartOf<ReuseDistance> auto& part) {
  visit("at_least", part.at_least);
  visit("blocks", part.blocks);
}

template <class F>
void describe(F&& visit, PartOf<HeapFigures> auto& part) {
  visit("blocks", part.blocks);
  visit("requested_bytes", part.requested_bytes);
  visit("granted_bytes", part.granted_bytes);
  visit("peak_live_event", part.peak_live_event);
  visit("peak_live_bytes", part.peak_live_bytes);
  visit("peak_live_blocks", part.peak_live_blocks);
  visit("peak_committed_bytes", part.peak_committed_bytes);
  visit("internal_waste", part.internal_waste);
  visit("churn", part.churn);
  visit("fresh_blocks", part.fresh_blocks);
  visit("waste_by_size", part.waste_by_size);
  visit("address_reuse_distance", part.address_reuse_distance);
  visit("snapshots", part.snapshots);
}

template <class F>
void describe(F&& visit, PartOf<Run> auto& part) {
  visit("trace", part.trace);
  visit("chain", part.chain);
  visit("implementation", part.implementation);
  visit("settings", part.settings);
  visit("figures", part.figures);
  visit("samples", part.samples);
  visit("failures", part.failures);
  visit("links", part.links);
  visit("verification", part.verification);
  visit("trouble", part.trouble);
  visit("heap", part.heap);
  visit("heap_figures", part.heap_figures);
}

template <class F>
void describe(F&& visit, PartOf<Document> auto& part) {
  visit("environment", part.environment);
  visit("runs", part.runs);
}

}  // namespace heapatlas::report
