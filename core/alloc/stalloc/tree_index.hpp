// The free chunks of a stalloc as a bitmap and a tree of maxima, beside the blocks.
//
// Layout: one bit for each block, 1 = free; 64 blocks are a group, whose bits are one word. A
// binary tree, as an array, has a leaf for each group: the length of the longest free chunk that
// *begins* in the group; an inner node is the larger of its children. So the first chunk that is
// long enough lies in the first leaf that is: the placement is that of the list, block for block.
//
// A chunk's length is read off the bits. Only a chunk that reaches into another group keeps, in its
// first and in its last block, how many blocks of the whole heap it does not have.
//
// Invariants: leaves are exact; an inner node is the maximum of its children; chunks never touch,
// since neighbouring free bits are one chunk.
//
// Cost: one bit a block and two numbers a group of 64 (rounded up to a power of two of groups):
// at most 3/8 of a byte a block with 32-bit numbers. Taking: O(log groups) and a walk over the
// chunks of one group; more groups only where alignment refuses a chunk. Giving: O(log groups).
// Both set a bit for each block of the request, 64 at a time. A block must hold one number.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "core/alloc/memory.hpp"
#include "core/alloc/misuse.hpp"
#include "core/alloc/stalloc/blocks.hpp"

namespace heapatlas::stalloc {

inline constexpr std::size_t group_size = 64;

/// How many groups, and leaves of the tree, so many blocks take.
[[nodiscard]] constexpr std::size_t groups_of(std::size_t count) noexcept {
  return units_for(count, group_size);
}
[[nodiscard]] constexpr std::size_t leaves_of(std::size_t count) noexcept {
  return count <= 2 * group_size ? 2 : std::bit_ceil(groups_of(count));
}

/// The arrays of a tree index for Count blocks, inside the object.
template <std::size_t Count>
struct InlineTables {
  using Number = IndexFor<Count>;
  static constexpr std::size_t leaves = leaves_of(Count);

  std::uint64_t words[groups_of(Count)];
  Number maxima[2 * leaves];
};

/// The arrays of a tree index in memory that lives elsewhere.
struct BorrowedTables {
  using Number = std::uint32_t;

  /// Bytes of index memory, at any alignment, for count blocks.
  [[nodiscard]] static constexpr std::size_t bytes_for(std::size_t count) noexcept {
    return alignof(std::uint64_t) + groups_of(count) * sizeof(std::uint64_t) +
           2 * leaves_of(count) * sizeof(Number);
  }
  /// memory: bytes_for(count) bytes.
  BorrowedTables(std::byte* memory, std::size_t count) noexcept : leaves(leaves_of(count)) {
    memory += gap_to_alignment(address_of(memory), alignof(std::uint64_t));
    words = reinterpret_cast<std::uint64_t*>(memory);
    maxima = reinterpret_cast<Number*>(memory + groups_of(count) * sizeof(std::uint64_t));
  }

  std::size_t leaves;
  std::uint64_t* words;
  Number* maxima;
};

template <class Tables>
class TreeIndex {
 public:
  using Number = typename Tables::Number;
  static constexpr std::size_t min_block_size = sizeof(Number);
  static constexpr std::size_t max_count = std::numeric_limits<Number>::max();

  explicit constexpr TreeIndex(const Tables& tables) noexcept : tables_(tables) {}

  [[nodiscard]] bool is_full() const noexcept { return tables_.maxima[1] == 0; }

  template <class Blocks>
  [[nodiscard]] bool is_empty(const Blocks& blocks) const noexcept {
    return tables_.maxima[1] == blocks.count();
  }

  /// Everything is free. O(groups).
  template <class Blocks>
  constexpr void clear(Blocks& blocks) noexcept {
    const std::size_t count = blocks.count();
    for (std::size_t i = 0; i < 2 * tables_.leaves; ++i) tables_.maxima[i] = 0;
    for (std::size_t i = 1; i <= tables_.leaves; i *= 2) tables_.maxima[i] = number(count);
    for (std::size_t group = 0; group < groups_of(count); ++group) tables_.words[group] = ~0ULL;
    if (count % group_size != 0) tables_.words[count / group_size] = low_bits(count % group_size);
    // What is constant-initialised is all zeros: a chunk that misses no block.
    if (!std::is_constant_evaluated() && count > 0) write_ends(blocks, 0, count);
  }

  /// First fit: n >= 1 blocks at a multiple of align bytes; `none` when no chunk holds them.
  template <class Blocks>
  [[nodiscard]] std::size_t take(Blocks& blocks, std::size_t n, std::size_t align) noexcept {
    if (n > tables_.maxima[1]) return none;
    for (std::size_t group = descend(1, n); group != none; group = next_group(group, n)) {
      std::size_t taken = none;
      for_each_chunk_of(blocks, group, [&](std::size_t at, std::size_t length) {
        if (n > length) return false;
        const std::size_t gap = gap_at(blocks, at, align);
        if (gap > length - n) return false;
        cut(blocks, at, length, gap, n);
        taken = at + gap;
        return true;
      });
      if (taken != none) return taken;
    }
    return none;
  }

