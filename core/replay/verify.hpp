// The verifying observer: trusts nothing an allocator says.
//
// Every block is checked when it is granted (size, alignment, disjoint from every live block,
// zeroed when that was asked, usable size, ownership), filled with a pattern, and its pattern
// checked before it is resized or freed, after a resize, and at the end. The allocator's own
// invariants and its walk are checked at intervals. The first fault stops the pass.
//
// Cost: some 300 ns an operation and a pass over the bytes; memory as in live_map.hpp. One thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "core/alloc/concepts.hpp"
#include "core/chain/erased.hpp"
#include "core/replay/kernel.hpp"
#include "core/replay/live_map.hpp"
#include "core/replay/pattern.hpp"
#include "core/replay/violation.hpp"
#include "core/replay/walk_check.hpp"

namespace heapatlas::replay {

/// What is kept of a live block beside its Slot.
struct VerifiedBlock {
  std::byte* ptr = nullptr;
  std::uint64_t seed = 0;
};

template <Allocator A>
class Verifying : public Observer {
 public:
  /// Everything is borrowed; `blocks` has one entry a slot. The heap as a whole is checked every
  /// `heap_interval` operations. `under_way` always holds the operation that is running, so that
  /// another process can tell where this one died.
  Verifying(A& allocator, std::span<VerifiedBlock> blocks, std::size_t heap_interval,
            volatile std::uint64_t& under_way, Violation& violation) noexcept
      : allocator_{allocator},
        can_{chain::capabilities(allocator)},
        blocks_{blocks},
        heap_interval_{std::max<std::size_t>(heap_interval, 1)},
        under_way_{under_way},
        violation_{violation} {}

  [[nodiscard]] bool proceed(std::size_t at) noexcept {
    under_way_ = first_ + at;
    return !violation_.found;
  }

  /// What follows is about operations counted from `first`: the frees of the survivors.
  void past_the_end(std::size_t first) noexcept { first_ = first; }

  void granted(std::size_t at, std::uint32_t slot, Block block, Layout layout,
               bool zeroed) noexcept {
    accept(at, slot, block, layout);
    if (violation_.found) return;
    if (zeroed) {
      if (const auto dirty = first_nonzero(block.ptr, block.size))
        return violation_.set(first_ + at,
                              "a zeroed block holds something else than 0 at offset %zu", *dirty);
    }
    refill(slot, block.ptr, layout.size);
  }

  void resizing(std::size_t at, std::uint32_t slot, std::byte*, Layout old) noexcept {
    check_contents(at, slot, blocks_[slot].ptr, old.size, old.size, "before it was resized");
  }

  void resized(std::size_t at, std::uint32_t slot, Layout old, Block block,
               std::size_t new_size) noexcept {
    live_.erase(address(blocks_[slot].ptr));
    accept(at, slot, block, old.with_size(new_size));
    if (violation_.found) return;
    check_contents(at, slot, block.ptr, old.size, std::min(old.size, new_size),
                   "while it was resized");
    if (!violation_.found) refill(slot, block.ptr, new_size);
  }

  void not_resized(std::size_t at, std::uint32_t slot, std::byte* ptr, Layout old) noexcept {
    check_contents(at, slot, ptr, old.size, old.size, "while its resize failed");
  }

  void freeing(std::size_t at, std::uint32_t slot, std::byte* ptr, Layout layout) noexcept {
    check_contents(at, slot, ptr, layout.size, layout.size, "before it was freed");
    live_.erase(address(ptr));
  }

  void finished(std::size_t at) noexcept {
    if ((at + 1) % heap_interval_ == 0) check_heap(at);
  }

  /// The allocator's own invariants, and its walk.
  void check_heap(std::size_t at) noexcept {
    if (can_.checks) {
      if (const char* broken = check_part(allocator_))
        return violation_.set(first_ + at, "an invariant of its own is broken: %s", broken);
    }
    if constexpr (Introspectable<A>) {
      if (!can_.walks) return;
      WalkCheck visitor(live_, first_ + at, violation_);
      allocator_.walk(visitor);
      visitor.finish();
    }
  }

