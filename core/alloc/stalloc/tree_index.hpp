// The free chunks of a stalloc as a tree of lengths and two bitmaps, beside the blocks.
//
// Layout: the length of each free chunk stands at its first block in a tree (length_tree.hpp),
// which finds the first chunk that is long enough: the placement is that of the list, block for
// block. Two bits for each block say that a free chunk begins or ends there; so a freed block
// finds its neighbours. What these do not tell stands in the free blocks themselves: a chunk that
// lies in more than one word of the bitmaps holds its length in its last block, and one too long
// for a number of the tree in its first, both as how many blocks of the whole heap it lacks.
//
// Invariants: what the tree says is exact; chunks never touch.
//
// Cost: about 1.3 bytes a block. Taking: a step for each level of the tree; requests of more than
// 254 blocks, or aligned above the block size, try every chunk that may do. Giving looks at the
// neighbours, and at one level of the tree for each maximum that changes. A block must hold one
// number.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "core/alloc/memory.hpp"
#include "core/alloc/misuse.hpp"
#include "core/alloc/stalloc/blocks.hpp"
#include "core/alloc/stalloc/length_tree.hpp"

namespace heapatlas::stalloc {

inline constexpr std::size_t word_bits = 64;

/// Words of the bitmap of ends.
[[nodiscard]] constexpr std::size_t bitmap_words(std::size_t count) noexcept {
  return units_for(count, word_bits);
}

/// The arrays of a tree index for Count blocks, inside the object.
template <std::size_t Count>
struct InlineTables {
  using Number = IndexFor<Count>;
  static constexpr Levels levels{Count};

  std::uint64_t begins[bitmap_words(Count)];
  std::uint64_t ends[bitmap_words(Count)];
  std::uint8_t lengths[levels.bytes()];
};

/// The arrays of a tree index in memory that lives elsewhere.
struct BorrowedTables {
  using Number = std::uint32_t;

  /// Bytes of index memory, at any alignment, for count blocks.
  [[nodiscard]] static constexpr std::size_t bytes_for(std::size_t count) noexcept {
    return family_size + Levels{count}.bytes() + 2 * bitmap_words(count) * sizeof(std::uint64_t);
  }
  /// memory: bytes_for(count) bytes. A family of lengths lies in one line of the cache.
  BorrowedTables(std::byte* memory, std::size_t count) noexcept : levels(count) {
    memory += gap_to_alignment(address_of(memory), family_size);
    lengths = reinterpret_cast<std::uint8_t*>(memory);
    begins = reinterpret_cast<std::uint64_t*>(memory + levels.bytes());
    ends = begins + bitmap_words(count);
  }

  Levels levels;
  std::uint64_t* begins;
  std::uint64_t* ends;
  std::uint8_t* lengths;
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
    return tree().first(1) == none;
  }
  template <class Blocks>
  [[nodiscard]] bool is_empty(const Blocks& blocks) const noexcept {
    return blocks.count() != 0 && tree().get(0) != 0 && length_at(blocks, 0) == blocks.count();
  }

  /// Everything is free. O(blocks), a byte and two bits each.
  template <class Blocks>
  constexpr void clear(Blocks& blocks) noexcept {
    const std::size_t count = blocks.count();
    for (std::size_t i = 0; i < tables_.levels.bytes(); ++i) tables_.lengths[i] = 0;
    for (std::size_t i = 0; i < bitmap_words(count); ++i) tables_.begins[i] = tables_.ends[i] = 0;
    if (count == 0) return;
    tree().raise(0, count);
    set_bit(tables_.begins, 0);
    set_bit(tables_.ends, count - 1);
    // What is constant-initialised is all zeros: a chunk that misses no block.
    if (!std::is_constant_evaluated()) write_length(blocks, 0, count);
  }

  /// First fit: n >= 1 blocks at a multiple of align bytes; `none` when no chunk holds them.
  template <class Blocks>
  [[nodiscard]] std::size_t take(Blocks& blocks, std::size_t n, std::size_t align) noexcept {
    if (align > blocks.size() || n >= LengthTree::most) return take_searching(blocks, n, align);
    const std::size_t at = tree().first(n);
    if (at != none) cut(blocks, at, length_at(blocks, at), n);
    return at;
  }

