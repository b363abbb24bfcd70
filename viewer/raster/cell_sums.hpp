// What lies in each of a row of cells, summed from half-open stretches of a line.
//
// Stretches are added as differences, and summed up once: where one begins in a cell, the cell gets
// the part of it that is covered, and the next cell what is missing to the whole. No branch depends
// on how long a stretch is or how many there are in a cell, and the order does not matter.
// O(stretches + cells). All numbers are modulo 2^64, and come out right at the end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace heapatlas::viewer {

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

  /// A position, prepared.
  struct Edge {
    std::size_t at;      ///< its cell's sums
    std::uint64_t late;  ///< bytes of the cell before it
  };

  /// What adds to the sums: a value, so that a loop can keep it in registers.
  class Pen {
   public:
    /// A position in [begin(), end()].
    [[nodiscard]] Edge edge(std::uint64_t position) const {
      const std::uint64_t bytes = position - begin_;
      // By multiplication, which may be one off; positions are below 2^53.
      auto cell = static_cast<std::uint64_t>(static_cast<std::int64_t>(
          static_cast<double>(static_cast<std::int64_t>(bytes)) * cells_each_));
      std::uint64_t late = bytes - cell * cell_bytes_;
      if (late >= cell_bytes_) [[unlikely]] {
        const std::uint64_t one = late > ~cell_bytes_ ? ~std::uint64_t{0} : 1;
        cell += one;
        late -= one * cell_bytes_;
      }
      return {cell * slots_, late};
    }
    /// From here on bytes are of this slot.
    void begin_at(const Edge& edge, std::size_t slot) const {
      sums_[edge.at + slot] += cell_bytes_ - edge.late;
      sums_[edge.at + slots_ + slot] += edge.late;
    }
    /// From here on they no longer are.
    void end_at(const Edge& edge, std::size_t slot) const {
      sums_[edge.at + slot] -= cell_bytes_ - edge.late;
      sums_[edge.at + slots_ + slot] -= edge.late;
    }

   private:
    friend class CellSums;
    Pen(std::uint64_t* sums, std::uint64_t begin, std::uint64_t cell_bytes, std::size_t slots)
        : sums_(sums),
          begin_(begin),
          cell_bytes_(cell_bytes),
          cells_each_(1 / static_cast<double>(cell_bytes)),
          slots_(slots) {}

    std::uint64_t* sums_;
    std::uint64_t begin_;
    std::uint64_t cell_bytes_;
    double cells_each_;  ///< cells for each byte
    std::size_t slots_;
  };
  /// Takes positions that are `offset` higher than those of the sums, modulo 2^64.
  [[nodiscard]] Pen pen(std::uint64_t offset = 0) {
    return {sums_.data(), begin_ + offset, cell_bytes_, slots_};
  }

  /// In every cell, takes from one slot what the first `slots` hold.
  void take_off(std::size_t from, std::size_t slots) {
    for (std::size_t cell = 0; cell < sums_.size(); cell += slots_) {
      std::uint64_t sum = 0;
      for (std::size_t slot = 0; slot < slots; ++slot) sum += sums_[cell + slot];
      sums_[cell + from] -= sum;
    }
  }

  /// Once everything is added: calls visit(cell, sums of its slots) for every cell in turn.
  template <class Visit>
  void for_each(Visit&& visit) {
    for (std::size_t cell = 0; cell < cells_; ++cell) {
      std::uint64_t* const sums = &sums_[cell * slots_];
      visit(cell, static_cast<const std::uint64_t*>(sums));
      for (std::size_t slot = 0; slot < slots_; ++slot) sums[slots_ + slot] += sums[slot];
    }
  }

 private:
  std::uint64_t begin_;
  std::uint64_t cell_bytes_;
  std::size_t cells_;
  std::size_t slots_;
  std::vector<std::uint64_t> sums_;  ///< cell by cell; two more for what begins at the end
};

}  // namespace heapatlas::viewer
