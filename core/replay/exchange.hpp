// What passes between the parent and the child that takes one sample: one shared page or more,
// the request written by the parent, the outcome by the child.
//
// Trivial types of fixed size: a child that dies in the middle leaves what it had written, and the
// parent trusts no count in it. Both are built of the same source and live as long as the sample.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "core/chain/counted.hpp"
#include "core/replay/kernel.hpp"
#include "core/replay/touch.hpp"
#include "core/replay/violation.hpp"

namespace heapatlas::replay {

/// What a child does with the workload; each pass is a child of its own.
enum class Pass : std::uint8_t {
  throughput,  ///< timed: once cold, then warm
  memory,      ///< peak footprint, every page touched
  counts,      ///< what each link of a chain answered
  verify,      ///< is the allocator right
  placements,  ///< where every block was; what it tells is in a file of its own (history.hpp)
  self_check,  ///< what the loop itself costs beside one written by hand
};

/// How a chain ran.
enum class Implementation : std::uint8_t { unknown, composed, erased, null };

struct Request {
  static constexpr std::size_t max_chain_bytes = std::size_t{64} << 10;
  Pass pass = Pass::throughput;
  Touch touch = Touch::first;
  bool null_allocator = false;  ///< instead of the chain
  std::int32_t core = -1;       ///< to run on; negative: wherever the system likes
  std::uint32_t warm_passes = 0;
  std::uint64_t warm_budget_ns = 0;  ///< no further warm pass once these are spent
  std::uint32_t chain_bytes = 0;
  std::array<char, max_chain_bytes> chain = {};
};

/// One pass over the operations.
struct PassTime {
  std::uint64_t cpu_ns = 0;   ///< of the thread: without what other processes took
  std::uint64_t wall_ns = 0;  ///< by the clock
  std::uint64_t page_faults = 0;
  Failures failures;
};

struct MemoryOutcome {
  bool known = false;
  std::uint64_t peak_bytes = 0;          ///< most resident bytes seen
  std::uint64_t peak_operation = 0;      ///< after which they were seen
  std::uint64_t at_peak_live_bytes = 0;  ///< resident when the most bytes were live
  std::uint64_t final_bytes = 0;         ///< resident after the last operation
  std::uint64_t readings = 0;
};

struct HeapOutcome {
  std::uint64_t grants = 0;      ///< written into the history's file
  std::uint64_t cpu_ns = 0;      ///< of the pass, with its walks
  std::uint64_t walking_ns = 0;  ///< of that, the walks that were planned
  bool written = false;          ///< all of the log
};

struct SelfCheckOutcome {
  std::uint64_t kernel_ns = 0;  ///< the median pass of the replay loop with the null allocator
  std::uint64_t by_hand_ns = 0;
};

enum class Stage : std::uint32_t { not_started, building, running, done, refused };

struct Outcome {
  static constexpr std::size_t max_warm = 64;
  static constexpr std::size_t max_links = 64;
  Stage stage = Stage::not_started;
  Implementation implementation = Implementation::unknown;
  std::uint64_t operation = 0;  ///< verify: the one under way, for when the child dies in it
  PassTime cold;
  std::uint32_t warm_count = 0;
  std::array<PassTime, max_warm> warm = {};
  MemoryOutcome memory;
  Failures failures;
  std::uint32_t link_count = 0;  ///< counts pass: by node id
  std::array<chain::LinkFigures, max_links> links = {};
  Violation violation;
  HeapOutcome heap;
  SelfCheckOutcome self_check;
  std::array<char, 512> refusal = {};  ///< why it refused, one line, ends with 0
};

struct Exchange {
  static constexpr std::uint64_t expected_magic = 0x65676e6168637865;  // "exchange"
  std::uint64_t magic = expected_magic;
  Request request;
  Outcome outcome;
};

static_assert(std::is_trivially_copyable_v<Exchange>);

}  // namespace heapatlas::replay
