// What lies in each of a row of cells, summed from half-open stretches of a line.
//
// A stretch most often ends in the cell in which it begins or in the next one: both get their part,
// even if it is nothing, so that no branch depends on where cells end. Longer ones go from cell to
// cell. O(stretches + cells that they cover).
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace heapatlas::viewer {

/// Sum: an unsigned number that holds a cell's bytes.
template <class Sum>
class CellSums {
 public:
  /// `cells` cells of cell_bytes >= 1 from position `begin` on, each with `slots` sums.
  CellSums(std::uint64_t begin, std::uint64_t cell_bytes, std::size_t cells, std::size_t slots)
      : begin_(begin),
        cell_bytes_(cell_bytes),
        cells_(cells),
        slots_(slots),
        sums_((cells + 2) * slots) {}

  [[nodiscard]] std::uint64_t begin() const { return begin_; }
  [[nodiscard]] std::uint64_t end() const { return begin_ + cells_ * cell_bytes_; }
  [[nodiscard]] std::size_t cells() const { return cells_; }
  /// The sums of a cell.
  [[nodiscard]] const Sum* of(std::size_t cell) const { return &sums_[cell * slots_]; }

  /// What adds to the sums: a value, so that a loop can keep it in registers.
  class Pen {
   public:
    /// [from, to) is of the slot. All positions lie in [begin(), end()].
    void add(std::uint64_t from, std::uint64_t to, std::size_t slot) const {
      change(from, to,
             [slot](Sum* sums, std::uint64_t bytes) { sums[slot] += static_cast<Sum>(bytes); });
    }
    /// It no longer is.
    void take_off(std::uint64_t from, std::uint64_t to, std::size_t slot) const {
      change(from, to,
             [slot](Sum* sums, std::uint64_t bytes) { sums[slot] -= static_cast<Sum>(bytes); });
    }
    /// [from, middle) is of slot 0 and [middle, to) of slot 1.
    void add_pair(std::uint64_t from, std::uint64_t middle, std::uint64_t to) const {
      const Place place = place_of(from);
      const std::uint64_t here = std::min(to - from, place.room);
      const std::uint64_t next = to - from - here;
      if (next > cell_bytes_) [[unlikely]] {
        add(from, middle, 0);
        add(middle, to, 1);
        return;
      }
      const std::uint64_t first_here = std::min(middle - from, place.room);
      const std::uint64_t first_next = middle - from - first_here;
      put_pair(place.sums, first_here, here - first_here);
      put_pair(place.sums + slots_, first_next, next - first_next);
    }

   private:
    friend class CellSums;
    struct Place {
      Sum* sums;           ///< of its cell
      std::uint64_t room;  ///< bytes to the end of the cell
    };

    Pen(Sum* sums, std::uint64_t begin, std::uint64_t cell_bytes, std::size_t slots)
        : sums_(sums),
          begin_(begin),
          cell_bytes_(cell_bytes),
          cells_each_(1 / static_cast<double>(cell_bytes)),
          slots_(slots) {}

    [[nodiscard]] Place place_of(std::uint64_t position) const {
      const std::uint64_t bytes = position - begin_;
      // By multiplication; positions are below 2^53. Half a byte more than it is keeps a position
      // at the very beginning of a cell from coming out in the one before. It may still be one off
      // where bytes are too many for a double to hold a half.
      auto cell = static_cast<std::uint64_t>(static_cast<std::int64_t>(
          (static_cast<double>(static_cast<std::int64_t>(bytes)) + 0.5) * cells_each_));
      std::uint64_t late = bytes - cell * cell_bytes_;
      if (late >= cell_bytes_) [[unlikely]] {
        const std::uint64_t one = late > ~cell_bytes_ ? ~std::uint64_t{0} : 1;
        cell += one;
        late -= one * cell_bytes_;
      }
      return {sums_ + cell * slots_, cell_bytes_ - late};
    }
    static void put_pair(Sum* sums, std::uint64_t first, std::uint64_t second) {
      if constexpr (sizeof(Sum) == 4 && std::endian::native == std::endian::little) {
        // Both in one addition: neither overflows.
        std::uint64_t both = 0;
        std::memcpy(&both, sums, sizeof both);
        both += first | second << 32;
        std::memcpy(sums, &both, sizeof both);
      } else {
        sums[0] += static_cast<Sum>(first);
        sums[1] += static_cast<Sum>(second);
      }
    }
    /// put(sums of a cell, bytes in it) for every cell of [from, to).
    template <class Put>
    void change(std::uint64_t from, std::uint64_t to, Put&& put) const {
      const Place place = place_of(from);
      const std::uint64_t here = std::min(to - from, place.room);
      std::uint64_t next = to - from - here;
      put(place.sums, here);
      Sum* sums = place.sums + slots_;
      while (next > cell_bytes_) [[unlikely]] {
          put(sums, cell_bytes_);
          sums += slots_;
          next -= cell_bytes_;
        }
      put(sums, next);
    }

    Sum* sums_;
    std::uint64_t begin_;
    std::uint64_t cell_bytes_;
    double cells_each_;  ///< cells for each byte
    std::size_t slots_;
  };
  /// Takes positions that are `offset` higher than those of the sums, modulo 2^64.
  [[nodiscard]] Pen pen(std::uint64_t offset = 0) {
    return {sums_.data(), begin_ + offset, cell_bytes_, slots_};
  }

 private:
  std::uint64_t begin_;
  std::uint64_t cell_bytes_;
  std::size_t cells_;
  std::size_t slots_;
  std::vector<Sum> sums_;  ///< cell by cell; two more for what begins at the end
};

}  // namespace heapatlas::viewer
