#include <nlohmann/json.hpp>

#include "tool/info/portrait.hpp"

namespace heapatlas::tool {
namespace {

using Json = nlohmann::ordered_json;

Json provenance(const trace::TraceInfo& info) {
  const trace::Fidelity& fidelity = info.fidelity;
  return {{"program", info.program},
          {"command", info.command},
          {"origin", info.origin},
          {"machine", info.machine},
          {"system", info.system},
          {"recorded_at", info.recorded_at == 0 ? Json() : Json(info.recorded_at)},
          {"time_unit_ns", info.time_unit},
          {"fidelity",
           {{"threads", fidelity.threads},
            {"alignment", fidelity.alignment},
            {"realloc", fidelity.realloc},
            {"zeroing", fidelity.zeroing},
            {"times", fidelity.times},
            {"identity", fidelity.exact_identity ? "exact" : "approximate"}}}};
}

Json totals_of(const Portrait& portrait) {
  const trace::Totals& totals = portrait.profile.totals();
  const bool timed = portrait.info.fidelity.times;
  return {{"events", totals.events},
          {"allocate", totals.count(trace::EventKind::allocate)},
          {"resize", totals.count(trace::EventKind::resize)},
          {"free", totals.count(trace::EventKind::free)},
          {"thread_start", totals.count(trace::EventKind::thread_start)},
          {"thread_exit", totals.count(trace::EventKind::thread_exit)},
          {"marker", totals.count(trace::EventKind::marker)},
          {"threads", totals.threads},
          {"duration_ns", timed ? Json(totals.duration) : Json()},
          {"peak_live_bytes", totals.peak_live_bytes},
          {"peak_event", totals.peak_event},
          {"peak_live_blocks", totals.peak_live_blocks},
          {"end_live_bytes", totals.end_live_bytes},
          {"end_live_blocks", totals.end_live_blocks},
          {"bytes_requested", portrait.profile.bytes_requested},
          {"largest_bytes", portrait.profile.largest},
          {"zeroed", portrait.profile.zeroed},
          {"grown", portrait.profile.grown},
          {"shrunk", portrait.profile.shrunk},
          {"freed_by_another_thread", portrait.profile.freed_elsewhere},
          {"resized_by_another_thread", portrait.profile.resized_elsewhere}};
}

Json sizes_of(const trace::Profile& profile) {
  Json rows = Json::array();
  for (std::size_t i = 0; i < profile.sizes.size(); ++i)
    if (profile.sizes[i].blocks != 0)
      rows.push_back({{"up_to_bytes", trace::size_bucket_end(i)},
                      {"blocks", profile.sizes[i].blocks},
                      {"bytes", profile.sizes[i].bytes}});
  return rows;
}

Json lifetimes_of(const std::array<std::uint64_t, trace::lifetime_buckets>& counts,
                  const char* below) {
  Json rows = Json::array();
  for (std::size_t i = 0; i < counts.size(); ++i)
    if (counts[i] != 0)
      rows.push_back({{below, trace::lifetime_bucket_end(i)}, {"blocks", counts[i]}});
  return rows;
}

Json alignments_of(const trace::Profile& profile) {
  Json rows = Json::array();
  for (std::size_t i = 0; i < profile.alignments.size(); ++i)
    if (profile.alignments[i] != 0)
      rows.push_back({{"bytes", std::uint64_t{1} << i}, {"blocks", profile.alignments[i]}});
  return {{"natural_blocks", profile.natural_alignments}, {"asked_for", rows}};
}

}  // namespace

std::string portrait_json(const Portrait& portrait) {
  const trace::Recovery& recovery = portrait.recovery;
  const auto& losses = portrait.losses;
  const Json lost = losses ? Json{{"dropped_frees", losses->dropped_frees},
                                  {"implicit_frees", losses->implicit_frees},
                                  {"cut", losses->cut}}
                           : Json();
  const trace::Profile& profile = portrait.profile;
  const Json document = {
      {"trace", portrait.path},
      {"bytes", recovery.of_bytes},
      {"whole", recovery.whole},
      {"damage", recovery.whole ? Json() : Json(recovery.damage)},
      {"bytes_read", recovery.bytes},
      {"provenance", provenance(portrait.info)},
      {"losses", lost},
      {"totals", totals_of(portrait)},
      {"sizes", sizes_of(profile)},
      {"lifetimes",
       portrait.info.fidelity.times ? lifetimes_of(profile.lifetimes_ns, "below_ns") : Json()},
      {"lifetimes_in_events", lifetimes_of(profile.lifetimes_events, "below_events")},
      {"alignments", alignments_of(profile)},
      {"live_bytes", {{"events_each", profile.live.stretch()}, {"peaks", profile.live.peaks()}}}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace heapatlas::tool