  /// Frees n >= 1 blocks from `at`, which are live. Merges them with the free chunks they touch.
  template <class Blocks>
  void give(Blocks& blocks, std::size_t at, std::size_t n) noexcept {
    if constexpr (checked)
      require(!any_free(blocks, at, n), "stalloc", blocks.data() + (at << blocks.shift()),
              "a block is freed once");
    const std::size_t end = at + n, above = length_at(blocks, end);
    std::size_t begin = at;
    if (at > 0 && bit(tables_.ends, at - 1)) {
      begin = begin_of(blocks, at - 1);
      clear_bit(tables_.ends, at - 1);
    }
    add(blocks, begin, end + above - begin);
    if (above != 0) {
      clear_bit(tables_.begins, end);
      tree().drop(end);
    }
  }

  /// Takes up to n blocks that lie free right behind block `end - 1`; all or, with `partly`, as
  /// many as there are. Returns how many.
  template <class Blocks>
  std::size_t extend(Blocks& blocks, std::size_t end, std::size_t n, bool partly) noexcept {
    if (n == 0 || tree().get(end) == 0) return 0;
    const std::size_t length = length_at(blocks, end);
    if (length < n && !partly) return 0;
    const std::size_t taken = n < length ? n : length;
    cut(blocks, end, length, taken);
    return taken;
  }

  /// visit(first block, length) for each free chunk, in address order.
  template <class Blocks, class Visit>
  void for_each_free(const Blocks& blocks, Visit&& visit) const {
    for (std::size_t at = tree().first(1); at != none;) {
      const std::size_t length = length_at(blocks, at);
      visit(at, length);
      at = tree().first_from(at + length, 1);
    }
  }

  template <class Blocks>
  [[nodiscard]] const char* check(const Blocks& blocks) const noexcept {
    if (const char* const broken = tree().check()) return broken;
    std::size_t chunks = 0, begun = 0, ended = 0;
    for (std::size_t i = 0; i < tables_.levels.width(0); ++i) chunks += tree().get(i) != 0 ? 1 : 0;
    for (std::size_t i = 0; i < bitmap_words(blocks.count()); ++i) {
      for (std::uint64_t word = tables_.begins[i]; word != 0; word &= word - 1) ++begun;
      for (std::uint64_t word = tables_.ends[i]; word != 0; word &= word - 1) ++ended;
    }
    if (begun != chunks || ended != chunks) return "each free chunk begins and ends once";
    std::size_t before = none;  // where the chunk before ends
    for (std::size_t at = tree().first(1); at != none;) {
      if (at >= blocks.count()) return "a free chunk begins in the heap";
      const std::size_t length = length_at(blocks, at);
      if (length == 0 || length > blocks.count() - at) return "a free chunk ends in the heap";
      if (at == before) return "free chunks never touch";
      if (LengthTree::clipped(length) != tree().get(at)) return "the tree has a chunk's length";
      before = at + length;
      if (!bit(tables_.begins, at)) return "a chunk's first block is marked";
      if (!bit(tables_.ends, before - 1)) return "a chunk's last block is marked";
      if (begin_of(blocks, before - 1) != at) return "a chunk's begin is known at its end";
      at = tree().first_from(at + 1, 1);
      if (at < before) return "free chunks never overlap";
    }
    return nullptr;
  }

 private:
  [[nodiscard]] constexpr LengthTree tree() const noexcept {
    return {tables_.levels, const_cast<std::uint8_t*>(tables_.lengths)};
  }

  // The bitmaps.

  [[nodiscard]] static bool bit(const std::uint64_t* bits, std::size_t at) noexcept {
    return (bits[at / word_bits] >> (at % word_bits) & 1) != 0;
  }
  static constexpr void set_bit(std::uint64_t* bits, std::size_t at) noexcept {
    bits[at / word_bits] |= std::uint64_t{1} << (at % word_bits);
  }
  static void clear_bit(std::uint64_t* bits, std::size_t at) noexcept {
    bits[at / word_bits] &= ~(std::uint64_t{1} << (at % word_bits));
  }

  /// Where the free chunk begins that ends with block `last`.
  template <class Blocks>
  [[nodiscard]] std::size_t begin_of(const Blocks& blocks, std::size_t last) const noexcept {
    const std::uint64_t before = tables_.begins[last / word_bits]
                                 << (word_bits - 1 - last % word_bits);
    if (before != 0) return last - static_cast<std::size_t>(std::countl_zero(before));
    return last + 1 - number_in(blocks, last);
  }

