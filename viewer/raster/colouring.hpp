// By what a picture colours blocks, and what its legend says of it.
//
// Every way of colouring sorts blocks into at most eight categories, so that a cell can show the
// one that fills most of it in a pure hue (averaged hues blur to mud). What has an order (sizes,
// ages, waste) has steps of viridis; what has none has Okabe and Ito's colours.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "viewer/model/block_classes.hpp"
#include "viewer/raster/palette.hpp"

namespace heapatlas::viewer {

enum class ColourBy : unsigned char { state, link, size, age, waste, thread, site };

/// "state", "link", ...; empty when there is no such way.
[[nodiscard]] std::optional<ColourBy> parse_colour_by(std::string_view text);
[[nodiscard]] const char* name_of(ColourBy by);

class Colouring {
 public:
  static constexpr std::size_t max_categories = max_classes;
  static constexpr std::size_t slack_category = 1;  ///< by state
  struct Category {
    std::string name;
    Rgba colour;
  };

  /// The run must outlive it. classes: the run's, as an index has them; null: by link, size, waste,
  /// thread or site every placement is looked at once.
  Colouring(const Run& run, ColourBy by, const Palette& palette,
            std::shared_ptr<const BlockClasses> classes = nullptr);

  [[nodiscard]] ColourBy by() const { return by_; }
  [[nodiscard]] const Palette& palette() const { return *palette_; }
  /// Of what is not in a block: with a hue only where blocks have no other.
  [[nodiscard]] Rgba colour_of(State state) const {
    const auto i = static_cast<std::size_t>(state);
    return by_ == ColourBy::state ? palette_->states[i] : palette_->quiet[i];
  }
  /// In the order of a legend.
  [[nodiscard]] const std::vector<Category>& categories() const { return categories_; }
  /// What a legend says above them.
  [[nodiscard]] std::string title() const;

  /// The categories of blocks at one event. By state 0, for what was requested.
  class At {
   public:
    At(const Colouring& colouring, Event at);

    /// Of a block that has been born: its place among the placements, and its classes.
    [[nodiscard]] std::size_t category_of(PlacementId id, Classes classes) const {
      if (!by_age_) return classes >> shift_ & mask_;
      std::size_t older = 0;
      for (const std::size_t first : first_younger_) older += id < first ? 1U : 0U;
      return older;
    }
    /// Whether slack is of slack_category, and not of its block's.
    [[nodiscard]] bool slack_apart() const { return by_state_; }

   private:
    std::array<std::size_t, 7> first_younger_{};  ///< by age: the first placement of a younger
    bool by_age_;
    bool by_state_;
    int shift_;      ///< where in its classes the category of a block lies
    unsigned mask_;  ///< by state 0
  };
  [[nodiscard]] At at(Event at) const { return {*this, at}; }

  /// The category of a block at the age that it died at, or that it has reached at the run's end.
  [[nodiscard]] std::size_t category_at_death(const Placement& block) const {
    if (trait_) [[likely]]
      return classes_->class_of(block, *trait_);
    return by_ == ColourBy::state ? 0 : age_at_death(block);
  }

 private:
  [[nodiscard]] std::size_t age_at_death(const Placement& block) const;

  const Run* run_;
  const Palette* palette_;
  ColourBy by_;
  std::vector<Category> categories_;
  std::optional<Trait> trait_;  ///< empty by state or age
  std::shared_ptr<const BlockClasses> classes_;
};

}  // namespace heapatlas::viewer
