#include "viewer/raster/colouring.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace heapatlas::viewer {
namespace {

constexpr const char* ways[] = {"state", "link", "size", "age", "waste", "thread", "site"};

// Upper bounds of the steps; what is above the last one is the last category.
constexpr std::uint64_t age_steps[] = {10, 100, 1000, 10'000, 100'000, 1'000'000, 10'000'000};
constexpr const char* age_names[] = {"under 10 events", "under 100", "under 1k",  "under 10k",
                                     "under 100k",      "under 1M",  "under 10M", "older"};

std::optional<Trait> trait_of(ColourBy by) {
  switch (by) {
    case ColourBy::link:
      return Trait::link;
    case ColourBy::size:
      return Trait::size;
    case ColourBy::waste:
      return Trait::waste;
    case ColourBy::thread:
      return Trait::thread;
    case ColourBy::site:
      return Trait::site;
    case ColourBy::state:
    case ColourBy::age:
      break;
  }
  return {};
}

/// The colour of step i of eight.
Rgba step_colour(std::size_t i) {
  return viridis(0.2 + 0.8 * static_cast<double>(i) / 7);
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

Colouring::Colouring(const Run& run, ColourBy by, const Palette& palette,
                     std::shared_ptr<const BlockClasses> classes)
    : run_(&run), palette_(&palette), by_(by), trait_(trait_of(by)), classes_(std::move(classes)) {
  if (by == ColourBy::state) {
    categories_ = {{name_of(State::live), palette.states[static_cast<std::size_t>(State::live)]},
                   {name_of(State::slack), palette.states[static_cast<std::size_t>(State::slack)]}};
    return;
  }
  if (!trait_) {
    for (const char* const name : age_names)
      categories_.push_back({name, step_colour(categories_.size())});
    return;
  }
  if (classes_ == nullptr) classes_ = std::make_shared<const BlockClasses>(run);
  const bool ordered = by == ColourBy::size || by == ColourBy::waste;
  for (const std::string& name : classes_->names(*trait_)) {
    const std::size_t i = categories_.size();
    categories_.push_back({name, ordered ? step_colour(i) : palette.classes[i]});
  }
}

std::string Colouring::title() const {
  static constexpr const char* titles[] = {"bytes",          "served by",          "size requested",
                                           "age, in events", "slack in the grant", "thread",
                                           "call site"};
  return titles[static_cast<std::size_t>(by_)];
}

Colouring::At::At(const Colouring& colouring, Event at)
    : by_age_(colouring.by_ == ColourBy::age),
      by_state_(colouring.by_ == ColourBy::state),
      shift_(colouring.trait_ ? shift_of(*colouring.trait_) : 0),
      mask_(colouring.trait_ ? max_classes - 1 : 0) {
  if (!by_age_) return;
  // A block of age a was born at event at + 1 - a.
  for (std::size_t i = 0; i < first_younger_.size(); ++i)
    first_younger_[i] =
        at < age_steps[i] ? 0 : born_until(colouring.run_->placements, at - age_steps[i]);
}

std::size_t Colouring::age_at_death(const Placement& block) const {
  const Event age = std::min(block.death, run_->events) - block.birth;
  std::size_t older = 0;
  for (const std::uint64_t step : age_steps) older += age > step ? 1U : 0U;
  return older;
}

}  // namespace heapatlas::viewer
