// The one rule of how a cell of a map shows the bytes it stands for.
//
// Hue is the category that fills most of the cell's used part; how much of it shows is how full the
// cell is. The tiny-hole rule: a cell with one free byte is visibly not full, and a cell with one
// used byte is visibly not empty, whatever the share. Only a cell without any hole is pure. A hole
// is what is free, or not known to be anything else; metadata, padding and the like are no holes
// and have hues of their own.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "viewer/raster/colouring.hpp"

namespace heapatlas::viewer {

/// How many 256ths of a cell's colour are its category's: 0 empty, 256 full, 70 to 180 between.
[[nodiscard]] constexpr unsigned used_share(std::uint64_t used, std::uint64_t hole) {
  if (used == 0) return 0;
  if (hole == 0) return 256;
  return 70 + static_cast<unsigned>(used * 110 / (used + hole));
}

/// What a byte can be to a cell: of a category of the colouring, or, for the rest, of a state.
inline constexpr std::size_t slot_count = Colouring::max_categories + state_count;
[[nodiscard]] constexpr std::size_t slot_of(State state) {
  return Colouring::max_categories + static_cast<std::size_t>(state);
}
using SlotColours = std::array<Rgba, slot_count>;

/// What lies in one cell.
class CellSum {
 public:
  void add(std::size_t slot, std::uint64_t bytes) {
    if ((touched_ >> slot & 1) == 0) {
      touched_ |= 1U << slot;
      bytes_[slot] = 0;
    }
    bytes_[slot] += bytes;
  }
  [[nodiscard]] bool empty() const { return touched_ == 0; }
  void clear() { touched_ = 0; }

  /// The cell's colour; it must not be empty.
  [[nodiscard]] Rgba colour(const SlotColours& colours) const {
    const std::uint64_t unused = of(slot_of(State::unused));
    const std::uint64_t free = of(slot_of(State::free));
    const Rgba ground = colours[slot_of(unused > free ? State::unused : State::free)];
    std::uint64_t used = 0;
    std::uint64_t most = 0;
    Rgba hue = ground;
    for (unsigned left = touched_ & ~hole_slots; left != 0; left &= left - 1) {
      const auto slot = static_cast<std::size_t>(std::countr_zero(left));
      used += bytes_[slot];
      if (bytes_[slot] <= most) continue;
      most = bytes_[slot];
      hue = colours[slot];
    }
    return mix(ground, hue, used_share(used, unused + free));
  }

 private:
  static_assert(slot_count <= 32);
  static constexpr unsigned hole_slots = 1U << slot_of(State::unused) | 1U << slot_of(State::free);

  [[nodiscard]] std::uint64_t of(std::size_t slot) const {
    return (touched_ >> slot & 1) != 0 ? bytes_[slot] : 0;
  }

  unsigned touched_ = 0;  ///< which of bytes_ mean something
  std::array<std::uint64_t, slot_count> bytes_;
};

/// The colour of every slot.
[[nodiscard]] inline SlotColours slot_colours(const Colouring& colouring) {
  SlotColours colours{};
  for (std::size_t i = 0; i < colouring.categories().size(); ++i)
    colours[i] = colouring.categories()[i].colour;
  for (std::size_t i = 0; i < state_count; ++i)
    colours[slot_of(static_cast<State>(i))] = colouring.palette().states[i];
  return colours;
}

}  // namespace heapatlas::viewer
