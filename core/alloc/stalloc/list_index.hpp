// The free chunks of a stalloc as a list in address order, inside the free memory itself.
//
// Layout: the first block of a free chunk holds {next, missing}: the block where the next free
// chunk begins (0: there is none; block 0 can only be first), and how many blocks of the whole
// heap the chunk does *not* have. So a fresh heap, one chunk of every block, is all zeros. The
// index itself is two numbers, {first, full}.
//
// Invariants: chunks ascend, and never touch: there is a live block between any two.
//
// Cost: two numbers, and nothing for live blocks. Taking and giving walk the list: O(free chunks).
// A block must hold two numbers.
#pragma once

#include <cstddef>

#include "core/alloc/memory.hpp"
#include "core/alloc/misuse.hpp"
#include "core/alloc/stalloc/blocks.hpp"

namespace heapatlas::stalloc {

template <class Number>
class ListIndex {
 public:
  static constexpr std::size_t min_block_size = 2 * sizeof(Number);
  static constexpr std::size_t max_count = std::numeric_limits<Number>::max();

  [[nodiscard]] constexpr bool is_full() const noexcept { return full_ != 0; }

  template <class Blocks>
  [[nodiscard]] bool is_empty(const Blocks& blocks) const noexcept {
    return full_ == 0 && first_ == 0 && load(blocks, 0).missing == 0;
  }

  /// Everything is free. O(1).
  template <class Blocks>
  void clear(Blocks& blocks) noexcept {
    first_ = 0;
    full_ = blocks.count() == 0 ? 1 : 0;
    if (full_ == 0) store(blocks, 0, {0, 0});
  }

  /// First fit: n >= 1 blocks at a multiple of align bytes; `none` when no chunk holds them.
  template <class Blocks>
  [[nodiscard]] std::size_t take(Blocks& blocks, std::size_t n, std::size_t align) noexcept {
    if (full_ != 0) return none;
    std::size_t before = none;
    for (std::size_t at = first_;;) {
      const Chunk chunk = load(blocks, at);
      const std::size_t length = blocks.count() - chunk.missing;
      const std::size_t gap = gap_at(blocks, at, align);
      if (n <= length && gap <= length - n) {
        cut(blocks, before, at, chunk, gap, n);
        return at + gap;
      }
      if (chunk.next == 0) return none;
      before = at;
      at = chunk.next;
    }
  }

  /// Frees n >= 1 blocks from `at`, which are live. Merges them with the free chunks they touch.
  template <class Blocks>
  void give(Blocks& blocks, std::size_t at, std::size_t n) noexcept {
    if (full_ != 0) {
      full_ = 0;
      first_ = number(at);
      store(blocks, at, chunk_of(blocks, 0, n));
      return;
    }
    if (at < first_) {
      require(at + n <= first_, "stalloc", block(blocks, at), "a block is freed once");
      const std::size_t after = first_;
      first_ = number(at);
      store(blocks, at, merged_with_next(blocks, at, n, after));
      return;
    }
    give_behind(blocks, before(blocks, at), at, n);
  }

  /// Takes up to n blocks that lie free right behind block `end - 1`; all or, with `partly`, as
  /// many as there are. Returns how many.
  template <class Blocks>
  std::size_t extend(Blocks& blocks, std::size_t end, std::size_t n, bool partly) noexcept {
    if (full_ != 0 || n == 0) return 0;
    const std::size_t previous = end <= first_ ? none : before(blocks, end);
    const std::size_t next = previous == none ? first_ : load(blocks, previous).next;
    if (next != end) return 0;
    const Chunk chunk = load(blocks, end);
    const std::size_t length = blocks.count() - chunk.missing;
    if (length < n && !partly) return 0;
    const std::size_t taken = n < length ? n : length;
    cut(blocks, previous, end, chunk, 0, taken);
    return taken;
  }

  /// visit(first block, length) for each free chunk, in address order.
  template <class Blocks, class Visit>
  void for_each_free(const Blocks& blocks, Visit&& visit) const {
    if (full_ != 0) return;
    for (std::size_t at = first_;;) {
      const Chunk chunk = load(blocks, at);
      visit(at, blocks.count() - chunk.missing);
      if (chunk.next == 0) return;
      at = chunk.next;
    }
  }

