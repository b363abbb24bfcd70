#include "viewer/raster/colouring.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <iterator>
#include <numeric>

namespace heapatlas::viewer {
namespace {

constexpr const char* ways[] = {"state", "link", "size", "age", "waste", "thread", "site"};

// Upper bounds of the steps; what is above the last one is the last category.
constexpr std::uint64_t size_steps[] = {16, 64, 256, 1024, 4096, 32768, 262144};
constexpr const char* size_names[] = {"up to 16 B", "to 64 B",   "to 256 B",   "to 1 KiB",
                                      "to 4 KiB",   "to 32 KiB", "to 256 KiB", "larger"};
constexpr std::uint64_t age_steps[] = {10, 100, 1000, 10'000, 100'000, 1'000'000, 10'000'000};
constexpr const char* age_names[] = {"under 10 events", "under 100", "under 1k",  "under 10k",
                                     "under 100k",      "under 1M",  "under 10M", "older"};
constexpr std::uint64_t waste_steps[] = {0, 4, 10, 25, 50, 75, 90};  // percent of the grant
constexpr const char* waste_names[] = {"none",   "to 4%",  "to 10%", "to 25%",
                                       "to 50%", "to 75%", "to 90%", "more"};

template <std::size_t count>
std::size_t step_of(const std::uint64_t (&steps)[count], std::uint64_t value) {
  return static_cast<std::size_t>(std::lower_bound(steps, steps + count, value) - steps);
}

std::vector<Colouring::Category> ordered(const char* const (&names)[8]) {
  std::vector<Colouring::Category> categories;
  for (std::size_t i = 0; i < 8; ++i)
    categories.push_back({names[i], viridis(0.2 + 0.8 * static_cast<double>(i) / 7)});
  return categories;
}

}  // namespace

std::optional<ColourBy> parse_colour_by(std::string_view text) {
  const auto found = std::find(std::begin(ways), std::end(ways), text);
  if (found == std::end(ways)) return {};
  return static_cast<ColourBy>(found - std::begin(ways));
}

const char* name_of(ColourBy by) {
  return ways[static_cast<std::size_t>(by)];
}

Colouring::Colouring(const Run& run, ColourBy by, const Palette& palette)
    : run_(&run), palette_(&palette), by_(by) {
  switch (by) {
    case ColourBy::state:
      categories_ = {
          {"requested", palette.states[static_cast<std::size_t>(State::live)]},
          {"slack (granted beyond it)", palette.states[static_cast<std::size_t>(State::slack)]}};
      break;
    case ColourBy::link:
      rank(&Placement::node, run.nodes, "unknown");
      break;
    case ColourBy::size:
      categories_ = ordered(size_names);
      break;
    case ColourBy::age:
      categories_ = ordered(age_names);
      break;
    case ColourBy::waste:
      categories_ = ordered(waste_names);
      break;
    case ColourBy::thread:
      rank(&Placement::thread, run.threads, "thread unknown");
      break;
    case ColourBy::site:
      rank(&Placement::site, run.sites, "site unknown");
      break;
  }
}

void Colouring::rank(std::uint32_t Placement::*owner, const std::vector<std::string>& names,
                     const char* unnamed) {
  std::vector<double> bytes(names.size() + 1, 0);
  for (const Placement& block : run_->placements)
    bytes[std::min<std::size_t>(block.*owner, names.size())] += static_cast<double>(block.granted);
  std::vector<std::size_t> order(bytes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return bytes[a] > bytes[b]; });
  std::erase_if(order, [&](std::size_t id) { return bytes[id] == 0; });
  const bool more = order.size() > max_categories;
  const std::size_t own = more ? max_categories - 1 : order.size();
  rank_of_.assign(bytes.size(), static_cast<std::uint8_t>(max_categories - 1));
  for (std::size_t k = 0; k < own; ++k) {
    rank_of_[order[k]] = static_cast<std::uint8_t>(k);
    categories_.push_back(
        {order[k] == names.size() ? unnamed : names[order[k]], palette_->classes[k]});
  }
  if (more) categories_.push_back({"others", palette_->classes[max_categories - 1]});
}

std::size_t Colouring::ranked(std::uint32_t owner) const {
  return rank_of_[std::min<std::size_t>(owner, rank_of_.size() - 1)];
}

std::string Colouring::title() const {
  static constexpr const char* titles[] = {"bytes",          "served by",          "size requested",
                                           "age, in events", "slack in the grant", "thread",
                                           "call site"};
  return titles[static_cast<std::size_t>(by_)];
}

std::size_t Colouring::category_of(PlacementId id, Event at) const {
  const Placement& block = run_->placements[id];
  switch (by_) {
    case ColourBy::state:
      return 0;
    case ColourBy::link:
      return ranked(block.node);
    case ColourBy::size:
      return step_of(size_steps, block.requested);
    case ColourBy::age:
      return step_of(age_steps, at - block.birth + 1);
    case ColourBy::waste: {
      const std::uint64_t slack = block.granted - block.requested;
      return step_of(waste_steps, (slack * 100 + block.granted - 1) / block.granted);
    }
    case ColourBy::thread:
      return ranked(block.thread);
    case ColourBy::site:
      return ranked(block.site);
  }
  return 0;
}

}  // namespace heapatlas::viewer
