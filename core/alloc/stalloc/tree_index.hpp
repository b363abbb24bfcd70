// The free chunks of a stalloc as a bitmap and a tree of maxima, beside the blocks.
//
// Layout: one bit for each block, 1 = free; 64 blocks are a group, whose bits are one word. Level 0
// of the tree has a number for each group: the length of the longest free chunk that *begins* in
// it. Each number of the next level is the largest of sixteen below, up to a level of at most
// sixteen. So the first chunk that is long enough begins in the first group whose number is: the
// placement is that of the list, block for block. A free chunk's first and last block hold how many
// blocks of the whole heap it does not have.
//
// Numbers are 15 bits in 16, where 32,767 stands for that or more, and sixteen of them, a family,
// are four words: so one subtraction compares four of them with a request. Child i of a family is
// lane i / 4 of word i % 4: then the words' answers, shifted by one bit each, merge into one word
// whose lowest bit is the first child that is large enough.
//
// Invariants: numbers are exact; chunks never touch, since neighbouring free bits are one chunk;
// no bit behind the last block and no number behind the last group is set.
//
// Cost: one bit a block and 2.13 bytes a group, about 1/6 of a byte a block. Taking: a step for
// each level, and then word arithmetic without loops; requests of more than 32,766 blocks, or
// aligned above the block size, try every chunk that may do. Giving: a step for each level at most.
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
inline constexpr std::size_t family_size = 16;
inline constexpr std::size_t family_words = 4;

/// How many groups so many blocks take.
[[nodiscard]] constexpr std::size_t groups_of(std::size_t count) noexcept {
  return units_for(count, group_size);
}
/// Words of the bitmap: one more than there are groups, so that two can always be written.
[[nodiscard]] constexpr std::size_t bitmap_words(std::size_t count) noexcept {
  return groups_of(count) + 1;
}

/// Where the families of each level lie in the tree's words. The last level is one family.
struct Levels {
  static constexpr std::size_t most = 8;

  std::size_t begin[most + 1] = {};
  std::size_t count = 0;

  explicit constexpr Levels(std::size_t blocks) noexcept {
    std::size_t families = groups_of(blocks);
    do {
      families = units_for(families == 0 ? 1 : families, family_size);
      begin[count + 1] = begin[count] + families * family_words;
      ++count;
    } while (families > 1);
  }
  /// Words of all levels.
  [[nodiscard]] constexpr std::size_t words() const noexcept { return begin[count]; }
  /// Numbers of one level.
  [[nodiscard]] constexpr std::size_t width(std::size_t level) const noexcept {
    return (begin[level + 1] - begin[level]) / family_words * family_size;
  }
};

/// The arrays of a tree index for Count blocks, inside the object.
template <std::size_t Count>
struct InlineTables {
  using Number = IndexFor<Count>;
  static constexpr Levels levels{Count};

  std::uint64_t bits[bitmap_words(Count)];
  std::uint64_t tree[levels.words()];
};

/// The arrays of a tree index in memory that lives elsewhere.
struct BorrowedTables {
  using Number = std::uint32_t;

  /// Bytes of index memory, at any alignment, for count blocks.
  [[nodiscard]] static constexpr std::size_t bytes_for(std::size_t count) noexcept {
    return alignof(std::uint64_t) +
           (bitmap_words(count) + Levels{count}.words()) * sizeof(std::uint64_t);
  }
  /// memory: bytes_for(count) bytes.
  BorrowedTables(std::byte* memory, std::size_t count) noexcept : levels(count) {
    memory += gap_to_alignment(address_of(memory), alignof(std::uint64_t));
    bits = reinterpret_cast<std::uint64_t*>(memory);
    tree = bits + bitmap_words(count);
  }

  Levels levels;
  std::uint64_t* bits;
  std::uint64_t* tree;
};

template <class Tables>
class TreeIndex {
 public:
  using Number = typename Tables::Number;
  static constexpr std::size_t min_block_size = sizeof(Number);
  static constexpr std::size_t max_count = std::numeric_limits<Number>::max();

