// The free chunks of a stalloc as a list in address order, inside the free memory itself.
//
// Layout: the index is two numbers, {first, missing}: the block where the first free chunk begins,
// and how many blocks of the whole heap that chunk does *not* have; all of them when nothing is
// free. The first block of a free chunk holds {next, missing}: where the next free chunk begins (0:
// there is none; block 0 can only be first), and the same for this chunk. The first chunk's own is
// in the index, so its block has room for what is missing in *any* chunk behind it, at least: what
// is larger than they can be is refused without a walk. So a fresh heap, one chunk of every block,
// is all zeros, and allocating from the first chunk touches the index and moves one word.
//
// Invariants: chunks ascend, and never touch: there is a live block between any two. No chunk
// behind the first misses fewer blocks than the first one's word says. A walk that finds nothing
// makes that exact; giving keeps it true; taking leaves it, as chunks only shrink.
//
// Cost: two numbers, and nothing for live blocks. Taking and giving walk the list: O(free chunks).
// A block must hold two numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "core/alloc/memory.hpp"
#include "core/alloc/misuse.hpp"
#include "core/alloc/stalloc/blocks.hpp"

namespace heapatlas::stalloc {

template <class Number>
class ListIndex {
 public:
  static constexpr std::size_t min_block_size = 2 * sizeof(Number);
  static constexpr std::size_t max_count = std::numeric_limits<Number>::max();

  template <class Blocks>
  [[nodiscard]] constexpr bool is_full(const Blocks& blocks) const noexcept {
    return missing() == blocks.count();
  }
  template <class Blocks>
  [[nodiscard]] constexpr bool is_empty(const Blocks& blocks) const noexcept {
    return missing() == 0 && blocks.count() != 0;
  }

  /// Everything is free. O(1).
  template <class Blocks>
  void clear(Blocks& blocks) noexcept {
    state_ = {};
    if (blocks.count() != 0) store(blocks, 0, {});
  }

  /// n >= 1 blocks at a multiple of align bytes, a power of two, from where the first chunk begins;
  /// null when it does not hold them there.
  template <class Blocks>
  [[nodiscard]] std::byte* take_front(Blocks& blocks, std::size_t n, std::size_t align) noexcept {
    const std::size_t length = blocks.count() - missing();
    if (n > length) return nullptr;
    std::byte* const front = block(blocks, first());
    if ((address_of(front) & (align - 1)) != 0) return nullptr;
    cut_first(blocks, length, 0, n);
    return front;
  }

  /// First fit for what take_front refuses; `none` when no chunk holds it.
  template <class Blocks>
  [[nodiscard]] std::size_t take_further(Blocks& blocks, std::size_t n,
                                         std::size_t align) noexcept {
    if (is_full(blocks)) return none;
    if (align > blocks.size()) {
      const std::size_t at = take_behind_gap(blocks, n, align);
      if (at != none) return at;
    }
    return take_behind(blocks, n, align);
  }

  /// First fit: n >= 1 blocks at a multiple of align bytes; `none` when no chunk holds them.
  template <class Blocks>
  [[nodiscard]] std::size_t take(Blocks& blocks, std::size_t n, std::size_t align) noexcept {
    const std::size_t at = first();
    return take_front(blocks, n, align) != nullptr ? at : take_further(blocks, n, align);
  }

  /// Frees n >= 1 blocks from `at`, which are live. Merges them with the free chunks they touch.
  template <class Blocks>
  void give(Blocks& blocks, std::size_t at, std::size_t n) noexcept {
    if (is_full(blocks)) return begin_with(blocks, at, n, 0, blocks.count());
    if (at > first()) return give_behind(blocks, at, n);
    require(at + n <= first(), "stalloc", block(blocks, at), "a block is freed once");
    const Chunk old = load(blocks, first());
    if (at + n == first()) {
      store(blocks, at, old);
      state_.word -= both * static_cast<Word>(n);
    } else {
      const std::size_t had = missing(), behind = first();
      store(blocks, behind, Chunk::of(old.next(), had));
      begin_with(blocks, at, n, behind, had < old.missing() ? had : old.missing());
    }
  }

