// What a block costs beyond its size, at worst, in bytes.
//
// Counted is what a link sets aside for one block: headers, rounding, padding. Not counted is what
// a page or a heap takes whatever its blocks are; the entry's words about its cost name that.
#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <string>

#include "core/alloc/layout.hpp"
#include "core/chain/link.hpp"

namespace heapatlas::chain {

/// Instead of a number of bytes: the link grants no such block.
inline constexpr std::size_t block_refused = 0;
/// Instead of a number of bytes: a library decides, and does not say.
inline constexpr std::size_t block_unknown = std::numeric_limits<std::size_t>::max();

/// The most bytes of its memory that a link, with all its parts, sets aside for a block of that
/// layout, of an alignment of at most 16; or one of the two above. Of links that may all answer,
/// the costliest counts.
[[nodiscard]] std::size_t block_bytes(const Link& link, Layout layout);

/// What people are told about: blocks of these sizes, as malloc aligns them.
inline constexpr std::array<std::size_t, 4> told_sizes = {1, 16, 100, 1000};
inline constexpr std::size_t told_alignment = 16;

/// "15 bytes on a block of 1, 0 on 16, 12 on 100, 8 on 1000".
[[nodiscard]] std::string describe_overhead(const Link& link);

}  // namespace heapatlas::chain
