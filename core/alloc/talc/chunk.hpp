// How talc's chunks lie in memory.
//
// A heap is tiled by chunks. A chunk is named by the address of its payload, a multiple of the
// unit; its tag is the word before the payload, so that it covers [p - word, p - word + size) and
// its upper neighbour is named p + size. Sizes are multiples of the unit, which is the smallest
// chunk: whatever a split leaves is a chunk, and so a block's chunk follows from its size alone.
//
//     tag | payload ...                      used    (cached: the payload begins with a link)
//     tag | next | previous | ... | footer   gap     (footer: its size, in its last word)
//     tag                                    end of the heap; its size is the heap's
//
// A tag holds the chunk's size, its state, and what its lower neighbour is: a gap, whose size is
// in the footer just below the tag, or a gap of one unit. Where a gap of one unit has no room for
// two pointers and a footer (16-byte units under 64-bit pointers) its links are packed into six
// bytes each and it has no footer; so addresses there are 48 bits, sign-extended.
//
// Every access copies bytes: a payload may hold anything the program left in it.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "core/alloc/arithmetic.hpp"

namespace heapatlas::talc {

template <class T>
[[nodiscard]] inline T load(const std::byte* from) noexcept {
  T value;
  __builtin_memcpy(&value, from, sizeof value);
  return value;
}

template <class T>
inline void store(std::byte* to, T value) noexcept {
  __builtin_memcpy(to, &value, sizeof value);
}

enum class ChunkState : unsigned char { gap = 0, used = 1, end = 2, cached = 3 };

/// Tag words of type TagWord and chunks of multiples of unit_bytes, a power of two, >= 16.
template <class TagWord, std::size_t unit_bytes>
struct Chunks {
  using Word = TagWord;
  static constexpr std::size_t unit = unit_bytes;
  static constexpr std::size_t tag_size = sizeof(Word);
  static constexpr bool packs_unit_gaps = 2 * sizeof(void*) + 2 * tag_size > unit;
  static_assert(is_power_of_two(unit) && unit >= 16);
  static_assert(!packs_unit_gaps || (sizeof(void*) == 8 && tag_size == 4 &&
                                     std::endian::native == std::endian::little));

  /// No chunk and no heap is larger.
  static constexpr std::size_t max_size =
      round_down(std::numeric_limits<Word>::max() < (SIZE_MAX >> 1)
                     ? static_cast<std::size_t>(std::numeric_limits<Word>::max())
                     : SIZE_MAX >> 1,
                 unit);
  static constexpr std::size_t max_payload = max_size - tag_size;

  /// The chunk that holds a payload of `payload` bytes, <= max_payload.
  [[nodiscard]] static constexpr std::size_t size_for(std::size_t payload) noexcept {
    return round_down(payload + tag_size + (unit - 1), unit);
  }
  [[nodiscard]] static constexpr std::size_t payload_of(std::size_t chunk_size) noexcept {
    return chunk_size - tag_size;
  }

  // A tag.

  static constexpr Word state_mask = 3;
  static constexpr Word below_is_gap = 4;
  static constexpr Word below_is_unit_gap = 8;  // beside below_is_gap, when unit gaps are packed
  static constexpr Word below_mask = below_is_gap | below_is_unit_gap;
  static constexpr Word size_mask = static_cast<Word>(~Word{unit - 1});

  [[nodiscard]] static Word tag(const std::byte* p) noexcept { return load<Word>(p - tag_size); }
  static void set_tag(std::byte* p, Word tag) noexcept { store<Word>(p - tag_size, tag); }

  [[nodiscard]] static constexpr Word word(std::size_t size, ChunkState state) noexcept {
    return static_cast<Word>(static_cast<Word>(size) | static_cast<Word>(state));
  }
  [[nodiscard]] static constexpr ChunkState state_of(Word tag) noexcept {
    return static_cast<ChunkState>(tag & state_mask);
  }
  [[nodiscard]] static constexpr std::size_t size_of(Word tag) noexcept {
    return static_cast<std::size_t>(tag & size_mask);
  }
  [[nodiscard]] static constexpr bool is_gap(Word tag) noexcept { return (tag & state_mask) == 0; }
  [[nodiscard]] static constexpr bool is_end(Word tag) noexcept {
    return state_of(tag) == ChunkState::end;
  }

