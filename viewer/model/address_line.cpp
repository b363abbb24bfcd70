#include "viewer/model/address_line.hpp"

#include <algorithm>

namespace heapatlas::viewer {

AddressLine::AddressLine(const std::vector<Region>& regions, std::uint64_t cell) {
  for (const Region& region : regions)
    if (region.largest_size() > 0) pieces_.push_back({0, region.address, region.largest_size()});
  std::sort(pieces_.begin(), pieces_.end(),
            [](const Piece& a, const Piece& b) { return a.address < b.address; });
  std::size_t kept = 0;
  for (const Piece& piece : pieces_) {
    if (kept > 0) {
      Piece& last = pieces_[kept - 1];
      if (piece.address <= last.address + last.size) {
        last.size = std::max(last.size, piece.address + piece.size - last.address);
        continue;
      }
    }
    pieces_[kept++] = piece;
  }
  pieces_.resize(kept);
  for (std::size_t i = 1; i < pieces_.size(); ++i)
    pieces_[i].position = ((pieces_[i - 1].end() + cell - 1) / cell + 1) * cell;
}

std::optional<std::uint64_t> AddressLine::position_of(std::uint64_t address) const {
  const auto after =
      std::upper_bound(pieces_.begin(), pieces_.end(), address,
                       [](std::uint64_t a, const Piece& p) { return a < p.address; });
  if (after == pieces_.begin()) return {};
  const Piece& piece = *std::prev(after);
  if (address - piece.address > piece.size) return {};
  return piece.position + (address - piece.address);
}

const AddressLine::Piece* AddressLine::piece_at(std::uint64_t position) const {
  const auto after =
      std::upper_bound(pieces_.begin(), pieces_.end(), position,
                       [](std::uint64_t at, const Piece& p) { return at < p.position; });
  if (after == pieces_.begin()) return nullptr;
  const Piece& piece = *std::prev(after);
  return position < piece.end() ? &piece : nullptr;
}

std::optional<std::uint64_t> AddressLine::address_at(std::uint64_t position) const {
  const Piece* const piece = piece_at(position);
  if (piece == nullptr) return {};
  return piece->address + (position - piece->position);
}

}  // namespace heapatlas::viewer