  explicit constexpr TreeIndex(const Tables& tables) noexcept : tables_(tables) {}

  template <class Blocks>
  [[nodiscard]] bool is_full(const Blocks&) const noexcept {
    return descend(levels().count, 0, 1) == none;
  }
  template <class Blocks>
  [[nodiscard]] bool is_empty(const Blocks& blocks) const noexcept {
    return blocks.count() != 0 && is_free(0) && length_at(blocks, 0) == blocks.count();
  }

  /// Everything is free. O(groups).
  template <class Blocks>
  constexpr void clear(Blocks& blocks) noexcept {
    const std::size_t count = blocks.count();
    for (std::size_t i = 0; i < levels().words(); ++i) tables_.tree[i] = 0;
    for (std::size_t i = 0; i < levels().count; ++i) set(i, 0, clipped(count));
    for (std::size_t i = 0; i < bitmap_words(count); ++i)
      tables_.bits[i] = i < count / group_size ? ~0ULL : 0;
    if (count % group_size != 0) tables_.bits[count / group_size] = low_bits(count % group_size);
    // What is constant-initialised is all zeros: a chunk that misses no block.
    if (!std::is_constant_evaluated() && count > 0) write_ends(blocks, 0, count);
  }

  /// First fit: n >= 1 blocks at a multiple of align bytes; `none` when no chunk holds them.
  template <class Blocks>
  [[nodiscard]] std::size_t take(Blocks& blocks, std::size_t n, std::size_t align) noexcept {
    if (align > blocks.size() || n >= most) return take_searching(blocks, n, align);
    const std::size_t group = descend(levels().count, 0, n);
    if (group == none) return none;
    const std::uint64_t word = beginning_in(group);
    const std::uint64_t runs = n <= group_size ? runs_of(word, n) : 0;
    // If no chunk is long enough within the group, then the one that reaches out of it is.
    const std::uint64_t last =
        word >> (group_size - 1) << ((group_size - static_cast<unsigned>(std::countl_one(word))) &
                                     (group_size - 1));
    const std::size_t at =
        group * group_size + static_cast<std::size_t>(std::countr_zero(runs | last));
    cut(blocks, at, length_at(blocks, at), 0, n);
    return at;
  }

  /// Frees n >= 1 blocks from `at`, which are live. Merges them with the free chunks they touch.
  template <class Blocks>
  void give(Blocks& blocks, std::size_t at, std::size_t n) noexcept {
    if constexpr (checked)
      require(!any_free(at, n), "stalloc", blocks.data() + (at << blocks.shift()),
              "a block is freed once");
    std::size_t begin = at, end = at + n;
    const std::size_t above_group = end / group_size;
    if (at > 0 && is_free(at - 1)) begin -= length_at(blocks, at - 1);
    const std::size_t above = is_free(end) ? length_at(blocks, end) : 0;
    end += above;
    set_bits(at, n, true);
    write_ends(blocks, begin, end - begin);
    raise(begin / group_size, end - begin);
    if (above > 0 && above_group != begin / group_size) lower(blocks, above_group, above);
  }

  /// Takes up to n blocks that lie free right behind block `end - 1`; all or, with `partly`, as
  /// many as there are. Returns how many.
  template <class Blocks>
  std::size_t extend(Blocks& blocks, std::size_t end, std::size_t n, bool partly) noexcept {
    if (n == 0 || !is_free(end)) return 0;
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
    for (std::size_t group = 0; group < levels().width(0); ++group)
      if (get(0, group) != (group < groups_of(count) ? clipped(longest_of(blocks, group)) : 0))
        return "a number of level 0 is the longest free chunk that begins in its group";
    for (std::size_t level = 1; level < levels().count; ++level)
      for (std::size_t i = 0; i < levels().width(level); ++i)
        if (get(level, i) != (i * family_size < levels().width(level - 1) ? largest(level, i) : 0))
          return "a number of a higher level is the largest of the sixteen below";
    const std::uint64_t behind = count % group_size == 0 ? ~0ULL : ~low_bits(count % group_size);
    if ((tables_.bits[count / group_size] & behind) != 0) return "no block behind the heap is free";
    return check_lengths(blocks);
  }

