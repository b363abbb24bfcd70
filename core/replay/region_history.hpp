// From what was seen of a chain's regions now and then, and its blocks, to the regions' history.
//
// Regions are seen at instants; blocks are known exactly. So a region, or what it grew by, is born
// with the first block that lies in it, when that came before it was seen; and one that is gone
// died with its last block, when that died since it was seen last. Otherwise the instant at which
// it was seen, or missed, stands. Shrinking is as exact as the instants are dense.
//
// A walk tells regions apart. Mappings need not be what was mapped at once: what is new next to the
// end of an older piece is its growth, anything else that is new a region of its own, and two
// become one when a block lies across both. A block in no piece ever seen gets a region of the
// pages it lies in.
//
// Cost: O(blocks log regions), and linear in what is seen: of the pieces that stand, a sight looks
// at those alone where it differs from the last one, or where blocks made pieces of their own.
// Memory: a few words a region.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "core/replay/history.hpp"
#include "core/replay/region_pieces.hpp"
#include "core/report/heap.hpp"

namespace heapatlas::replay {

/// Of the blocks of one kind: those of links that walk, or those of links that cannot.
class RegionHistory {
 public:
  /// `blocks`: ids of placements in order of birth. Sets the placements' `region` to numbers that
  /// finish() explains. Both are borrowed.
  RegionHistory(report::Placements& placements, std::span<const std::uint32_t> blocks, bool own);

  /// These pieces stood before the first event; ascending and apart.
  void saw_first(std::span<const SeenRegion> pieces) { look(0, 0, pieces); }
  /// These stood just after an event. Events ascend.
  void saw(report::Event at, std::span<const SeenRegion> pieces) { look(at, at + 1, pieces); }

  struct Regions {
    std::vector<report::Region> regions;
    std::vector<std::uint32_t> index;  ///< of a placement's number among them
  };
  /// After the last event that was seen. Pieces that never held a block are left out when nothing
  /// says that they are the chain's.
  [[nodiscard]] Regions finish(report::Event last);

 private:
  struct Range {
    std::uint64_t begin;
    std::uint64_t end;
  };
  /// Bytes that were seen and belong to no piece yet.
  struct Gap {
    std::uint64_t begin;
    std::uint64_t end;
    std::uint32_t node;
    report::Event from;
    bool tail;  ///< of a seen region, and not all of it
  };
  /// A piece that stands: it ends where its region now does.
  struct Stands {
    std::uint64_t end;
    std::uint32_t piece;
  };
  using Standing = std::map<std::uint64_t, Stands>;  ///< by address

  void look(report::Event at, report::Event until, std::span<const SeenRegion> pieces);
  void assign_new_blocks(report::Event until, std::vector<std::uint32_t>& pending);
  [[nodiscard]] std::vector<Range> differences_to(std::span<const SeenRegion> seen) const;
  static void unite_touching(std::vector<Range>& ranges);
  [[nodiscard]] std::vector<Gap> gaps_of(report::Event at, std::span<const SeenRegion> seen,
                                         std::span<const Range> changed) const;
  void add_gaps(report::Event at, const SeenRegion& region, const Range& within,
                std::vector<Gap>& gaps) const;
  void date(std::vector<Gap>& gaps, std::span<const std::uint32_t> pending) const;
  void fill(const Gap& gap);
  [[nodiscard]] bool assign(std::uint32_t block);
  void force(std::uint32_t block);
  void retire(report::Event at, std::span<const SeenRegion> seen, std::span<const Range> changed);

  [[nodiscard]] Standing::iterator standing_at(std::uint64_t address);
  void add_piece(std::uint64_t begin, std::uint64_t end, std::uint32_t node, report::Event from);
  /// From an event on a piece that stands ends elsewhere.
  void move_end(Standing::iterator piece, report::Event from, std::uint64_t end);
  void kill(Standing::const_iterator piece, report::Event at);

  report::Placements& placements_;
  std::span<const std::uint32_t> blocks_;
  bool own_;
  std::size_t next_block_ = 0;
  report::Event seen_at_ = 0;
  std::vector<SeenRegion> seen_;  ///< then
  /// Where pieces stand unseen, or were forced: the next sight must look there as well.
  std::vector<Range> unsettled_;
  bool dirty_ = false;  ///< pieces were made to fit, and may overlap
  std::vector<RegionPiece> pieces_;
  Standing standing_;
};

}  // namespace heapatlas::replay
