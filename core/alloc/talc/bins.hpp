// The gaps of an allocator, binned by size.
//
// Invariants: bit b of the map is set when, and only when, bin b has a gap; bit w of the summary
// when, and only when, word w of the map is not 0. A bin is a doubly linked list, last in first
// out, of the gaps that the binning puts there; the links lie in the gaps.
//
// Cost: insert, remove and next_bin are O(1), two bit scans at most; a word for each bin.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "core/alloc/talc/binning.hpp"
#include "core/alloc/talc/chunk.hpp"

namespace heapatlas::talc {

template <class Chunk, Binning B>
class Bins {
 public:
  static constexpr unsigned count = B::count;

  [[nodiscard]] static constexpr unsigned bin_of(std::size_t size) noexcept {
    return B::bin_of(size / Chunk::unit);
  }
  [[nodiscard]] static constexpr unsigned search_from(std::size_t size) noexcept {
    return B::search_from(size / Chunk::unit);
  }

  /// Adds a gap whose tag and footer are written.
  void insert(std::byte* p, std::size_t size) noexcept {
    const unsigned bin = bin_of(size);
    std::byte* const head = heads_[bin];
    Chunk::set_links(p, {head, nullptr}, packed(size));
    heads_[bin] = p;
    if (head != nullptr) {
      Chunk::set_previous(head, p, packed(size));
    } else {
      map_[bin / 64] |= bit(bin % 64);
      summary_ |= bit(bin / 64);
    }
  }

  void remove(std::byte* p, std::size_t size) noexcept {
    const auto [next, previous] = Chunk::links(p, packed(size));
    if (next != nullptr) Chunk::set_previous(next, previous, packed(size));
    if (previous != nullptr) {
      Chunk::set_next(previous, next, packed(size));
      return;
    }
    const unsigned bin = bin_of(size);
    heads_[bin] = next;
    if (next == nullptr) {
      map_[bin / 64] &= ~bit(bin % 64);
      if (map_[bin / 64] == 0) summary_ &= ~bit(bin / 64);
    }
  }

  /// Puts gap `to` in the place of gap `from`, of the same bin and larger than a unit both.
  void replace(std::byte* from, std::byte* to, unsigned bin) noexcept {
    const auto links = Chunk::links(from, false);
    Chunk::set_links(to, links, false);
    if (links.next != nullptr) Chunk::set_previous(links.next, to, false);
    if (links.previous != nullptr) {
      Chunk::set_next(links.previous, to, false);
    } else {
      heads_[bin] = to;
    }
  }

  [[nodiscard]] std::byte* head(unsigned bin) const noexcept { return heads_[bin]; }
  [[nodiscard]] static std::byte* next(const std::byte* p, unsigned bin) noexcept {
    return Chunk::links(p, Chunk::packs_unit_gaps && bin == 0).next;
  }
  [[nodiscard]] static std::byte* previous(const std::byte* p, unsigned bin) noexcept {
    return Chunk::links(p, Chunk::packs_unit_gaps && bin == 0).previous;
  }

  /// The first bin >= from that has a gap; count when there is none.
  [[nodiscard]] unsigned next_bin(unsigned from) const noexcept {
    if (from >= count) return count;
    unsigned word = from / 64;
    std::uint64_t bits = map_[word] & (~std::uint64_t{0} << (from % 64));
    if (bits == 0) {
      const std::uint64_t above = summary_ & (~std::uint64_t{1} << word);
      if (above == 0) return count;
      word = static_cast<unsigned>(std::countr_zero(above));
      bits = map_[word];
    }
    return word * 64 + static_cast<unsigned>(std::countr_zero(bits));
  }

  void clear() noexcept {
    for (unsigned bin = next_bin(0); bin < count; bin = next_bin(bin + 1)) heads_[bin] = nullptr;
    for (std::uint64_t& word : map_) word = 0;
    summary_ = 0;
  }

  /// The first broken invariant of map and summary, null when there is none.
  [[nodiscard]] const char* check() const noexcept {
    for (unsigned bin = 0; bin < count; ++bin) {
      if (((map_[bin / 64] & bit(bin % 64)) != 0) != (heads_[bin] != nullptr))
        return "the map marks the bins that have gaps";
    }
    for (unsigned word = 0; word < words; ++word) {
      if (((summary_ & bit(word)) != 0) != (map_[word] != 0))
        return "the summary marks the words of the map that are not 0";
    }
    return nullptr;
  }

 private:
  static constexpr unsigned words = (count + 63) / 64;

  static constexpr std::uint64_t bit(unsigned index) noexcept { return std::uint64_t{1} << index; }
  static constexpr bool packed(std::size_t size) noexcept {
    return Chunk::packs_unit_gaps && size == Chunk::unit;
  }

  std::uint64_t summary_ = 0;
  std::uint64_t map_[words] = {};
  std::byte* heads_[count] = {};
};

}  // namespace heapatlas::talc