  /// Frees n >= 1 blocks from `at`, which are live. Merges them with the free chunks they touch.
  template <class Blocks>
  void give(Blocks& blocks, std::size_t at, std::size_t n) noexcept {
    if constexpr (checked)
      require(!any_free(at, n), "stalloc", blocks.data() + (at << blocks.shift()),
              "a block is freed once");
    std::size_t begin = at, end = at + n;
    if (at > 0 && is_free(at - 1)) begin = chunk_before(blocks, at);
    std::size_t above = 0;
    if (end < blocks.count() && is_free(end)) above = length_at(blocks, end);
    set_bits(at, n, true);
    write_ends(blocks, begin, end + above - begin);
    raise(begin / group_size, end + above - begin);
    if (above > 0 && end / group_size != begin / group_size) lower(blocks, end / group_size, above);
  }

  /// Takes up to n blocks that lie free right behind block `end - 1`; all or, with `partly`, as
  /// many as there are. Returns how many.
  template <class Blocks>
  std::size_t extend(Blocks& blocks, std::size_t end, std::size_t n, bool partly) noexcept {
    if (n == 0 || end >= blocks.count() || !is_free(end)) return 0;
    const std::size_t length = length_at(blocks, end);
    if (length < n && !partly) return 0;
    const std::size_t taken = n < length ? n : length;
    cut(blocks, end, length, 0, taken);
    return taken;
  }

  /// visit(first block, length) for each free chunk, in address order.
  template <class Blocks, class Visit>
  void for_each_free(const Blocks& blocks, Visit&& visit) const {
    for (std::size_t group = 0; group < groups_of(blocks.count()); ++group)
      for_each_chunk_of(blocks, group, [&](std::size_t at, std::size_t length) {
        visit(at, length);
        return false;
      });
  }

  template <class Blocks>
  [[nodiscard]] const char* check(const Blocks& blocks) const noexcept {
    const std::size_t count = blocks.count();
    for (std::size_t group = 0; group < tables_.leaves; ++group) {
      const std::size_t longest = group < groups_of(count) ? longest_of(blocks, group) : 0;
      if (tables_.maxima[tables_.leaves + group] != longest)
        return "a leaf is the longest free chunk that begins in its group";
    }
    for (std::size_t node = 1; node < tables_.leaves; ++node)
      if (tables_.maxima[node] != larger_child(node)) return "a node is its children's maximum";
    if (count % group_size != 0 &&
        (tables_.words[count / group_size] & ~low_bits(count % group_size)) != 0)
      return "no block behind the heap is free";
    return check_lengths(blocks);
  }

 private:
  static constexpr Number number(std::size_t value) noexcept { return static_cast<Number>(value); }

  /// The lowest n bits, 1 <= n <= 64.
  static constexpr std::uint64_t low_bits(std::size_t n) noexcept { return ~0ULL >> (64 - n); }

  [[nodiscard]] bool is_free(std::size_t at) const noexcept {
    return (tables_.words[at / group_size] >> (at % group_size) & 1) != 0;
  }

  /// Sets n >= 1 bits from `at`.
  void set_bits(std::size_t at, std::size_t n, bool free) noexcept {
    std::uint64_t* word = tables_.words + at / group_size;
    for (std::size_t bit = at % group_size; n > 0; ++word, bit = 0) {
      const std::size_t here = n < group_size - bit ? n : group_size - bit;
      const std::uint64_t mask = low_bits(here) << bit;
      *word = free ? *word | mask : *word & ~mask;
      n -= here;
    }
  }

  [[nodiscard]] bool any_free(std::size_t at, std::size_t n) const noexcept {
    for (std::size_t i = at; i < at + n; ++i)
      if (is_free(i)) return true;
    return false;
  }

  /// The length that a chunk over several groups keeps in its first and last block.
  template <class Blocks>
  static std::size_t kept_length(const Blocks& blocks, std::size_t at) noexcept {
    Number missing;
    __builtin_memcpy(&missing, blocks.data() + (at << blocks.shift()), sizeof missing);
    return blocks.count() - missing;
  }
  template <class Blocks>
  static void write_ends(Blocks& blocks, std::size_t at, std::size_t length) noexcept {
    const std::size_t last = at + length - 1;
    if (at / group_size == last / group_size) return;
    const Number missing = number(blocks.count() - length);
    __builtin_memcpy(blocks.data() + (at << blocks.shift()), &missing, sizeof missing);
    __builtin_memcpy(blocks.data() + (last << blocks.shift()), &missing, sizeof missing);
  }

  /// The length of the chunk that begins at `at`.
  template <class Blocks>
  [[nodiscard]] std::size_t length_at(const Blocks& blocks, std::size_t at) const noexcept {
    const std::size_t group = at / group_size, bit = at % group_size;
    const auto run = static_cast<std::size_t>(std::countr_one(tables_.words[group] >> bit));
    const bool reaches_on =
        bit + run == group_size && at + run < blocks.count() && is_free(at + run);
    return reaches_on ? kept_length(blocks, at) : run;
  }

