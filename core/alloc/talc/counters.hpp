// What talc counts, when its options say so.
#pragma once

#include <cstddef>

#include "core/alloc/talc/heap.hpp"

namespace heapatlas::talc {

/// Sizes are in bytes; "requested" is what was asked, without tags and rounding.
struct Counters {
  std::size_t live_blocks = 0;
  std::size_t live_bytes = 0;       ///< requested
  std::size_t total_blocks = 0;     ///< ever allocated
  std::size_t total_bytes = 0;      ///< requested, ever; a block that grew counts its growth
  std::size_t available_bytes = 0;  ///< gaps and cached chunks, less their tags
  std::size_t fragments = 0;        ///< how many gaps and cached chunks
  std::size_t heaps = 0;
  std::size_t claimed_bytes = 0;        ///< of the heaps
  std::size_t total_heaps = 0;          ///< ever claimed
  std::size_t total_claimed_bytes = 0;  ///< ever claimed, extensions too

  /// What is neither available nor requested: tags, rounding, heap descriptions.
  [[nodiscard]] constexpr std::size_t overhead_bytes() const noexcept {
    return claimed_bytes - available_bytes - live_bytes;
  }
};

/// What has to be counted as it happens.
struct Live {
  std::size_t blocks = 0;
  std::size_t bytes = 0;
  std::size_t total_blocks = 0;
  std::size_t total_bytes = 0;

  constexpr void add(std::size_t requested) noexcept {
    blocks += 1;
    bytes += requested;
    total_blocks += 1;
    total_bytes += requested;
  }
  constexpr void remove(std::size_t requested) noexcept {
    blocks -= 1;
    bytes -= requested;
  }
  constexpr void resize(std::size_t old_size, std::size_t new_size) noexcept {
    bytes += new_size - old_size;
    if (new_size > old_size) total_bytes += new_size - old_size;
  }
  /// Every block is gone; the totals stay.
  constexpr void clear() noexcept { blocks = bytes = 0; }
};

/// The rest is counted when it is asked for. O(gaps).
template <class Space, class Quick>
[[nodiscard]] Counters count(const Live& live, const Space& space, const Quick& quick) noexcept {
  using Chunk = typename Space::Chunk;
  using Gaps = typename Space::Gaps;
  Counters counted;
  counted.live_blocks = live.blocks;
  counted.live_bytes = live.bytes;
  counted.total_blocks = live.total_blocks;
  counted.total_bytes = live.total_bytes;
  counted.total_heaps = space.heaps().ever();
  counted.total_claimed_bytes = space.heaps().ever_bytes();
  for (const Heap* heap = space.heaps().newest(); heap != nullptr; heap = heap->next) {
    counted.heaps += 1;
    counted.claimed_bytes += Space::HeapOf::size(*heap);
  }
  const auto add = [&counted](std::size_t size) {
    counted.fragments += 1;
    counted.available_bytes += Chunk::payload_of(size);
  };
  for (unsigned bin = 0; bin < Gaps::count; ++bin) {
    for (const std::byte* p = space.bins().head(bin); p != nullptr; p = Gaps::next(p, bin))
      add(Chunk::size_of(Chunk::tag(p)));
  }
  for (std::size_t list = 0; list < Quick::count; ++list) {
    for (const std::byte* p = quick.head(list); p != nullptr; p = Quick::next(p))
      add((list + 1) * Chunk::unit);
  }
  return counted;
}

}  // namespace heapatlas::talc
