#include "core/chain/counted.hpp"

namespace heapatlas::chain {

LinkFigures Counts::figures(NodeId node) const {
  const Totals& totals = links_[node];
  return {totals.answered.load(relaxed),       totals.failed.load(relaxed),
          totals.answered_bytes.load(relaxed), totals.freed.load(relaxed),
          totals.live_bytes.load(relaxed),     totals.peak_bytes.load(relaxed)};
}

void Counts::restart() {
  for (Totals& totals : links_) {
    totals.answered.store(0, relaxed);
    totals.failed.store(0, relaxed);
    totals.answered_bytes.store(0, relaxed);
    totals.freed.store(0, relaxed);
    totals.peak_bytes.store(totals.live_bytes.load(relaxed), relaxed);
  }
}

CountedLink::CountedLink(Erased& target, Counts& counts, NodeId node, bool carves)
    : Erased(target.facts()),
      target_(target),
      counts_(counts),
      totals_(counts.links_[node]),
      node_(node),
      carves_(carves) {}

Block CountedLink::count(Block block, std::size_t old_size, std::size_t new_size) noexcept {
  constexpr auto relaxed = Counts::relaxed;
  if (!block) {
    totals_.failed.fetch_add(1, relaxed);
    return block;
  }
  totals_.answered.fetch_add(1, relaxed);
  totals_.answered_bytes.fetch_add(new_size, relaxed);
  const std::uint64_t change = std::uint64_t{new_size} - old_size;  // wraps when it shrinks
  const std::uint64_t live = totals_.live_bytes.fetch_add(change, relaxed) + change;
  std::uint64_t peak = totals_.peak_bytes.load(relaxed);
  while (live > peak && !totals_.peak_bytes.compare_exchange_weak(peak, live, relaxed)) {
  }
  if (carves_) counts_.last_granting_.store(node_, relaxed);
  return block;
}

Block CountedLink::allocate(Layout layout) noexcept {
  return count(target_.allocate(layout), 0, layout.size);
}

Block CountedLink::allocate_zeroed(Layout layout) noexcept {
  return count(target_.allocate_zeroed(layout), 0, layout.size);
}

void CountedLink::deallocate(std::byte* ptr, Layout layout) noexcept {
  target_.deallocate(ptr, layout);
  count_freed(layout);
}

bool CountedLink::try_deallocate(std::byte* ptr, Layout layout) noexcept {
  const bool freed = target_.try_deallocate(ptr, layout);
  if (freed) count_freed(layout);
  return freed;
}

void CountedLink::count_freed(Layout layout) noexcept {
  totals_.freed.fetch_add(1, Counts::relaxed);
  totals_.live_bytes.fetch_sub(layout.size, Counts::relaxed);
}

void CountedLink::deallocate(std::byte* ptr) noexcept {
  target_.deallocate(ptr);
  totals_.freed.fetch_add(1, Counts::relaxed);
}

Block CountedLink::grow(std::byte* ptr, Layout old, std::size_t size) noexcept {
  if (!facts().can.resizes) return {};  // not a request that it could have answered
  return count(target_.grow(ptr, old, size), old.size, size);
}

Block CountedLink::shrink(std::byte* ptr, Layout old, std::size_t size) noexcept {
  if (!facts().can.resizes) return {};
  return count(target_.shrink(ptr, old, size), old.size, size);
}

Block CountedLink::reallocate(std::byte* ptr, Layout old, std::size_t size) noexcept {
  return count(target_.reallocate(ptr, old, size), old.size, size);
}

void CountedLink::reset() noexcept {
  target_.reset();
  totals_.live_bytes.store(0, Counts::relaxed);
}

void CountedLink::rewind() noexcept {
  target_.rewind();
  totals_.live_bytes.store(0, Counts::relaxed);
}

}  // namespace heapatlas::chain