 private:
  [[nodiscard]] static std::uintptr_t address(const std::byte* ptr) noexcept {
    return reinterpret_cast<std::uintptr_t>(ptr);
  }

  /// Checks a block as granted, and takes it in among the live ones.
  void accept(std::size_t at, std::uint32_t slot, Block block, Layout layout) noexcept {
    const std::uintptr_t begin = address(block.ptr);
    if (block.size < layout.size)
      return violation_.set(first_ + at, "%zu bytes were granted where %zu were requested",
                            block.size, layout.size);
    if (begin % layout.align != 0)
      return violation_.set(first_ + at, "a block is not aligned to the %zu bytes requested",
                            layout.align);
    if (begin % allocator_.min_alignment() != 0)
      return violation_.set(first_ + at,
                            "a block is not aligned to the %zu bytes always guaranteed",
                            allocator_.min_alignment());
    if (const auto* other = live_.overlapping(begin, begin + block.size))
      return overlaps(at, other, begin, "granted");
    std::size_t size = block.size;
    if constexpr (SelfSizing<A>) {
      if (can_.self_sizing) size = std::max(size, check_usable(at, block, layout));
    }
    if constexpr (Owning<A>) {
      if (can_.owns) check_owned(at, block, layout);
    }
    if (violation_.found) return;
    blocks_[slot].ptr = block.ptr;
    live_.insert({begin, begin + size, slot});
  }

  std::size_t check_usable(std::size_t at, Block block, Layout layout) noexcept {
    const std::size_t usable = allocator_.usable_size(block.ptr);
    if (usable < layout.size)
      violation_.set(first_ + at, "the usable size is %zu where %zu bytes were requested", usable,
                     layout.size);
    else if (const auto* other = live_.overlapping(address(block.ptr), address(block.ptr) + usable))
      overlaps(at, other, address(block.ptr), "called usable");
    return usable;
  }

  void check_owned(std::size_t at, Block block, Layout layout) noexcept {
    if (!allocator_.owns(block.ptr) || !allocator_.owns(block.ptr + layout.size - 1))
      violation_.set(first_ + at, "it says that it does not own the block it granted");
    else if (allocator_.owns(reinterpret_cast<const std::byte*>(blocks_.data())))
      violation_.set(first_ + at, "it says that it owns memory that it never granted");
  }

  void overlaps(std::size_t at, const LiveMap::Extent* other, std::uintptr_t begin,
                const char* how) noexcept {
    violation_.set(first_ + at,
                   "bytes of a live block were %s again: the block at 0x%zx overlaps that at "
                   "0x%zx, of %zu bytes",
                   how, begin, other->begin, other->end - other->begin);
  }

  void refill(std::uint32_t slot, std::byte* ptr, std::size_t size) noexcept {
    blocks_[slot].seed = ++seed_;
    Pattern{seed_}.fill(ptr, size);
  }

  void check_contents(std::size_t at, std::uint32_t slot, const std::byte* ptr, std::size_t filled,
                      std::size_t kept, const char* when) noexcept {
    const Pattern pattern{blocks_[slot].seed};
    if (const auto lost = pattern.first_difference(ptr, filled, kept))
      violation_.set(first_ + at, "a block of %zu bytes lost its contents at offset %zu %s", filled,
                     *lost, when);
  }

  A& allocator_;
  const chain::Capabilities& can_;
  std::span<VerifiedBlock> blocks_;
  std::size_t heap_interval_;
  volatile std::uint64_t& under_way_;
  Violation& violation_;
  std::size_t first_ = 0;
  LiveMap live_;
  std::uint64_t seed_ = 0;
};

}  // namespace heapatlas::replay
