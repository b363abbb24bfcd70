// All regions of a run on one line, the empty address space between them left out.
//
// Regions that touch or cover the same addresses at different times make one piece. Every piece
// begins at a multiple of `cell` on the line, at least one cell after the end of the piece before:
// so no cell shows two pieces, and what lies between them can be drawn as a gap.
#pragma once

#include <optional>
#include <vector>

#include "viewer/model/run.hpp"

namespace heapatlas::viewer {

class AddressLine {
 public:
  struct Piece {
    std::uint64_t position = 0;  ///< where it begins on the line
    std::uint64_t address = 0;
    std::uint64_t size = 0;

    [[nodiscard]] std::uint64_t end() const { return position + size; }
  };

  /// The line of the regions at their largest, the same at every event. cell >= 1, in bytes.
  AddressLine(const std::vector<Region>& regions, std::uint64_t cell);

  [[nodiscard]] const std::vector<Piece>& pieces() const { return pieces_; }
  /// Bytes from the line's first to its last, gaps included.
  [[nodiscard]] std::uint64_t length() const { return pieces_.empty() ? 0 : pieces_.back().end(); }

  /// The piece at a position; null: in a gap, or beyond the end.
  [[nodiscard]] const Piece* piece_at(std::uint64_t position) const;
  /// Where an address stands on the line; the end of a piece stands on it too. Empty: in no region.
  [[nodiscard]] std::optional<std::uint64_t> position_of(std::uint64_t address) const;
  /// The address at a position; empty: in a gap, or beyond the end.
  [[nodiscard]] std::optional<std::uint64_t> address_at(std::uint64_t position) const;

 private:
  std::vector<Piece> pieces_;  ///< ascending in both
};

}  // namespace heapatlas::viewer
