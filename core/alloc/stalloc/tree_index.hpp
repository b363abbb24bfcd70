// The free chunks of a stalloc as a bitmap and a tree of maxima, beside the blocks.
//
// Layout: one bit for each block, 1 = free; 64 blocks are a group, whose bits are one word. Level 0
// of the tree has a number for each group: the length of the longest free chunk that *begins* in
// it. Each number of the next level is the largest of eight below, up to a level of at most eight.
// So the first chunk that is long enough begins in the first group whose number is: the placement
// is that of the list, block for block.
//
// A chunk's length is read off the bits. Only a chunk that reaches into another group keeps, in its
// first and in its last block, how many blocks of the whole heap it does not have.
//
// Invariants: numbers are exact; chunks never touch, since neighbouring free bits are one chunk;
// no bit behind the last block and no number behind the last group is set.
//
// Cost: one bit a block and 1/7 more than a number a group: about 1/5 of a byte a block with
// 32-bit numbers. Taking: a step for each level, and then word arithmetic without branches or
// loops; more groups only where an alignment above the block size refuses a chunk. Giving: a step
// for each level at most. Both set a bit for each block of the request, 64 at a time. A block must
// hold one number.
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

inline constexpr std::size_t fan_out = 8;
inline constexpr std::size_t max_levels = 20;

/// How many groups so many blocks take.
[[nodiscard]] constexpr std::size_t groups_of(std::size_t count) noexcept {
  return units_for(count, group_size);
}

/// Where each level of the tree lies in the array of its numbers. Levels are whole families of
/// eight; the last is one.
struct Levels {
  std::size_t begin[max_levels + 1] = {};
  std::size_t count = 0;

  explicit constexpr Levels(std::size_t blocks) noexcept {
    std::size_t width = groups_of(blocks);
    do {
      width = units_for(width == 0 ? 1 : width, fan_out);
      begin[count + 1] = begin[count] + width * fan_out;
      ++count;
    } while (width > 1);
  }
  /// Numbers in all levels.
  [[nodiscard]] constexpr std::size_t total() const noexcept { return begin[count]; }
};

/// The arrays of a tree index for Count blocks, inside the object.
template <std::size_t Count>
struct InlineTables {
  using Number = IndexFor<Count>;
  static constexpr Levels levels{Count};

  std::uint64_t words[groups_of(Count)];
  Number longest[levels.total()];
};

/// The arrays of a tree index in memory that lives elsewhere.
struct BorrowedTables {
  using Number = std::uint32_t;

  /// Bytes of index memory, at any alignment, for count blocks.
  [[nodiscard]] static constexpr std::size_t bytes_for(std::size_t count) noexcept {
    return alignof(std::uint64_t) + groups_of(count) * sizeof(std::uint64_t) +
           Levels{count}.total() * sizeof(Number);
  }
  /// memory: bytes_for(count) bytes.
  BorrowedTables(std::byte* memory, std::size_t count) noexcept : levels(count) {
    memory += gap_to_alignment(address_of(memory), alignof(std::uint64_t));
    words = reinterpret_cast<std::uint64_t*>(memory);
    longest = reinterpret_cast<Number*>(memory + groups_of(count) * sizeof(std::uint64_t));
  }

