// Where every byte of a chain's heap was, at every instant of a replay: regions, blocks, walks and
// quantities over time. Plain data.
//
// *Time* is counted in events of the trace: "at event t" means just after event number t. A block
// lives at t when birth <= t < death.
//
// *Addresses* are relative: 0 is the lowest address of the run's regions. The file holds a block's
// address as a region and an offset in it, so that runs compare under address randomisation.
// Regions that stand at different times may cover the same addresses.
//
// Nothing here is trusted until `validate` has accepted it. Sizes and addresses are in bytes.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"

namespace heapatlas::report {

using Event = std::uint64_t;

/// The death of what outlives the run; null in the file.
inline constexpr Event forever = std::numeric_limits<Event>::max();
/// A placement's site or thread that nobody knew; null in the file.
inline constexpr std::uint32_t unknown = std::numeric_limits<std::uint32_t>::max();

/// From this event on a region has this size, until the next extent.
struct Extent {
  Event from = 0;
  std::uint64_t size = 0;

  bool operator==(const Extent&) const = default;
};

/// A piece of the address space that the chain's outermost source gave.
struct Region {
  std::uint64_t address = 0;
  Event death = forever;
  std::vector<Extent> extents;  ///< at least one, ascending in `from`; the first is the birth
  std::uint32_t node = 0;       ///< which allocator of the chain holds it
  /// What lies between live blocks can serve requests, save the allocator's own data. False for a
  /// foreign allocator's memory, of which nothing is known.
  bool own = true;

  [[nodiscard]] Event birth() const { return extents.front().from; }
  [[nodiscard]] bool stands_at(Event at) const { return birth() <= at && at < death; }
  /// Its size at an event, 0 when it does not stand.
  [[nodiscard]] std::uint64_t size_at(Event at) const;
  [[nodiscard]] std::uint64_t largest_size() const;
  bool operator==(const Region&) const = default;
};

/// A block, from its birth to its death or resize. A row and not columns: what draws the heap at an
/// event looks at most of a few rows in no order, and each costs one cache miss.
struct Placement {
  Event birth = 0;
  Event death = forever;  ///< above birth
  std::uint64_t address = 0;
  std::uint64_t requested = 1;  ///< at least 1
  std::uint64_t granted = 1;    ///< at least requested
  std::uint32_t node = 0;       ///< link of the chain that served it
  std::uint32_t thread = unknown;
  std::uint32_t site = unknown;
  std::uint32_t region = 0;  ///< that holds it

  [[nodiscard]] bool lives_at(Event at) const { return birth <= at && at < death; }
  bool operator==(const Placement&) const = default;
};

/// Every block that ever lived, in order of birth. A resized block is two of them.
using Placements = std::vector<Placement>;

/// core/alloc/span.hpp says what they mean.
enum class SpanKind : unsigned char { used, free, metadata, padding, cached, reserved, opaque };

/// One span of a walk that was taken during the run.
struct WalkedSpan {
  std::uint64_t address = 0;
  std::uint64_t size = 0;
  SpanKind kind = SpanKind::opaque;
  std::uint32_t node = 0;
  std::uint64_t blocks = 0;     ///< live blocks in a used span; 0: unknown
  std::uint64_t requested = 0;  ///< bytes asked for in a used span; 0: unknown

  bool operator==(const WalkedSpan&) const = default;
};

/// A whole walk. Flat: a child's spans stand in the place of the parent's span they refine.
struct Snapshot {
  Event at = 0;
  std::string label;              ///< "peak", "worst", "end", a marker's text
  std::vector<WalkedSpan> spans;  ///< ascending, apart

  bool operator==(const Snapshot&) const = default;
};

enum class Unit : unsigned char { bytes, count, share, nanoseconds };

/// A quantity over time: it has value[i] from event at[i] until the next.
struct Series {
  std::string name;
  Unit unit = Unit::bytes;
  std::vector<Event> at;  ///< ascending
  std::vector<double> value;

  bool operator==(const Series&) const = default;
};

struct Heap {
  Event events = 0;                  ///< how many events the trace has
  std::vector<std::string> nodes;    ///< the chain's allocators in preorder, as text
  std::vector<std::string> threads;  ///< by id
  std::vector<std::string> sites;    ///< call sites, by id
  std::vector<Region> regions;
  Placements placements;
  std::vector<Snapshot> snapshots;  ///< ascending in time
  std::vector<Series> series;

  /// The walk taken at exactly this event, null when there is none.
  [[nodiscard]] const Snapshot* snapshot_at(Event at) const;
  [[nodiscard]] const Series* find_series(std::string_view name) const;
  bool operator==(const Heap&) const = default;
};

/// Whether a heap is what this file says. Everything that draws or sums relies on it. The error
/// names the first fault.
[[nodiscard]] base::Status validate(const Heap& heap);

}  // namespace heapatlas::report