 private:
  /// The largest number: it stands for itself and all above.
  static constexpr std::size_t most = 0x7FFF;
  static constexpr std::uint64_t every_lane = 0x0001'0001'0001'0001;
  static constexpr std::uint64_t top_bits = 0x8000 * every_lane;

  static constexpr std::size_t clipped(std::size_t length) noexcept {
    return length < most ? length : most;
  }
  /// The lowest n bits, 1 <= n <= 64.
  static constexpr std::uint64_t low_bits(std::size_t n) noexcept { return ~0ULL >> (64 - n); }

  // The bitmap.

  /// Whether a block is free; the one behind the last is not.
  [[nodiscard]] bool is_free(std::size_t at) const noexcept {
    return (tables_.bits[at / group_size] >> (at % group_size) & 1) != 0;
  }

  /// Sets n >= 1 bits from `at`.
  void set_bits(std::size_t at, std::size_t n, bool free) noexcept {
    for (; n > group_size; n -= group_size, at += group_size) set_some_bits(at, group_size, free);
    set_some_bits(at, n, free);
  }
  /// Sets 1 <= n <= 64 bits, which lie in one word or two.
  void set_some_bits(std::size_t at, std::size_t n, bool free) noexcept {
    std::uint64_t* const words = tables_.bits + at / group_size;
    const std::size_t bit = at % group_size;
    const std::uint64_t low = low_bits(n) << bit;
    const std::uint64_t high = low_bits(n) >> 1 >> (group_size - 1 - bit);
    words[0] = free ? words[0] | low : words[0] & ~low;
    words[1] = free ? words[1] | high : words[1] & ~high;
  }

  [[nodiscard]] bool any_free(std::size_t at, std::size_t n) const noexcept {
    for (std::size_t i = at; i < at + n; ++i)
      if (is_free(i)) return true;
    return false;
  }

  /// The length of the free chunk whose first or last block this is.
  template <class Blocks>
  static std::size_t length_at(const Blocks& blocks, std::size_t at) noexcept {
    if (at >= blocks.count()) __builtin_unreachable();
    Number missing;
    __builtin_memcpy(&missing, blocks.data() + (at << blocks.shift()), sizeof missing);
    return blocks.count() - missing;
  }
  template <class Blocks>
  static void write_ends(Blocks& blocks, std::size_t at, std::size_t length) noexcept {
    const std::size_t last = at + length - 1;
    if (at >= blocks.count() || last >= blocks.count()) __builtin_unreachable();
    const auto missing = static_cast<Number>(blocks.count() - length);
    __builtin_memcpy(blocks.data() + (at << blocks.shift()), &missing, sizeof missing);
    __builtin_memcpy(blocks.data() + (last << blocks.shift()), &missing, sizeof missing);
  }

  /// The bits of a group without the end of a chunk that began before it.
  [[nodiscard]] std::uint64_t beginning_in(std::size_t group) const noexcept {
    const std::uint64_t word = tables_.bits[group];
    const std::uint64_t goes_on = group == 0 ? 0 : tables_.bits[group - 1] >> (group_size - 1);
    return word & (word + (word & goes_on));
  }

  /// The bits where n ones begin, 1 <= n <= 64: six halvings, whatever n is.
  static std::uint64_t runs_of(std::uint64_t word, std::size_t n) noexcept {
    for (int step = 0; step < 6; ++step) {
      const std::size_t half = n / 2;
      word &= word >> half;
      n -= half;
    }
    return word;
  }