  /// Takes up to n blocks that lie free right behind block `end - 1`; all or, with `partly`, as
  /// many as there are. Returns how many.
  template <class Blocks>
  std::size_t extend(Blocks& blocks, std::size_t end, std::size_t n, bool partly) noexcept {
    if (n == 0 || is_full(blocks) || end < first()) return 0;
    const std::size_t previous = end == first() ? none : before(blocks, end);
    if (previous != none && load(blocks, previous).next() != end) return 0;
    const std::size_t length = length_of(blocks, end);
    if (length < n && !partly) return 0;
    const std::size_t taken = n < length ? n : length;
    if (previous == none) {
      cut_first(blocks, length, 0, taken);
    } else {
      cut(blocks, previous, end, load(blocks, end), 0, taken);
    }
    return taken;
  }

  /// visit(first block, length) for each free chunk, in address order.
  template <class Blocks, class Visit>
  void for_each_free(const Blocks& blocks, Visit&& visit) const {
    if (is_full(blocks)) return;
    for (std::size_t at = first();;) {
      visit(at, length_of(blocks, at));
      at = load(blocks, at).next();
      if (at == 0) return;
    }
  }

  template <class Blocks>
  [[nodiscard]] const char* check(const Blocks& blocks) const noexcept {
    if (is_full(blocks)) return nullptr;
    std::size_t at = first();
    for (;;) {
      if (at >= blocks.count()) return "a free chunk begins in the heap";
      const std::size_t length = length_of(blocks, at);
      if (length == 0 || length > blocks.count()) return "a free chunk has at least one block";
      if (length > blocks.count() - at) return "a free chunk ends in the heap";
      const std::size_t next = load(blocks, at).next();
      if (next == 0) return nullptr;
      if (next <= at + length) return "free chunks ascend and never touch";
      if (next < blocks.count() && load(blocks, next).missing() < bound(blocks))
        return "no chunk is longer than the first one says of those behind it";
      at = next;
    }
  }

 private:
  static constexpr unsigned bits = std::numeric_limits<Number>::digits;
  using Word = std::conditional_t<(bits <= 16), std::uint32_t, std::uint64_t>;
  static constexpr Word low = (Word{1} << bits) - 1;
  /// Added so many times, both numbers grow by so much.
  static constexpr Word both = (Word{1} << bits) + 1;

  /// Two numbers in one word, so that each is always written and read with the other.
  struct Chunk {
    Word word = 0;

    [[nodiscard]] static constexpr Chunk of(std::size_t next, std::size_t missing) noexcept {
      return {static_cast<Word>(missing) << bits | static_cast<Word>(next)};
    }
    [[nodiscard]] constexpr std::size_t next() const noexcept { return word & low; }
    [[nodiscard]] constexpr std::size_t missing() const noexcept { return word >> bits; }
  };
  [[nodiscard]] constexpr std::size_t first() const noexcept { return state_.next(); }
  [[nodiscard]] constexpr std::size_t missing() const noexcept { return state_.missing(); }

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
  /// How many blocks the free chunk at `at` has.
  template <class Blocks>
  std::size_t length_of(const Blocks& blocks, std::size_t at) const noexcept {
    return blocks.count() - (at == first() ? missing() : load(blocks, at).missing());
  }

  /// The chunk of n blocks from `at` is the first; `next` follows it. `behind` as for bound.
  template <class Blocks>
  void begin_with(Blocks& blocks, std::size_t at, std::size_t n, std::size_t next,
                  std::size_t behind) noexcept {
    store(blocks, at, Chunk::of(next, behind));
    state_ = Chunk::of(at, blocks.count() - n);
  }

  /// The last free chunk that begins before block `at`; the first one does.
  template <class Blocks>
  std::size_t before(const Blocks& blocks, std::size_t at) const noexcept {
    std::size_t previous = first();
    for (;;) {
      const std::size_t next = load(blocks, previous).next();
      if (next == 0 || next >= at) return previous;
      previous = next;
    }
  }

  /// Every chunk behind the first misses at least so many blocks. Something is free.
  template <class Blocks>
  [[nodiscard]] std::size_t bound(const Blocks& blocks) const noexcept {
    return load(blocks, first()).missing();
  }
  template <class Blocks>
  void set_bound(Blocks& blocks, std::size_t missing) const noexcept {
    store(blocks, first(), Chunk::of(load(blocks, first()).next(), missing));
  }
  /// There may be a chunk behind the first now that misses so many.
  template <class Blocks>
  void lower_bound(Blocks& blocks, std::size_t missing) const noexcept {
    if (missing < bound(blocks)) set_bound(blocks, missing);
  }

