// How a program used its allocator: sizes, lifetimes, alignments, resizes, threads; what
// `heapatlas info` shows.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/base/error.hpp"
#include "core/trace/event.hpp"
#include "core/trace/info.hpp"
#include "core/trace/object_map.hpp"
#include "core/trace/tally.hpp"

namespace heapatlas::trace {

/// Blocks counted by the size they were allocated with: bucket 0 holds size 0, bucket 1 size 1,
/// bucket b the sizes above 2^(b-2) up to 2^(b-1). Size classes end at powers of two.
inline constexpr std::size_t size_buckets = 49;
[[nodiscard]] std::size_t size_bucket(std::uint64_t size);
/// The largest size in a bucket.
[[nodiscard]] std::uint64_t size_bucket_end(std::size_t bucket);

/// Blocks counted by how long they lived. Buckets end, exclusively, at 1, 4, 16, 64, 256, 1000,
/// 4000, ... : steps of four that read well in ns, us, ms and s.
inline constexpr std::size_t lifetime_buckets = 33;
[[nodiscard]] std::size_t lifetime_bucket(std::uint64_t lifetime);
/// The first lifetime beyond a bucket.
[[nodiscard]] std::uint64_t lifetime_bucket_end(std::size_t bucket);

struct SizeCount {
  std::uint64_t blocks = 0;
  std::uint64_t bytes = 0;
};

/// The most bytes live in each of up to 128 stretches of equally many events.
class LiveCurve {
 public:
  void add(std::uint64_t live_bytes);
  [[nodiscard]] const std::vector<std::uint64_t>& peaks() const { return peaks_; }
  /// Events in each stretch; the last may have fewer.
  [[nodiscard]] std::uint64_t stretch() const { return stretch_; }

 private:
  static constexpr std::size_t most_stretches = 128;
  std::vector<std::uint64_t> peaks_;
  std::uint64_t stretch_ = 1;
  std::uint64_t in_last_ = 0;  ///< events in the last stretch
};

/// Memory: about 70 bytes a live object. One thread at a time.
class Profile {
 public:
  /// Of a trace whose times are whole multiples of time_unit ns: a lifetime of 0 is then any below
  /// the unit, and counts as the longest of those.
  explicit Profile(std::uint32_t time_unit = 1) : shortest_(time_unit - 1) {}

  /// Counts the event in; bad_input, and nothing changed, when it breaks a rule of event.hpp.
  [[nodiscard]] base::Status add(const Event& event);

  [[nodiscard]] const Totals& totals() const { return tally_.totals(); }

  std::array<SizeCount, size_buckets> sizes{};
  std::array<std::uint64_t, lifetime_buckets> lifetimes_ns{};      ///< of freed blocks, by time
  std::array<std::uint64_t, lifetime_buckets> lifetimes_events{};  ///< of freed blocks, by events
  std::array<std::uint64_t, max_align_log2 + 1> alignments{};      ///< asked for, by exponent
  std::uint64_t natural_alignments = 0;                            ///< not asked for
  std::uint64_t bytes_requested = 0;  ///< by allocations; resizes aside
  std::uint64_t largest = 0;          ///< bytes, of one allocation or resize
  std::uint64_t zeroed = 0;           ///< allocations that asked for zeros
  std::uint64_t grown = 0;            ///< resizes to more bytes
  std::uint64_t shrunk = 0;           ///< resizes to fewer
  std::uint64_t freed_elsewhere = 0;  ///< frees by a thread that did not allocate the block
  std::uint64_t resized_elsewhere = 0;
  LiveCurve live;

 private:
  struct Block {
    std::uint64_t size = 0;
    std::uint64_t time = 0;   ///< of its allocation
    std::uint64_t event = 0;  ///< its allocation's number
    std::uint32_t thread = 0;
  };
  void add_allocate(const Event& event);
  void add_resize(const Event& event);
  void add_free(const Event& event);

  std::uint64_t shortest_;  ///< lifetime, ns
  Tally tally_;
  ObjectMap<Block> blocks_;
};

}  // namespace heapatlas::trace
