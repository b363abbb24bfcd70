// What the child of a placements pass and its parent share: the plan, the blocks, the log.
//
// One file without a name, mapped by the child and never on its heap:
//
//   HistoryHeader | PlannedWalk x walks | LinkTraits x links | Grant x grants | log
//
// The parent writes the first three and leaves room for the grants; the child fills in the grants
// through its mapping and appends notes to the log with plain writes, so that neither moves a
// mapping while the allocator under test runs. Both are built of the same source; the parent
// trusts no count in the file. Addresses are those of the child, times are operations that were
// done.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "core/alloc/span.hpp"
#include "core/report/heap.hpp"

namespace heapatlas::replay {

struct HistoryHeader {
  static constexpr std::uint64_t expected_magic = 0x79726f7473696820;  // " history"
  std::uint64_t magic = expected_magic;
  std::uint64_t walks = 0;
  std::uint64_t links = 0;
  std::uint64_t grants = 0;  ///< as many as the trace has allocations and resizes
  std::uint64_t walks_at = 0;
  std::uint64_t links_at = 0;
  std::uint64_t grants_at = 0;  ///< a multiple of the page size
  std::uint64_t log_at = 0;
};

/// A walk to be taken when so many operations are done. Ascending, no two alike.
struct PlannedWalk {
  std::uint64_t operations = 0;
  std::uint64_t whole = 0;  ///< 1: every span goes into the log; 0: figures alone
};

/// What the child must know of a link: by NodeId.
struct LinkTraits {
  bool walks = false;        ///< it shows its regions; else the process's mappings do
  bool uses_malloc = false;  ///< malloc_usable_size of its blocks tells what was granted
};

/// A block that was granted or resized, in the order of operations.
struct Grant {
  std::uint64_t operation = 0;
  std::uint64_t address : 48 = 0;  ///< of a process; no address has more bits
  std::uint64_t node : 16 = 0;     ///< that granted a block last; of a block that stayed: unknown
  std::uint64_t granted = 0;       ///< bytes
};
static_assert(sizeof(Grant) == 24);

enum class NoteKind : std::uint32_t {
  regions,   ///< SeenRegions: the outermost regions of a walk
  mappings,  ///< SeenRegions: the writable mappings of the process
  figures,   ///< one WalkFigures
  spans,     ///< report::WalkedSpans: a whole walk, as planned
  worst,     ///< the same, of the worst fragmentation
};

/// What every entry of the log begins with; `count` elements of what its kind says follow.
struct NoteHead {
  NoteKind kind = NoteKind::regions;
  std::uint32_t element_bytes = 0;
  std::uint64_t operations = 0;
  std::uint64_t count = 0;
};

struct SeenRegion {
  std::uint64_t address = 0;
  std::uint64_t size = 0;  ///< without address space at its end that has no memory behind it
  std::uint32_t node = 0;  ///< 0 for mappings
  std::uint32_t unused = 0;

  [[nodiscard]] std::uint64_t end() const noexcept { return address + size; }
};

/// What one walk adds up to; bytes.
struct WalkFigures {
  std::uint64_t used = 0;
  std::uint64_t free = 0;
  std::uint64_t largest_free = 0;  ///< the largest free span
  std::uint64_t metadata = 0;
  std::uint64_t padding = 0;
  std::uint64_t cached = 0;
  std::uint64_t reserved = 0;

  [[nodiscard]] std::uint64_t committed() const noexcept {
    return used + free + metadata + padding + cached;
  }
  /// 1 - largest free / free; 0 when nothing is free.
  [[nodiscard]] double external_fragmentation() const noexcept {
    if (free == 0) return 0;
    return 1 - static_cast<double>(largest_free) / static_cast<double>(free);
  }
};

static_assert(std::is_trivially_copyable_v<report::WalkedSpan> &&
              std::is_trivially_copyable_v<SeenRegion> &&
              std::is_trivially_copyable_v<WalkFigures>);

}  // namespace heapatlas::replay
