// By what a picture colours blocks, and what its legend says of it.
//
// Every way of colouring sorts blocks into at most eight categories, so that a cell can show the
// one that fills most of it in a pure hue (averaged hues blur to mud). What has an order (sizes,
// ages, waste) has steps of viridis; what has none has Okabe and Ito's colours.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "viewer/raster/palette.hpp"

namespace heapatlas::viewer {

enum class ColourBy : unsigned char { state, link, size, age, waste, thread, site };

/// "state", "link", ...; empty when there is no such way.
[[nodiscard]] std::optional<ColourBy> parse_colour_by(std::string_view text);
[[nodiscard]] const char* name_of(ColourBy by);

class Colouring {
 public:
  static constexpr std::size_t max_categories = 8;
  static constexpr std::size_t slack_category = 1;  ///< by state
  struct Category {
    std::string name;
    Rgba colour;
  };

  /// The run must outlive it. The eight links, threads or sites with the most bytes over the run
  /// get a colour of their own; if there are more, the last category is "others". Looks at every
  /// placement once, unless by state or age.
  Colouring(const Run& run, ColourBy by, const Palette& palette);

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

    /// The block must have been born.
    [[nodiscard]] std::size_t category_of(PlacementId id) const {
      if (by_state_) return 0;
      if (!category_.empty()) return category_[id];
      std::size_t older = 0;
      for (const std::size_t first : first_younger_) older += id < first ? 1U : 0U;
      return older;
    }
    /// Whether slack is of slack_category, and not of its block's.
    [[nodiscard]] bool slack_apart() const { return by_state_; }

   private:
    std::span<const std::uint8_t> category_;      ///< of every placement; empty by state or age
    std::array<std::size_t, 7> first_younger_{};  ///< by age: the first placement of a younger
    bool by_state_;
  };
  [[nodiscard]] At at(Event at) const { return {*this, at}; }

  /// The category of a block at the age that it died at, or that it has reached at the run's end.
  [[nodiscard]] std::size_t category_at_death(PlacementId id) const;

 private:
  void rank(std::uint32_t Placement::*owner, const std::vector<std::string>& names,
            const char* unnamed);
  template <class CategoryOf>
  void sort_placements(CategoryOf&& category_of);

  const Run* run_;
  const Palette* palette_;
  ColourBy by_;
  std::vector<Category> categories_;
  std::vector<std::uint8_t> category_;  ///< of every placement; empty by state or age
};

}  // namespace heapatlas::viewer
