// What a workload asks of an allocator, generated before anything is timed.
//
// The generators keep track of which slots are live, so that a run makes no decision of its own.
// Every list ends with nothing live. All generators are seeded: the same list on every machine,
// for every allocator.
#pragma once

#include <cstddef>
#include <vector>

#include "core/replay/operation.hpp"

namespace heapatlas::tool::bench {

struct Operations {
  std::vector<replay::Operation> list;
  std::size_t slots = 0;
  // What is not timed: so many operations at the beginning of the list, and at its end.
  std::size_t before = 0;
  std::size_t after = 0;

  [[nodiscard]] std::size_t timed() const noexcept { return list.size() - before - after; }
};

/// Random live set: a random one of the slots is hit; a free one is allocated, a live one freed
/// or, once in eight, resized; so that half of the slots are live. Sizes uniform in 1..max, align
/// 8.
[[nodiscard]] Operations random_live_set(std::size_t slots, std::size_t max, std::size_t count);

/// Replacements: `live` blocks are allocated, which is not timed; then `count` times a random one
/// is freed and another allocated in its place. Sizes uniform in min..max, align 8.
[[nodiscard]] Operations replacements(std::size_t live, std::size_t min, std::size_t max,
                                      std::size_t count);

/// Random actions: of seven, three allocate, three free a random block, one resizes a random block
/// to 1..3*max; below 300 live blocks all but resizes allocate. Sizes uniform in 4..u, u uniform in
/// 16..max; alignment 8, a quarter of it 16 and so on. Without resizes: six actions.
[[nodiscard]] Operations random_actions(std::size_t max, bool resizes, std::size_t count);

/// Pairs of allocate and free of one size.
[[nodiscard]] Operations pairs(std::size_t size, std::size_t count);

/// What two vectors do to which ten ints of 4 bytes are pushed each: 16, 32 and 64 bytes, freed
/// in reverse; eight operations each time.
[[nodiscard]] Operations vectors(std::size_t times);

/// Allocates `count` blocks of sizes uniform in min..max, then frees all of them.
[[nodiscard]] Operations batch(std::size_t min, std::size_t max, std::size_t align,
                               std::size_t count);

/// A batch whose frees are not timed.
[[nodiscard]] Operations allocations(std::size_t min, std::size_t max, std::size_t align,
                                     std::size_t count);

}  // namespace heapatlas::tool::bench