  template <class Blocks>
  [[nodiscard]] const char* check(const Blocks& blocks) const noexcept {
    if (full_ != 0) return nullptr;
    std::size_t at = first_;
    for (;;) {
      if (at >= blocks.count()) return "a free chunk begins in the heap";
      const Chunk chunk = load(blocks, at);
      if (chunk.missing >= blocks.count()) return "a free chunk has at least one block";
      const std::size_t end = at + blocks.count() - chunk.missing;
      if (end > blocks.count()) return "a free chunk ends in the heap";
      if (chunk.next == 0) return nullptr;
      if (chunk.next <= end) return "free chunks ascend and never touch";
      at = chunk.next;
    }
  }

 private:
  struct Chunk {
    Number next;
    Number missing;
  };

  static constexpr Number number(std::size_t value) noexcept { return static_cast<Number>(value); }

  template <class Blocks>
  static auto* block(Blocks& blocks, std::size_t at) noexcept {
    if (at >= blocks.count()) __builtin_unreachable();
    return blocks.data() + (at << blocks.shift());
  }
  template <class Blocks>
  static Chunk load(const Blocks& blocks, std::size_t at) noexcept {
    Chunk chunk;
    __builtin_memcpy(&chunk, block(blocks, at), sizeof chunk);
    return chunk;
  }
  template <class Blocks>
  static void store(Blocks& blocks, std::size_t at, Chunk chunk) noexcept {
    __builtin_memcpy(block(blocks, at), &chunk, sizeof chunk);
  }
  template <class Blocks>
  static Chunk chunk_of(const Blocks& blocks, std::size_t next, std::size_t length) noexcept {
    return {number(next), number(blocks.count() - length)};
  }

  /// The chunk of n blocks from `at`, taking in the chunk that begins at `next` if they touch.
  template <class Blocks>
  static Chunk merged_with_next(const Blocks& blocks, std::size_t at, std::size_t n,
                                std::size_t next) noexcept {
    if (at + n != next) return chunk_of(blocks, next, n);
    const Chunk touched = load(blocks, next);
    return {touched.next, number(touched.missing - n)};
  }

  /// The last free chunk that begins before block `at`; the first one does.
  template <class Blocks>
  std::size_t before(const Blocks& blocks, std::size_t at) const noexcept {
    std::size_t previous = first_;
    for (;;) {
      const std::size_t next = load(blocks, previous).next;
      if (next == 0 || next >= at) return previous;
      previous = next;
    }
  }

  template <class Blocks>
  void give_behind(Blocks& blocks, std::size_t previous, std::size_t at, std::size_t n) noexcept {
    const Chunk chunk = load(blocks, previous);
    const std::size_t end = previous + blocks.count() - chunk.missing;
    require(end <= at && (chunk.next == 0 || at + n <= chunk.next), "stalloc", block(blocks, at),
            "a block is freed once");
    const Chunk freed = merged_with_next(blocks, at, n, chunk.next);
    if (end == at) {
      const std::size_t had = blocks.count() - chunk.missing;
      store(blocks, previous, {freed.next, number(freed.missing - had)});
    } else {
      store(blocks, at, freed);
      store(blocks, previous, {number(at), chunk.missing});
    }
  }

  /// Takes n blocks behind a gap out of the chunk at `at`, which follows the chunk `previous`
  /// (none: it is the first). What is left in front and behind stays free.
  template <class Blocks>
  void cut(Blocks& blocks, std::size_t previous, std::size_t at, Chunk chunk, std::size_t gap,
           std::size_t n) noexcept {
    const std::size_t left = blocks.count() - chunk.missing - gap - n;
    std::size_t next = chunk.next;
    if (left > 0) {
      next = at + gap + n;
      store(blocks, next, chunk_of(blocks, chunk.next, left));
    }
    if (gap > 0) {
      store(blocks, at, chunk_of(blocks, next, gap));
    } else if (previous != none) {
      store(blocks, previous, {number(next), load(blocks, previous).missing});
    } else {
      first_ = number(next);
      if (next == 0) full_ = 1;  // no chunk was left: block 0 is never the next of another
    }
  }

  Number first_ = 0;
  Number full_ = 0;
};

}  // namespace heapatlas::stalloc
