#include "core/trace/profile.hpp"

#include <algorithm>
#include <bit>

namespace heapatlas::trace {
namespace {

constexpr auto lifetime_ends = [] {
  std::array<std::uint64_t, lifetime_buckets> ends{};
  std::uint64_t unit = 1;
  for (std::size_t i = 0; i < ends.size(); ++i) {
    if (i != 0 && i % 5 == 0) unit *= 1000;
    ends[i] = unit << (2 * (i % 5));
  }
  ends.back() = UINT64_MAX;  // beyond max_time
  return ends;
}();

}  // namespace

std::size_t size_bucket(std::uint64_t size) {
  return size == 0 ? 0 : static_cast<std::size_t>(std::bit_width(size - 1)) + 1;
}

std::uint64_t size_bucket_end(std::size_t bucket) {
  return bucket == 0 ? 0 : std::uint64_t{1} << (bucket - 1);
}

std::size_t lifetime_bucket(std::uint64_t lifetime) {
  return static_cast<std::size_t>(std::ranges::upper_bound(lifetime_ends, lifetime) -
                                  lifetime_ends.begin());
}

std::uint64_t lifetime_bucket_end(std::size_t bucket) {
  return lifetime_ends[bucket];
}

void LiveCurve::add(std::uint64_t live_bytes) {
  if (peaks_.empty() || in_last_ == stretch_) {
    if (peaks_.size() == most_stretches) {
      for (std::size_t i = 0; i < most_stretches / 2; ++i)
        peaks_[i] = std::max(peaks_[2 * i], peaks_[2 * i + 1]);
      peaks_.resize(most_stretches / 2);
      stretch_ *= 2;
    }
    peaks_.push_back(0);
    in_last_ = 0;
  }
  ++in_last_;
  peaks_.back() = std::max(peaks_.back(), live_bytes);
}

base::Status Profile::add(const Event& event) {
  HEAPATLAS_TRY(tally_.add(event));
  if (event.kind == EventKind::allocate) add_allocate(event);
  if (event.kind == EventKind::resize) add_resize(event);
  if (event.kind == EventKind::free) add_free(event);
  live.add(totals().end_live_bytes);
  return {};
}

void Profile::add_allocate(const Event& event) {
  SizeCount& count = sizes[size_bucket(event.size)];
  ++count.blocks;
  count.bytes += event.size;
  bytes_requested += event.size;
  largest = std::max(largest, event.size);
  zeroed += event.zeroed ? 1 : 0;
  ++(event.align_log2 == natural_align ? natural_alignments : alignments[event.align_log2]);
  blocks_.insert(event.object, {event.size, event.time, totals().events, event.thread});
}

void Profile::add_resize(const Event& event) {
  Block& block = *blocks_.find(event.object);
  grown += event.size > block.size ? 1 : 0;
  shrunk += event.size < block.size ? 1 : 0;
  largest = std::max(largest, event.size);
  resized_elsewhere += event.thread != block.thread ? 1 : 0;
  block.size = event.size;
}

void Profile::add_free(const Event& event) {
  const Block& block = *blocks_.find(event.object);
  freed_elsewhere += event.thread != block.thread ? 1 : 0;
  const std::uint64_t lifetime = event.time - std::min(event.time, block.time);
  ++lifetimes_ns[lifetime_bucket(std::max(lifetime, shortest_))];
  ++lifetimes_events[lifetime_bucket(totals().events - block.event)];
  blocks_.erase(event.object);
}

}  // namespace heapatlas::trace