  /// The size of the gap below p, whose tag says that there is one.
  [[nodiscard]] static std::size_t size_below(const std::byte* p, Word tag) noexcept {
    if constexpr (packs_unit_gaps) {
      if ((tag & below_is_unit_gap) != 0) return unit;
    }
    return static_cast<std::size_t>(load<Word>(p - 2 * tag_size));
  }

  /// Writes the tag and the footer of a gap, and tells its upper neighbour, which must exist.
  static void make_gap(std::byte* p, std::size_t size) noexcept {
    set_tag(p, word(size, ChunkState::gap));
    std::byte* const above = p + size;
    const Word others = static_cast<Word>(tag(above) & static_cast<Word>(~below_mask));
    if (packs_unit_gaps && size == unit) {
      set_tag(above, static_cast<Word>(others | below_mask));
    } else {
      store<Word>(above - 2 * tag_size, static_cast<Word>(size));
      set_tag(above, static_cast<Word>(others | below_is_gap));
    }
  }
  /// Tells p that its lower neighbour is no gap any more.
  static void clear_below(std::byte* p) noexcept {
    set_tag(p, static_cast<Word>(tag(p) & static_cast<Word>(~below_mask)));
  }

  // A gap's links. `packed`: it measures one unit and unit gaps are packed.

  struct Links {
    std::byte* next;
    std::byte* previous;
  };
  [[nodiscard]] static Links links(const std::byte* p, bool packed) noexcept {
    if (packed) {
      const std::uint64_t low = load<std::uint64_t>(p);
      const std::uint64_t high = load<std::uint32_t>(p + 8);
      return {unpack(low), unpack(low >> 48 | high << 16)};
    }
    return {load<std::byte*>(p), load<std::byte*>(p + sizeof(void*))};
  }
  static void set_links(std::byte* p, Links links, bool packed) noexcept {
    if (packed) {
      const std::uint64_t previous = pack(links.previous);
      store<std::uint64_t>(p, pack(links.next) | previous << 48);
      store<std::uint32_t>(p + 8, static_cast<std::uint32_t>(previous >> 16));
    } else {
      store<std::byte*>(p, links.next);
      store<std::byte*>(p + sizeof(void*), links.previous);
    }
  }
  static void set_next(std::byte* p, std::byte* next, bool packed) noexcept {
    if (packed) {
      store<std::uint64_t>(p, pack(next) | (load<std::uint64_t>(p) & ~address_mask));
    } else {
      store<std::byte*>(p, next);
    }
  }
  static void set_previous(std::byte* p, std::byte* previous, bool packed) noexcept {
    if (packed) {
      set_links(p, {links(p, true).next, previous}, true);
    } else {
      store<std::byte*>(p + sizeof(void*), previous);
    }
  }

  /// False for an address that packed links could not hold.
  [[nodiscard]] static bool addressable(const std::byte* p) noexcept {
    return !packs_unit_gaps || unpack(pack(p)) == p;
  }

 private:
  static constexpr std::uint64_t address_mask = (std::uint64_t{1} << 48) - 1;

  static std::uint64_t pack(const std::byte* p) noexcept { return address_of(p) & address_mask; }
  static std::byte* unpack(std::uint64_t packed) noexcept {
    const auto address = static_cast<std::int64_t>(packed << 16) >> 16;
    return reinterpret_cast<std::byte*>(static_cast<std::uintptr_t>(address));
  }
};

/// 4-byte tags and 16-byte units: blocks and heaps below 4 GiB. A block costs 4 bytes and what
/// rounds it up to 16.
using SmallChunks = Chunks<std::uint32_t, 16>;

/// Word-sized tags and units of four words: blocks and heaps of any size.
using LargeChunks = Chunks<std::uintptr_t, 4 * sizeof(std::uintptr_t)>;

}  // namespace heapatlas::talc