  /// Whether a block of n from `at` lies in a free chunk: the first to end there or behind does, or
  /// none.
  template <class Blocks>
  [[nodiscard]] bool any_free(const Blocks& blocks, std::size_t at, std::size_t n) const noexcept {
    std::uint64_t word = tables_.ends[at / word_bits] >> (at % word_bits) << (at % word_bits);
    for (std::size_t i = at / word_bits;;) {
      if (word != 0) {
        const std::size_t last = i * word_bits + static_cast<std::size_t>(std::countr_zero(word));
        return begin_of(blocks, last) < at + n;
      }
      if (++i == bitmap_words(blocks.count())) return false;
      word = tables_.ends[i];
    }
  }

  // Lengths in the free blocks themselves.

  template <class Blocks>
  static std::size_t number_in(const Blocks& blocks, std::size_t at) noexcept {
    if (at >= blocks.count()) __builtin_unreachable();
    Number missing;
    __builtin_memcpy(&missing, blocks.data() + (at << blocks.shift()), sizeof missing);
    return blocks.count() - missing;
  }
  template <class Blocks>
  static void set_number_in(Blocks& blocks, std::size_t at, std::size_t length) noexcept {
    if (at >= blocks.count()) __builtin_unreachable();
    const auto missing = static_cast<Number>(blocks.count() - length);
    __builtin_memcpy(blocks.data() + (at << blocks.shift()), &missing, sizeof missing);
  }
  /// The length of the free chunk that begins here.
  template <class Blocks>
  std::size_t length_at(const Blocks& blocks, std::size_t at) const noexcept {
    const std::size_t length = tree().get(at);
    return length < LengthTree::most ? length : number_in(blocks, at);
  }
  template <class Blocks>
  static void write_length(Blocks& blocks, std::size_t at, std::size_t length) noexcept {
    const std::size_t last = at + length - 1;
    if (at / word_bits != last / word_bits) set_number_in(blocks, last, length);
    if (length >= LengthTree::most) set_number_in(blocks, at, length);
  }

  /// Taking where the tree cannot tell whether a chunk will do: each that may is tried.
  template <class Blocks>
  [[gnu::noinline]] std::size_t take_searching(Blocks& blocks, std::size_t n,
                                               std::size_t align) noexcept {
    const std::size_t least = LengthTree::clipped(n);
    for (std::size_t at = tree().first(least); at != none;) {
      const std::size_t length = length_at(blocks, at);
      const std::size_t gap = gap_at(blocks, at, align);
      if (n <= length && gap <= length - n) {
        cut_behind(blocks, at, length, gap, n);
        return at + gap;
      }
      at = tree().first_from(at + length, least);
    }
    return none;
  }

  /// Takes the first n blocks of the chunk at `at`.
  template <class Blocks>
  void cut(Blocks& blocks, std::size_t at, std::size_t length, std::size_t n) noexcept {
    const std::size_t left = length - n;
    clear_bit(tables_.begins, at);
    if (left != 0) {
      set_bit(tables_.begins, at + n);
      write_length(blocks, at + n, left);
      tree().move(at, at + n, left);
    } else {
      clear_bit(tables_.ends, at + length - 1);
      tree().drop(at);
    }
  }

  /// Takes n blocks behind a gap out of the chunk at `at`.
  template <class Blocks>
  void cut_behind(Blocks& blocks, std::size_t at, std::size_t length, std::size_t gap,
                  std::size_t n) noexcept {
    if (gap == 0) return cut(blocks, at, length, n);
    cut(blocks, at, length, length);
    add(blocks, at, gap);
    if (gap + n < length) add(blocks, at + gap + n, length - gap - n);
  }
  /// A free chunk that touches no other.
  template <class Blocks>
  void add(Blocks& blocks, std::size_t at, std::size_t length) noexcept {
    set_bit(tables_.begins, at);
    set_bit(tables_.ends, at + length - 1);
    write_length(blocks, at, length);
    tree().raise(at, length);
  }

  Tables tables_;
};

}  // namespace heapatlas::stalloc
