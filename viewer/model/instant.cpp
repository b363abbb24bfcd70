#include "viewer/model/instant.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "viewer/model/live_index.hpp"

namespace heapatlas::viewer {
namespace {

/// 12500, 12.5k, 3M; empty when it is no number of an event.
std::optional<Event> parse_event(std::string_view text) {
  double factor = 1;
  if (!text.empty() && (text.back() == 'k' || text.back() == 'M')) {
    factor = text.back() == 'k' ? 1e3 : 1e6;
    text.remove_suffix(1);
  }
  double number = 0;
  const auto [end, fault] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (fault != std::errc{} || end != text.data() + text.size()) return {};
  const double event = std::round(number * factor);
  if (!(std::fabs(number * factor - event) < 1e-6)) return {};  // between two events
  if (!(event >= 0 && event <= static_cast<double>(largest_number))) return {};
  return static_cast<Event>(event);
}

const Snapshot* labelled(const Run& run, std::string_view label) {
  const auto found = std::find_if(run.snapshots.begin(), run.snapshots.end(),
                                  [label](const Snapshot& one) { return one.label == label; });
  return found != run.snapshots.end() ? &*found : nullptr;
}

std::string labels_of(const Run& run) {
  std::string labels;
  for (const Snapshot& snapshot : run.snapshots) {
    if (snapshot.label.empty() || snapshot.label == "peak" || snapshot.label == "end") continue;
    if (labels.find(", " + snapshot.label) == std::string::npos) labels += ", " + snapshot.label;
  }
  return labels;
}

}  // namespace

base::Result<Event> find_instant(const Run& run, std::string_view text) {
  if (const Snapshot* const snapshot = labelled(run, text)) return snapshot->at;
  const Event last = run.events == 0 ? 0 : run.events - 1;
  if (text == "peak") return find_peak(run.placements);
  if (text == "end") return last;
  const auto event = parse_event(text);
  if (!event)
    return base::bad_input(fmt::format("no instant '{}'", text), run.chain,
                           "there are peak, end" + labels_of(run) + ", and every event from 0 to " +
                               std::to_string(last));
  if (*event > last)
    return base::bad_input(fmt::format("no event {}", *event), run.chain,
                           fmt::format("events run from 0 to {}", last));
  return *event;
}

}  // namespace heapatlas::viewer