  /// The length of the longest run of ones: runs of 2^k, and then a binary search.
  static std::size_t longest_run(std::uint64_t word) noexcept {
    const std::uint64_t of_2 = word & word >> 1, of_4 = of_2 & of_2 >> 2, of_8 = of_4 & of_4 >> 4;
    const std::uint64_t of_16 = of_8 & of_8 >> 8, of_32 = of_16 & of_16 >> 16;
    std::uint64_t starts = ~0ULL;
    std::size_t length = 0;
    const auto lengthen = [&](std::uint64_t runs, std::size_t by) {
      const std::uint64_t longer = starts & runs >> length;
      const std::uint64_t found = longer != 0 ? ~0ULL : 0;
      starts = longer | (starts & ~found);
      length += by & found;
    };
    lengthen(of_32, 32);
    lengthen(of_16, 16);
    lengthen(of_8, 8);
    lengthen(of_4, 4);
    lengthen(of_2, 2);
    lengthen(word, 1);
    return word == ~0ULL ? group_size : length;
  }

  /// The longest chunk that begins in a group.
  template <class Blocks>
  [[nodiscard]] std::size_t longest_of(const Blocks& blocks, std::size_t group) const noexcept {
    const std::uint64_t word = beginning_in(group);
    const std::size_t within = longest_run(word);
    if (word >> (group_size - 1) == 0) return within;
    const auto last = group_size - static_cast<std::size_t>(std::countl_one(word));
    const std::size_t reaching = length_at(blocks, group * group_size + last);
    return reaching > within ? reaching : within;
  }

  /// visit(first block, length) for each chunk that begins in a group, until it returns true.
  template <class Blocks, class Visit>
  void for_each_chunk_of(const Blocks& blocks, std::size_t group, Visit&& visit) const {
    for (std::uint64_t word = beginning_in(group); word != 0;) {
      const auto bit = static_cast<std::size_t>(std::countr_zero(word));
      const std::size_t at = group * group_size + bit;
      word &= word + (word & (~word + 1));  // without its lowest run
      if (visit(at, length_at(blocks, at))) return;
    }
  }

  /// Taking where the numbers cannot tell whether a chunk will do: each that may is tried.
  template <class Blocks>
  [[gnu::noinline]] std::size_t take_searching(Blocks& blocks, std::size_t n,
                                               std::size_t align) noexcept {
    const std::size_t least = clipped(n);
    std::size_t taken = none;
    for (std::size_t group = descend(levels().count, 0, least); group != none && taken == none;
         group = next_group(group, least)) {
      for_each_chunk_of(blocks, group, [&](std::size_t at, std::size_t length) {
        const std::size_t gap = gap_at(blocks, at, align);
        if (n > length || gap > length - n) return false;
        cut(blocks, at, length, gap, n);
        taken = at + gap;
        return true;
      });
    }
    return taken;
  }

  // The tree. Number i of level k + 1 is the largest of the family of numbers 16i..16i+15 of k.

  [[nodiscard]] constexpr const Levels& levels() const noexcept { return tables_.levels; }

  static constexpr unsigned lane_of(std::size_t i) noexcept {
    return static_cast<unsigned>(i % family_size / family_words * 16);
  }
  [[nodiscard]] constexpr std::size_t word_of(std::size_t level, std::size_t i) const noexcept {
    return levels().begin[level] + i / family_size * family_words + i % family_words;
  }
  [[nodiscard]] constexpr std::size_t get(std::size_t level, std::size_t i) const noexcept {
    return tables_.tree[word_of(level, i)] >> lane_of(i) & 0xFFFF;
  }
  constexpr void set(std::size_t level, std::size_t i, std::size_t value) noexcept {
    std::uint64_t& word = tables_.tree[word_of(level, i)];
    word = (word & ~(std::uint64_t{0xFFFF} << lane_of(i))) | std::uint64_t{value} << lane_of(i);
  }

