#include "core/chain/counted.hpp"

#include <utility>

namespace heapatlas::chain {

LinkFigures Counts::figures(NodeId node) const {
  const Totals& totals = links_[node];
  return {.answered = totals.answered.load(relaxed),
          .refused_allocations = totals.refused_allocations.load(relaxed),
          .refused_resizes = totals.refused_resizes.load(relaxed),
          .answered_bytes = totals.answered_bytes.load(relaxed),
          .freed = totals.freed.load(relaxed),
          .live_bytes = totals.live_bytes.load(relaxed),
          .peak_bytes = totals.peak_bytes.load(relaxed)};
}

void Counts::restart() {
  for (Totals& totals : links_) {
    totals.answered.store(0, relaxed);
    totals.refused_allocations.store(0, relaxed);
    totals.refused_resizes.store(0, relaxed);
    totals.answered_bytes.store(0, relaxed);
    totals.freed.store(0, relaxed);
    totals.peak_bytes.store(totals.live_bytes.load(relaxed), relaxed);
  }
}

namespace {

/// So that a link is asked, and seen to refuse, what is too large for it.
LinkFacts without_max_size(LinkFacts facts) {
  facts.max_size = LinkFacts::unbounded;
  return facts;
}

}  // namespace

CountedLink::CountedLink(Erased& target, Counts& counts, NodeId node, bool carves)
    : Erased(without_max_size(target.facts())),
      target_(target),
      counts_(counts),
      totals_(counts.links_[node]),
      node_(node),
      carves_(carves) {}

Block CountedLink::count_allocation(Block block, std::size_t size) noexcept {
  if (block) {
    count_answer(0, size);
  } else {
    totals_.refused_allocations.fetch_add(1, Counts::relaxed);
  }
  return block;
}

Block CountedLink::count_resize(Block block, Layout old, std::size_t size) noexcept {
  if (block) {
    count_answer(old.size, size);
  } else {
    totals_.refused_resizes.fetch_add(1, Counts::relaxed);
  }
  return block;
}

void CountedLink::count_answer(std::size_t old_size, std::size_t new_size) noexcept {
  constexpr auto relaxed = Counts::relaxed;
  if (carves_) counts_.last_granting_.store(node_, relaxed);
  if (counts_.keep_ == Counts::Keep::last_granting) return;
  totals_.answered.fetch_add(1, relaxed);
  totals_.answered_bytes.fetch_add(new_size, relaxed);
  const std::uint64_t change = std::uint64_t{new_size} - old_size;  // wraps when it shrinks
  const std::uint64_t live = totals_.live_bytes.fetch_add(change, relaxed) + change;
  std::uint64_t peak = totals_.peak_bytes.load(relaxed);
  while (live > peak && !totals_.peak_bytes.compare_exchange_weak(peak, live, relaxed)) {
  }
}

Block CountedLink::allocate(std::size_t size, std::size_t align) noexcept {
  return count_allocation(target_.allocate(size, align), size);
}

Block CountedLink::allocate_zeroed(Layout layout) noexcept {
  return count_allocation(target_.allocate_zeroed(layout), layout.size);
}

void CountedLink::deallocate(std::byte* ptr, std::size_t size, std::size_t align) noexcept {
  target_.deallocate(ptr, size, align);
  count_freed(size);
}

bool CountedLink::try_deallocate(std::byte* ptr, std::size_t size, std::size_t align) noexcept {
  const bool freed = target_.try_deallocate(ptr, size, align);
  if (freed) count_freed(size);
  return freed;
}

void CountedLink::count_freed(std::size_t size) noexcept {
  if (counts_.keep_ == Counts::Keep::last_granting) return;
  totals_.freed.fetch_add(1, Counts::relaxed);
  totals_.live_bytes.fetch_sub(size, Counts::relaxed);
}

void CountedLink::deallocate(std::byte* ptr) noexcept {
  target_.deallocate(ptr);
  totals_.freed.fetch_add(1, Counts::relaxed);
}

Block CountedLink::grow(std::byte* ptr, Layout old, std::size_t size) noexcept {
  if (!facts().can.resizes) return {};  // not a request that it could have answered
  return count_resize(target_.grow(ptr, old, size), old, size);
}

Block CountedLink::shrink(std::byte* ptr, Layout old, std::size_t size) noexcept {
  if (!facts().can.resizes) return {};
  return count_resize(target_.shrink(ptr, old, size), old, size);
}

Block CountedLink::reallocate(std::byte* ptr, Layout old, std::size_t size) noexcept {
  return count_resize(target_.reallocate(ptr, old, size), old, size);
}

Block CountedLink::resize_by_owner(std::byte* ptr, Layout old, std::size_t size) noexcept {
  return count_resize(target_.resize_by_owner(ptr, old, size), old, size);
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
