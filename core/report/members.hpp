// The members of every part of the document, in the order of the file: the one place that the
// writer and the reader take them from.
//
// describe(visit, part) calls visit("name", member) for each; an optional member may be null.
#pragma once

#include <concepts>
#include <type_traits>

#include "core/report/document.hpp"

namespace heapatlas::report {

/// T, const or not.
template <class U, class T>
concept PartOf = std::same_as<std::remove_const_t<U>, T>;

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
}

template <class F>
void describe(F&& visit, PartOf<Document> auto& part) {
  visit("environment", part.environment);
  visit("runs", part.runs);
}

}  // namespace heapatlas::report
