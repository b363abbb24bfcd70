// What each link of a run-time chain did: requests answered and refused, bytes, peak.
//
// A CountedLink stands before a link and counts. Totals are relaxed atomics: exact one by one,
// and read together only when the chain is at rest. A pass that measures time has none.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "core/chain/erased.hpp"

namespace heapatlas::chain {

/// One link's totals. Bytes are as requested.
struct LinkFigures {
  std::uint64_t answered = 0;  ///< allocations and resizes that it granted
  /// Allocations that it failed, so that the next link or the caller got them.
  std::uint64_t refused_allocations = 0;
  /// Resizes that it failed: the block moved to where there was room, or stayed as it was.
  std::uint64_t refused_resizes = 0;
  std::uint64_t answered_bytes = 0;  ///< requested by what it granted; of a resize the new size
  std::uint64_t freed = 0;
  std::uint64_t live_bytes = 0;
  std::uint64_t peak_bytes = 0;  ///< most live bytes at once
};

/// The figures of a chain, by NodeId.
class Counts {
 public:
  enum class Keep : bool {
    everything,
    last_granting,  ///< nothing else: a store for each grant instead of some atomic additions
  };
  /// For a chain of so many allocators.
  explicit Counts(std::size_t nodes, Keep keep = Keep::everything) : links_(nodes), keep_(keep) {}

  [[nodiscard]] LinkFigures figures(NodeId node) const;
  [[nodiscard]] std::size_t nodes() const noexcept { return links_.size(); }
  [[nodiscard]] Keep keep() const noexcept { return keep_; }

  /// The link that carved the block granted last, by whatever thread.
  [[nodiscard]] NodeId last_granting() const noexcept { return last_granting_.load(relaxed); }

  /// Starts over; live bytes are kept, and the peak begins at them.
  void restart();

 private:
  friend class CountedLink;
  static constexpr std::memory_order relaxed = std::memory_order_relaxed;

  struct Totals {
    std::atomic<std::uint64_t> answered = 0;
    std::atomic<std::uint64_t> refused_allocations = 0;
    std::atomic<std::uint64_t> refused_resizes = 0;
    std::atomic<std::uint64_t> answered_bytes = 0;
    std::atomic<std::uint64_t> freed = 0;
    std::atomic<std::uint64_t> live_bytes = 0;
    std::atomic<std::uint64_t> peak_bytes = 0;
  };
  std::vector<Totals> links_;
  Keep keep_;
  std::atomic<NodeId> last_granting_ = 0;
};

/// Counts what passes through to target. Frees without a layout leave live bytes as they are: the
/// size requested is not known.
class CountedLink final : public Erased {
 public:
  /// carves: the target hands out blocks of its own, so it may be the one that granted last.
  CountedLink(Erased& target, Counts& counts, NodeId node, bool carves);

  Block allocate(std::size_t size, std::size_t align) noexcept override;
  void deallocate(std::byte* ptr, std::size_t size, std::size_t align) noexcept override;
  std::size_t min_alignment() const noexcept override { return target_.min_alignment(); }
  std::size_t max_alignment() const noexcept override { return target_.max_alignment(); }
  bool owns(const std::byte* ptr) const noexcept override { return target_.owns(ptr); }
  Block grow(std::byte* ptr, Layout old, std::size_t size) noexcept override;
  Block shrink(std::byte* ptr, Layout old, std::size_t size) noexcept override;
  Block reallocate(std::byte* ptr, Layout old, std::size_t size) noexcept override;
  Block resize_by_owner(std::byte* ptr, Layout old, std::size_t size) noexcept override;
  Block allocate_zeroed(Layout layout) noexcept override;
  bool try_deallocate(std::byte* ptr, std::size_t size, std::size_t align) noexcept override;
  void reset() noexcept override;
  void rewind() noexcept override;
  std::size_t usable_size(const std::byte* ptr) const noexcept override {
    return target_.usable_size(ptr);
  }
  void deallocate(std::byte* ptr) noexcept override;
  void walk(ErasedVisitor& visitor) const override { target_.walk(visitor); }
  const char* check() const noexcept override { return target_.check(); }

 private:
  void count_freed(std::size_t size) noexcept;
  Block count_allocation(Block block, std::size_t size) noexcept;
  Block count_resize(Block block, Layout old, std::size_t size) noexcept;
  void count_answer(std::size_t old_size, std::size_t new_size) noexcept;

  Erased& target_;
  Counts& counts_;
  Counts::Totals& totals_;
  NodeId node_;
  bool carves_;
};

}  // namespace heapatlas::chain