  /// The children of number i of a level that are >= n, n <= most: for child c the bit
  /// 16 * (c / 4) + 12 + c % 4.
  [[nodiscard]] std::uint64_t children_of(std::size_t level, std::size_t i,
                                          std::size_t n) const noexcept {
    const std::uint64_t* const words = tables_.tree + levels().begin[level - 1] + i * family_words;
    const std::uint64_t least = n * every_lane;
    const auto large = [&](std::size_t word) {
      return ((words[word] | top_bits) - least) & top_bits;
    };
    return large(0) >> 3 | large(1) >> 2 | large(2) >> 1 | large(3);
  }
  /// The first of the children that such bits stand for.
  static std::size_t first_of(std::uint64_t children) noexcept {
    const auto bit = static_cast<std::size_t>(std::countr_zero(children));
    return bit / 16 * family_words + bit % family_words;
  }
  /// The larger one in each lane.
  static std::uint64_t larger_lanes(std::uint64_t a, std::uint64_t b) noexcept {
    const std::uint64_t tops = ((a | top_bits) - b) & top_bits;
    const std::uint64_t lanes_of_a = tops | (tops - (tops >> 15));
    return (a & lanes_of_a) | (b & ~lanes_of_a);
  }
  /// The largest number of the family below number i of a level.
  [[nodiscard]] std::size_t largest(std::size_t level, std::size_t i) const noexcept {
    const std::uint64_t* const words = tables_.tree + levels().begin[level - 1] + i * family_words;
    std::uint64_t found =
        larger_lanes(larger_lanes(words[0], words[1]), larger_lanes(words[2], words[3]));
    found = larger_lanes(found, found >> 32);
    return larger_lanes(found, found >> 16) & 0xFFFF;
  }

  /// The first group below number i of a level with a chunk of n blocks; `none` when there is none.
  [[nodiscard]] std::size_t descend(std::size_t level, std::size_t i,
                                    std::size_t n) const noexcept {
    for (; level > 0; --level) {
      const std::uint64_t children = children_of(level, i, n);
      if (children == 0) return none;
      i = i * family_size + first_of(children);
    }
    return i;
  }

  /// The first group behind `group` with a chunk of n blocks; `none` when there is none.
  [[nodiscard]] std::size_t next_group(std::size_t group, std::size_t n) const noexcept {
    for (std::size_t level = 1, i = group; level <= levels().count; ++level, i /= family_size) {
      const std::size_t child = i % family_size;
      const std::size_t bit = child / family_words * 16 + 12 + child % family_words;
      const std::uint64_t behind = children_of(level, i / family_size, n) & ~0ULL << bit << 1;
      if (behind != 0)
        return descend(level - 1, i / family_size * family_size + first_of(behind), n);
    }
    return none;
  }

  /// A chunk of this length begins in the group now.
  void raise(std::size_t group, std::size_t length) noexcept {
    const std::size_t value = clipped(length);
    for (std::size_t level = 0, i = group; level < levels().count; ++level, i /= family_size) {
      if (get(level, i) >= value) return;
      set(level, i, value);
    }
  }

  /// A chunk of this length begins in the group no more; what does is no longer.
  template <class Blocks>
  void lower(const Blocks& blocks, std::size_t group, std::size_t length) noexcept {
    const std::size_t before = get(0, group);
    if (clipped(length) != before) return;  // another is the longest
    std::size_t now = clipped(longest_of(blocks, group));
    for (std::size_t level = 0, i = group; now != before; now = largest(level, i)) {
      set(level, i, now);
      i /= family_size;
      if (++level == levels().count || get(level, i) != before) return;
    }
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
    if (left > 0 && rest / group_size != at / group_size) raise(rest / group_size, left);
  }

  template <class Blocks>
  [[nodiscard]] const char* check_lengths(const Blocks& blocks) const noexcept {
    const char* broken = nullptr;
    for_each_free(blocks, [&](std::size_t at, std::size_t length) {
      std::size_t end = at;
      while (is_free(end)) ++end;
      if (length != end - at) broken = "a chunk's length stands in its first block";
      if (length_at(blocks, end - 1) != length)
        broken = "a chunk's length stands in its last block";
    });
    return broken;
  }

  Tables tables_;
};

}  // namespace heapatlas::stalloc