  /// From the first chunk, not from its beginning.
  template <class Blocks>
  [[gnu::noinline]] std::size_t take_behind_gap(Blocks& blocks, std::size_t n,
                                                std::size_t align) noexcept {
    const std::size_t length = blocks.count() - missing();
    const std::size_t gap = gap_at(blocks, first(), align);
    if (n > length || gap > length - n) return none;
    const std::size_t at = first() + gap;
    cut_first(blocks, length, gap, n);
    return at;
  }

  /// First fit among the chunks behind the first.
  template <class Blocks>
  std::size_t take_behind(Blocks& blocks, std::size_t n, std::size_t align) noexcept {
    const Chunk front = load(blocks, first());
    if (n > blocks.count() - front.missing()) return none;
    std::size_t previous = first(), least_missing = blocks.count();
    for (std::size_t at = front.next(); at != 0;) {
      const Chunk chunk = load(blocks, at);
      if (chunk.missing() < least_missing) least_missing = chunk.missing();
      const std::size_t length = blocks.count() - chunk.missing();
      const std::size_t gap = gap_at(blocks, at, align);
      if (n <= length && gap <= length - n) {
        cut(blocks, previous, at, chunk, gap, n);
        return at + gap;
      }
      previous = at;
      at = chunk.next();
    }
    set_bound(blocks, least_missing);
    return none;
  }

  /// Frees n blocks behind the first chunk's beginning.
  template <class Blocks>
  [[gnu::noinline]] void give_behind(Blocks& blocks, std::size_t at, std::size_t n) noexcept {
    const std::size_t previous = before(blocks, at);
    const std::size_t had = length_of(blocks, previous);
    std::size_t next = load(blocks, previous).next(), length = n;
    require(previous + had <= at && (next == 0 || at + n <= next), "stalloc", block(blocks, at),
            "a block is freed once");
    if (at + n == next) {
      const Chunk touched = load(blocks, next);
      length += blocks.count() - touched.missing();
      next = touched.next();
    }
    if (previous + had == at) {
      set_chunk(blocks, previous, next, had + length);
      if (previous != first()) lower_bound(blocks, blocks.count() - had - length);
    } else {
      store(blocks, at, Chunk::of(next, blocks.count() - length));
      link(blocks, previous, at);
      lower_bound(blocks, blocks.count() - length);
    }
  }

  /// Writes what a free chunk is, first or not.
  template <class Blocks>
  void set_chunk(Blocks& blocks, std::size_t at, std::size_t next, std::size_t length) noexcept {
    std::size_t missing = blocks.count() - length;
    if (at == first()) {
      state_ = Chunk::of(at, missing);
      missing = bound(blocks);
    }
    store(blocks, at, Chunk::of(next, missing));
  }
  /// The chunk `next` follows the chunk `at` now.
  template <class Blocks>
  static void link(Blocks& blocks, std::size_t at, std::size_t next) noexcept {
    store(blocks, at, Chunk::of(next, load(blocks, at).missing()));
  }

  /// Takes n blocks behind a gap out of the first chunk, which has `length`.
  template <class Blocks>
  void cut_first(Blocks& blocks, std::size_t length, std::size_t gap, std::size_t n) noexcept {
    const Chunk old = load(blocks, first());
    if (gap > 0) {
      cut(blocks, none, first(), Chunk::of(old.next(), missing()), gap, n);
      if (length > gap + n) lower_bound(blocks, blocks.count() - (length - gap - n));
    } else if (length > n) {
      state_.word += both * static_cast<Word>(n);
      store(blocks, first(), old);
    } else {
      const std::size_t next = old.next();
      if (next == 0) {
        state_ = Chunk::of(0, blocks.count());
      } else {
        const Chunk chunk = load(blocks, next);
        state_ = Chunk::of(next, chunk.missing());
        store(blocks, next, Chunk::of(chunk.next(), old.missing()));
      }
    }
  }

  /// Takes n blocks behind a gap out of the chunk at `at`, which follows the chunk `previous`
  /// (none: it is the first, and gap is not 0). What is left in front and behind stays free.
  template <class Blocks>
  void cut(Blocks& blocks, std::size_t previous, std::size_t at, Chunk chunk, std::size_t gap,
           std::size_t n) noexcept {
    const std::size_t left = blocks.count() - chunk.missing() - gap - n;
    std::size_t next = chunk.next();
    if (left > 0) {
      store(blocks, at + gap + n, Chunk::of(next, blocks.count() - left));
      next = at + gap + n;
    }
    if (gap > 0) {
      set_chunk(blocks, at, next, gap);
    } else {
      link(blocks, previous, next);
    }
  }

  Chunk state_;  ///< {first, missing}
};

}  // namespace heapatlas::stalloc
