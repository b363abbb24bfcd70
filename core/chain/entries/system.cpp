#include "core/chain/entries/system.hpp"

#include <algorithm>

#include "core/alloc/arithmetic.hpp"
#include "core/alloc/os/pages.hpp"
#include "core/chain/entries/entries.hpp"
#include "core/chain/overhead.hpp"

namespace heapatlas::chain {
namespace {

/// Of glibc: a chunk of at least 32 bytes, in units of 16, one word of it a header, and one unit
/// that is too small to be split off; what may have a mapping of its own takes whole pages. Other
/// libraries do not say.
std::size_t glibc_chunk([[maybe_unused]] const Link& link, [[maybe_unused]] Layout layout) {
#ifdef __GLIBC__
  constexpr std::size_t least = 32, unit = 16, word = 8;
  constexpr std::size_t least_mapped = std::size_t{128} * 1024;
  if (layout.size >= least_mapped)
    return (CheckedSize{layout.size} + 2 * word).rounded_up(os::page_size()).saturated();
  return std::max(least, (CheckedSize{layout.size} + word).rounded_up(unit).saturated()) + unit;
#else
  return block_unknown;
#endif
}

}  // namespace

const Entry& system_entry() {
  static const Entry entry = {
      .name = "system",
      .role = Role::leaf,
      .help = "the malloc of the process",
      .parameters = {},
      .cost = "That of malloc, realloc, calloc and posix_memalign.",
      .example = "system",
      .header = "core/alloc/os/system.hpp",
      .uses_malloc = true,
      .facts =
          [](const Link& link) {
            return leaf_facts<SystemSpec>(link, System::min_alignment(), System::max_alignment(),
                                          "that of malloc; with glibc 8 bytes and rounding to 16");
          },
      .block_bytes = glibc_chunk,
      .build = build_leaf<SystemSpec>,
      .cpp =
          [](const Link&, const std::vector<Cpp>&) {
            return Cpp{"heapatlas::System", "heapatlas::System{}"};
          },
  };
  return entry;
}

}  // namespace heapatlas::chain
