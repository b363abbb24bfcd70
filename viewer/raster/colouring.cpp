#include "viewer/raster/colouring.hpp"

#include <algorithm>
#include <array>
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
          {name_of(State::live), palette.states[static_cast<std::size_t>(State::live)]},
          {name_of(State::slack), palette.states[static_cast<std::size_t>(State::slack)]}};
      break;
    case ColourBy::link:
      rank(&Placement::node, run.nodes, "unknown");
      break;
    case ColourBy::size:
      categories_ = ordered(size_names);
      sort_placements([](const Placement& block) { return step_of(size_steps, block.requested); });
      break;
    case ColourBy::age:
      categories_ = ordered(age_names);
      break;
    case ColourBy::waste:
      categories_ = ordered(waste_names);
      sort_placements([](const Placement& block) {
        const std::uint64_t slack = block.granted - block.requested;
        return step_of(waste_steps, (slack * 100 + block.granted - 1) / block.granted);
      });
      break;
    case ColourBy::thread:
      rank(&Placement::thread, run.threads, "thread unknown");
      break;
    case ColourBy::site:
      rank(&Placement::site, run.sites, "site unknown");
      break;
  }
}

template <class CategoryOf>
void Colouring::sort_placements(CategoryOf&& category_of) {
  category_.reserve(run_->placements.size());
  for (const Placement& block : run_->placements)
    category_.push_back(static_cast<std::uint8_t>(category_of(block)));
}

void Colouring::rank(std::uint32_t Placement::*owner, const std::vector<std::string>& names,
                     const char* unnamed) {
  const auto id_of = [&](const Placement& block) {
    return std::min<std::size_t>(block.*owner, names.size());
  };
  std::vector<double> bytes(names.size() + 1, 0);
  for (const Placement& block : run_->placements)
    bytes[id_of(block)] += static_cast<double>(block.granted);
  std::vector<std::size_t> order(bytes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return bytes[a] > bytes[b]; });
  std::erase_if(order, [&](std::size_t id) { return bytes[id] == 0; });
  const bool more = order.size() > max_categories;
  const std::size_t own = more ? max_categories - 1 : order.size();
  std::vector<std::size_t> rank_of(bytes.size(), max_categories - 1);
  for (std::size_t k = 0; k < own; ++k) {
    rank_of[order[k]] = k;
    categories_.push_back(
        {order[k] == names.size() ? unnamed : names[order[k]], palette_->classes[k]});
  }
  if (more) categories_.push_back({"others", palette_->classes[max_categories - 1]});
  sort_placements([&](const Placement& block) { return rank_of[id_of(block)]; });
}

std::string Colouring::title() const {
  static constexpr const char* titles[] = {"bytes",          "served by",          "size requested",
                                           "age, in events", "slack in the grant", "thread",
                                           "call site"};
  return titles[static_cast<std::size_t>(by_)];
}

Colouring::At::At(const Colouring& colouring, Event at)
    : category_(colouring.category_), by_state_(colouring.by_ == ColourBy::state) {
  if (colouring.by_ != ColourBy::age) return;
  // A block of age a was born at event at + 1 - a.
  for (std::size_t i = 0; i < first_younger_.size(); ++i)
    first_younger_[i] =
        at < age_steps[i] ? 0 : born_until(colouring.run_->placements, at - age_steps[i]);
}

std::size_t Colouring::category_at_death(PlacementId id) const {
  if (!category_.empty()) return category_[id];
  if (by_ == ColourBy::state) return 0;
  const Placement& block = run_->placements[id];
  return step_of(age_steps, std::min(block.death, run_->events) - block.birth);
}

}  // namespace heapatlas::viewer