  /// The first block of the chunk that ends right before block `end`.
  template <class Blocks>
  [[nodiscard]] std::size_t chunk_before(const Blocks& blocks, std::size_t end) const noexcept {
    const std::size_t last = end - 1, bit = last % group_size;
    const auto run = static_cast<std::size_t>(
        std::countl_one(tables_.words[last / group_size] << (group_size - 1 - bit)));
    const std::size_t begin = end - run;
    const bool reaches_on = run > bit && begin > 0 && is_free(begin - 1);
    return reaches_on ? end - kept_length(blocks, last) : begin;
  }

  /// visit(first block, length) for each chunk that begins in a group, until it returns true.
  template <class Blocks, class Visit>
  void for_each_chunk_of(const Blocks& blocks, std::size_t group, Visit&& visit) const {
    std::uint64_t word = tables_.words[group];
    // A run at the group's start may be the end of a chunk that began before it.
    if (group > 0 && (word & 1) != 0 && (tables_.words[group - 1] >> (group_size - 1)) != 0)
      word &= word + 1;
    while (word != 0) {
      const auto bit = static_cast<std::size_t>(std::countr_zero(word));
      const std::size_t at = group * group_size + bit;
      word &= word + (word & (~word + 1));  // without its lowest run
      if (visit(at, length_at(blocks, at))) return;
    }
  }

  template <class Blocks>
  [[nodiscard]] std::size_t longest_of(const Blocks& blocks, std::size_t group) const noexcept {
    std::size_t longest = 0;
    for_each_chunk_of(blocks, group, [&](std::size_t, std::size_t length) {
      if (length > longest) longest = length;
      return false;
    });
    return longest;
  }

  // The tree. Node 1 is the root, node i has the children 2i and 2i + 1.

  [[nodiscard]] Number larger_child(std::size_t node) const noexcept {
    const Number left = tables_.maxima[2 * node], right = tables_.maxima[2 * node + 1];
    return left > right ? left : right;
  }

  /// The first group below a node with a chunk of n blocks; the node has one.
  [[nodiscard]] std::size_t descend(std::size_t node, std::size_t n) const noexcept {
    while (node < tables_.leaves) {
      node *= 2;
      node += tables_.maxima[node] < n ? 1 : 0;
    }
    return node - tables_.leaves;
  }

  /// The first group behind `group` with a chunk of n blocks, `none` when there is none.
  [[nodiscard]] std::size_t next_group(std::size_t group, std::size_t n) const noexcept {
    for (std::size_t node = tables_.leaves + group; node > 1; node /= 2)
      if (node % 2 == 0 && tables_.maxima[node + 1] >= n) return descend(node + 1, n);
    return none;
  }

  void set_leaf(std::size_t group, std::size_t longest) noexcept {
    std::size_t node = tables_.leaves + group;
    tables_.maxima[node] = number(longest);
    for (node /= 2; node > 0; node /= 2) {
      const Number larger = larger_child(node);
      if (tables_.maxima[node] == larger) return;
      tables_.maxima[node] = larger;
    }
  }

  /// A chunk of this length begins in the group now.
  void raise(std::size_t group, std::size_t length) noexcept {
    for (std::size_t node = tables_.leaves + group; node > 0; node /= 2) {
      if (tables_.maxima[node] >= length) return;
      tables_.maxima[node] = number(length);
    }
  }

  /// A chunk of this length begins in the group no more.
  template <class Blocks>
  void lower(const Blocks& blocks, std::size_t group, std::size_t length) noexcept {
    if (tables_.maxima[tables_.leaves + group] == length)
      set_leaf(group, longest_of(blocks, group));
  }

  /// Takes n blocks behind a gap out of the chunk at `at`.
  template <class Blocks>
  void cut(Blocks& blocks, std::size_t at, std::size_t length, std::size_t gap,
           std::size_t n) noexcept {
    const std::size_t rest = at + gap + n, left = length - gap - n;
    set_bits(at + gap, n, false);
    if (gap > 0) write_ends(blocks, at, gap);
    if (left > 0) write_ends(blocks, rest, left);
    lower(blocks, at / group_size, length);
    if (left > 0) raise(rest / group_size, left);
  }

  template <class Blocks>
  [[nodiscard]] const char* check_lengths(const Blocks& blocks) const noexcept {
    const char* broken = nullptr;
    for_each_free(blocks, [&](std::size_t at, std::size_t length) {
      std::size_t end = at;
      while (end < blocks.count() && is_free(end)) ++end;
      if (length != end - at) broken = "a long chunk keeps its length in its first block";
      if (chunk_before(blocks, end) != at)
        broken = "a long chunk keeps its length in its last block";
    });
    return broken;
  }

  Tables tables_;
};

}  // namespace heapatlas::stalloc
