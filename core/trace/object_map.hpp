// A table from object numbers to what is known of them, for the objects that are live.
//
// Open addressing with linear probing in a power of two of cells, at most three quarters full.
// Object numbers are dense and ascend, so one multiplication spreads them. Erasing moves the
// entries behind into the hole: no tombstones, and memory follows the most entries at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace heapatlas::trace {

template <class Value>
class ObjectMap {
 public:
  [[nodiscard]] std::size_t size() const { return size_; }

  /// The value of an object, or nullptr; valid until the next insert or erase.
  [[nodiscard]] Value* find(std::uint64_t object) {
    if (size_ == 0) return nullptr;
    const std::size_t at = place_of(object);
    return cells_[at].key == 0 ? nullptr : &cells_[at].value;
  }

  /// Adds an object that is not in the table.
  void insert(std::uint64_t object, Value value) {
    if ((size_ + 1) * 4 > cells_.size() * 3) grow();
    cells_[place_of(object)] = {object + 1, std::move(value)};
    ++size_;
  }

  /// Removes an object that is in the table.
  void erase(std::uint64_t object) {
    std::size_t hole = place_of(object);
    for (std::size_t at = next(hole); cells_[at].key != 0; at = next(at)) {
      // An entry may move to the hole unless its home lies between the hole and itself.
      const std::size_t from_home = (at - home_of(cells_[at].key - 1)) & mask();
      if (from_home < ((at - hole) & mask())) continue;
      cells_[hole] = std::move(cells_[at]);
      hole = at;
    }
    cells_[hole] = {};
    --size_;
  }

 private:
  struct Cell {
    std::uint64_t key = 0;  ///< object + 1; 0 is an empty cell
    Value value{};
  };

  [[nodiscard]] std::size_t mask() const { return cells_.size() - 1; }
  [[nodiscard]] std::size_t next(std::size_t at) const { return (at + 1) & mask(); }
  [[nodiscard]] std::size_t home_of(std::uint64_t object) const {
    return static_cast<std::size_t>((object * 0x9E3779B97F4A7C15ULL) >> 32) & mask();
  }

  /// The object's cell, or the empty one where it would go.
  [[nodiscard]] std::size_t place_of(std::uint64_t object) const {
    std::size_t at = home_of(object);
    while (cells_[at].key != 0 && cells_[at].key != object + 1) at = next(at);
    return at;
  }

  void grow() {
    std::vector<Cell> old(cells_.empty() ? 64 : cells_.size() * 2);
    old.swap(cells_);
    for (Cell& cell : old)
      if (cell.key != 0) cells_[place_of(cell.key - 1)] = std::move(cell);
  }

  std::vector<Cell> cells_;
  std::size_t size_ = 0;
};

}  // namespace heapatlas::trace