  Levels levels;
  std::uint64_t* words;
  Number* longest;
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
    return first_child(levels().count, 0, 1) == none;
  }

  template <class Blocks>
  [[nodiscard]] bool is_empty(const Blocks& blocks) const noexcept {
    return tables_.longest[0] == blocks.count() && blocks.count() != 0;
  }

  /// Everything is free. O(groups).
  template <class Blocks>
  constexpr void clear(Blocks& blocks) noexcept {
    const std::size_t count = blocks.count();
    for (std::size_t i = 0; i < levels().total(); ++i) tables_.longest[i] = 0;
    for (std::size_t i = 0; i < levels().count; ++i) *node(i, 0) = number(count);
    for (std::size_t group = 0; group < groups_of(count); ++group) tables_.words[group] = ~0ULL;
    if (count % group_size != 0) tables_.words[count / group_size] = low_bits(count % group_size);
    // What is constant-initialised is all zeros: a chunk that misses no block.
    if (!std::is_constant_evaluated() && count > 0) write_ends(blocks, 0, count);
  }

  /// First fit: n >= 1 blocks at a multiple of align bytes; `none` when no chunk holds them.
  template <class Blocks>
  [[nodiscard]] std::size_t take(Blocks& blocks, std::size_t n, std::size_t align) noexcept {
    if (n > max_count) return none;
    if (align > blocks.size()) return take_aligned(blocks, n, align);
    const std::size_t group = descend(levels().count, 0, n);
    if (group == none) return none;
    const std::uint64_t word = beginning_in(group);
    const std::uint64_t runs = n <= group_size ? runs_of(word, n) : 0;
    // A chunk that is long enough only beyond the group is the last of the group.
    const auto bit = static_cast<std::size_t>(runs != 0 ? std::countr_zero(runs)
                                                        : group_size - std::countl_one(word));
    const std::size_t at = group * group_size + bit;
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
    if (at > 0 && is_free(at - 1)) begin = chunk_before(blocks, at);
    std::size_t above = 0;
    if (end < blocks.count() && is_free(end)) above = length_at(blocks, end);
    set_bits(at, n, true);
    write_ends(blocks, begin, end + above - begin);
    raise(begin / group_size, end + above - begin);
    if (above > 0 && end / group_size != begin / group_size) lower(blocks, end / group_size);
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
    for (std::size_t group = 0; group < levels().begin[1]; ++group)
      if (*node(0, group) != (group < groups_of(count) ? longest_of(blocks, group) : 0))
        return "a number of level 0 is the longest free chunk that begins in its group";
    for (std::size_t level = 1; level < levels().count; ++level)
      for (std::size_t i = 0; i < levels().begin[level + 1] - levels().begin[level]; ++i) {
        const bool has_children = i * fan_out < levels().begin[level] - levels().begin[level - 1];
        if (*node(level, i) != (has_children ? largest_child(level, i) : 0))
          return "a number of a higher level is the largest of the eight below";
      }
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

  /// The bits of a group without the end of a chunk that began before it.
  [[nodiscard]] std::uint64_t beginning_in(std::size_t group) const noexcept {
    const std::uint64_t word = tables_.words[group];
    const std::uint64_t goes_on = group == 0 ? 0 : tables_.words[group - 1] >> (group_size - 1);
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
    if (word == ~0ULL) return group_size;
    std::uint64_t starts = ~0ULL;
    std::size_t length = 0;
    const auto lengthen = [&](std::uint64_t runs, std::size_t by) {
      const std::uint64_t longer = starts & runs >> length;
      starts = longer != 0 ? longer : starts;
      length += longer != 0 ? by : 0;
    };
    lengthen(of_32, 32);
    lengthen(of_16, 16);
    lengthen(of_8, 8);
    lengthen(of_4, 4);
    lengthen(of_2, 2);
    lengthen(word, 1);
    return length;
  }

  template <class Blocks>
  [[nodiscard]] std::size_t longest_of(const Blocks& blocks, std::size_t group) const noexcept {
    const std::uint64_t word = beginning_in(group);
    const std::size_t within = longest_run(word);
    if (word >> (group_size - 1) == 0) return within;
    const auto last = static_cast<std::size_t>(group_size - std::countl_one(word));
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

  /// Taking at an alignment above the block size: every chunk that is long enough is tried.
  template <class Blocks>
  std::size_t take_aligned(Blocks& blocks, std::size_t n, std::size_t align) noexcept {
    std::size_t taken = none;
    for (std::size_t group = descend(levels().count, 0, n); group != none && taken == none;
         group = next_group(group, n)) {
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

  // The tree. Number i of level k + 1 is the largest of the numbers 8i..8i+7 of level k.

  [[nodiscard]] constexpr const Levels& levels() const noexcept { return tables_.levels; }
  [[nodiscard]] constexpr Number* node(std::size_t level, std::size_t i) noexcept {
    return &tables_.longest[levels().begin[level] + i];
  }
  [[nodiscard]] constexpr const Number* node(std::size_t level, std::size_t i) const noexcept {
    return &tables_.longest[levels().begin[level] + i];
  }

  /// Which of the eight numbers below number i of a level are >= n, as bits.
  [[nodiscard]] unsigned children_of(std::size_t level, std::size_t i,
                                     std::size_t n) const noexcept {
    const Number* const children = node(level - 1, i * fan_out);
    const Number least = number(n);
    unsigned bits = 0;
    for (unsigned child = 0; child < fan_out; ++child)
      bits |= static_cast<unsigned>(children[child] >= least) << child;
    return bits;
  }
  [[nodiscard]] std::size_t first_child(std::size_t level, std::size_t i,
                                        std::size_t n) const noexcept {
    const unsigned bits = children_of(level, i, n);
    return bits == 0 ? none : i * fan_out + static_cast<std::size_t>(std::countr_zero(bits));
  }
  [[nodiscard]] Number largest_child(std::size_t level, std::size_t i) const noexcept {
    const Number* const children = node(level - 1, i * fan_out);
    Number largest = 0;
    for (std::size_t child = 0; child < fan_out; ++child)
      largest = children[child] > largest ? children[child] : largest;
    return largest;
  }

  /// The first group below number i of a level with a chunk of n blocks; `none` when there is none.
  [[nodiscard]] std::size_t descend(std::size_t level, std::size_t i,
                                    std::size_t n) const noexcept {
    for (; level > 0 && i != none; --level) i = first_child(level, i, n);
    return i;
  }

  /// The first group behind `group` with a chunk of n blocks; `none` when there is none.
  [[nodiscard]] std::size_t next_group(std::size_t group, std::size_t n) const noexcept {
    for (std::size_t level = 1, i = group; level <= levels().count; ++level, i /= fan_out) {
      const unsigned behind = children_of(level, i / fan_out, n) & ~0U << (i % fan_out) << 1;
      if (behind != 0)
        return descend(level - 1,
                       i / fan_out * fan_out + static_cast<std::size_t>(std::countr_zero(behind)),
                       n);
    }
    return none;
  }

  /// A chunk of this length begins in the group now.
  void raise(std::size_t group, std::size_t length) noexcept {
    for (std::size_t level = 0, i = group; level < levels().count; ++level, i /= fan_out) {
      if (*node(level, i) >= length) return;
      *node(level, i) = number(length);
    }
  }

  /// What begins in the group is no longer than it was.
  template <class Blocks>
  void lower(const Blocks& blocks, std::size_t group) noexcept {
    const Number before = *node(0, group);
    Number now = number(longest_of(blocks, group));
    for (std::size_t level = 0, i = group; now != before; now = largest_child(level, i)) {
      *node(level, i) = now;
      i /= fan_out;
      if (++level == levels().count || *node(level, i) != before) return;
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
    lower(blocks, at / group_size);
    if (left > 0 && rest / group_size != at / group_size) raise(rest / group_size, left);
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
