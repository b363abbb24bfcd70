// By what a picture colours blocks, and what its legend says of it.
//
// Every way of colouring sorts blocks into at most eight categories, so that a cell can show the
// one that fills most of it in a pure hue (averaged hues blur to mud). What has an order (sizes,
// ages, waste) has steps of viridis; what has none has Okabe and Ito's colours.
#pragma once

#include <cstdint>
#include <optional>
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
  struct Category {
    std::string name;
    Rgba colour;
  };

  /// The run must outlive it. The eight links, threads or sites with the most bytes over the run
  /// get a colour of their own; if there are more, the last category is "others".
  Colouring(const Run& run, ColourBy by, const Palette& palette);

  [[nodiscard]] ColourBy by() const { return by_; }
  [[nodiscard]] const Palette& palette() const { return *palette_; }
  /// In the order of a legend.
  [[nodiscard]] const std::vector<Category>& categories() const { return categories_; }
  /// What a legend says above them.
  [[nodiscard]] std::string title() const;

  /// The category of a block, seen at an event. By state: 0 for what was requested; the slack of a
  /// block is 1 then, and otherwise of the block's category.
  [[nodiscard]] std::size_t category_of(PlacementId id, Event at) const;
  [[nodiscard]] std::size_t slack_category_of(PlacementId id, Event at) const {
    return by_ == ColourBy::state ? 1 : category_of(id, at);
  }

 private:
  void rank(std::uint32_t Placement::*owner, const std::vector<std::string>& names,
            const char* unnamed);
  [[nodiscard]] std::size_t ranked(std::uint32_t owner) const;

  const Run* run_;
  const Palette* palette_;
  ColourBy by_;
  std::vector<Category> categories_;
  std::vector<std::uint8_t> rank_of_;  ///< category of every owner by id; unknown comes last
};

}  // namespace heapatlas::viewer
