// Figures that follow from a heap's history. metrics.hpp defines each of them in words.
//
// Histograms are by powers of two: a bin holds what is at least `at_least` and less than twice
// that; empty bins are left out. A ratio is absent when it would be over 0.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/report/heap.hpp"

namespace heapatlas::report {

/// Free spans of a size.
struct FreeRuns {
  std::uint64_t at_least = 0;  ///< bytes
  std::uint64_t runs = 0;
  std::uint64_t bytes = 0;

  bool operator==(const FreeRuns&) const = default;
};

/// What the spans of one walk come to; sizes in bytes.
struct SpanFigures {
  std::uint64_t used_bytes = 0;
  std::uint64_t free_bytes = 0;
  std::uint64_t metadata_bytes = 0;
  std::uint64_t padding_bytes = 0;
  std::uint64_t cached_bytes = 0;
  std::uint64_t reserved_bytes = 0;  ///< address space without memory behind it
  std::uint64_t opaque_bytes = 0;
  std::uint64_t free_runs = 0;
  std::uint64_t largest_free_bytes = 0;
  std::optional<double> external_fragmentation;  ///< 1 - largest_free_bytes / free_bytes
  std::vector<FreeRuns> free_run_histogram;      ///< ascending

  bool operator==(const SpanFigures&) const = default;
};

/// One snapshot, and what lived then.
struct SnapshotFigures {
  Event at = 0;
  std::string label;
  std::uint64_t live_blocks = 0;
  std::uint64_t live_bytes = 0;       ///< as requested
  std::uint64_t granted_bytes = 0;    ///< to the blocks that lived
  std::uint64_t committed_bytes = 0;  ///< the size of all regions
  SpanFigures spans;

  bool operator==(const SnapshotFigures&) const = default;
};

/// Blocks whose requested size falls into a bin.
struct WasteClass {
  std::uint64_t at_least = 0;  ///< bytes requested
  std::uint64_t blocks = 0;
  std::uint64_t requested_bytes = 0;
  std::uint64_t granted_bytes = 0;

  bool operator==(const WasteClass&) const = default;
};

/// Blocks that were born at an address that another had left some events ago.
struct ReuseDistance {
  std::uint64_t at_least = 0;  ///< events
  std::uint64_t blocks = 0;

  bool operator==(const ReuseDistance&) const = default;
};

struct HeapFigures {
  std::uint64_t blocks = 0;           ///< that ever lived
  std::uint64_t requested_bytes = 0;  ///< by all of them
  std::uint64_t granted_bytes = 0;    ///< to all of them
  Event peak_live_event = 0;          ///< the first at which live_bytes is highest
  std::uint64_t peak_live_bytes = 0;
  std::uint64_t peak_live_blocks = 0;                 ///< then
  std::uint64_t peak_committed_bytes = 0;             ///< at any instant
  std::optional<double> internal_waste;               ///< granted over requested
  std::optional<double> churn;                        ///< requested_bytes over peak_live_bytes
  std::uint64_t fresh_blocks = 0;                     ///< born where no block had begun before
  std::vector<WasteClass> waste_by_size;              ///< ascending
  std::vector<ReuseDistance> address_reuse_distance;  ///< ascending
  std::vector<SnapshotFigures> snapshots;             ///< as in the heap

  bool operator==(const HeapFigures&) const = default;
};

/// Of spans in any order. Linear.
[[nodiscard]] SpanFigures span_figures(std::span<const WalkedSpan> spans);

/// Of everything. The heap must have passed `validate`. O(n log n) in its placements, and linear
/// for each snapshot.
[[nodiscard]] HeapFigures heap_figures(const Heap& heap);

}  // namespace heapatlas::report
