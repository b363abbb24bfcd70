// Where the memory goes: nothing is lost, everything coalesces, the last byte can be used.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>
#include <random>
#include <vector>

#include "core/alloc/concepts.hpp"
#include "tests/alloc/conformance/driver.hpp"

namespace heapatlas::conformance {

/// Allocators of more than this many bytes are not filled up: it would take too long.
inline constexpr std::size_t fillable = 1 << 21;

/// The one request that uses all of a fresh allocator is granted; one byte more is not; then
/// nothing is left; and after freeing it everything can be had again.
template <Subject S>
void law_exact_fit() {
  constexpr std::size_t all = S::facts.exact_fit;
  if (all == 0) return;
  Driver<S> driver;
  if (driver.allocate({all + 1, 1})) fail("granted more than the exact fit");
  if (!driver.allocate({all, 1})) fail("refused the exact fit of ", all, " bytes");
  if (driver.allocate({1, 1})) fail("granted a byte of nothing");
  driver.deallocate(0);
  if (!S::facts.reclaims) return;
  if (!driver.allocate({all, 1})) fail("refused the exact fit after it was freed");
  driver.finish();
}

/// Fills up with blocks of one layout; returns how many were granted.
template <Subject S>
std::size_t fill_up(Driver<S>& driver, Layout layout) {
  const std::size_t before = driver.model().size();
  while (driver.allocate(layout)) {
  }
  return driver.model().size() - before;
}

/// Filled, emptied in a random order, and filled again, an allocator grants as many blocks as
/// before: no free loses memory.
template <Subject S>
void law_no_block_is_lost() {
  constexpr Facts facts = S::facts;
  if (!facts.grants || !facts.reclaims || facts.capacity > fillable) return;
  std::mt19937 random{20260101};
  const std::size_t size = std::max<std::size_t>(facts.unit, facts.capacity / 200);
  const std::size_t small = std::max<std::size_t>(facts.unit, facts.capacity / 1000);
  for (const Layout layout : {Layout{size, 1}, Layout{small, 16}}) {
    Driver<S> driver;
    driver.set_auditing(false);
    std::size_t first = 0;
    for (int round = 0; round < 4; ++round) {
      const std::size_t granted = fill_up(driver, layout);
      if (round == 0) first = granted;
      // A first round may pay for what stays (a table, a page); later ones must not pay again.
      if (round == 1 && facts.coalesces && granted < first) fail("freed memory was lost");
      if (round == 1) first = granted;
      if (granted != first) fail("granted ", granted, " blocks where it granted ", first);
      driver.set_auditing(true);
      driver.audit();
      driver.set_auditing(false);
      while (!driver.model().empty()) driver.deallocate(random() % driver.model().size());
      driver.set_auditing(true);
      driver.audit();
      driver.set_auditing(false);
    }
    driver.finish();
  }
}

template <Subject S>
[[nodiscard]] std::size_t free_spans(Driver<S>& driver) {
  driver.audit();
  return driver.snapshot() ? driver.snapshot()->count(SpanKind::free) : 0;
}

/// Freed in any order, all memory becomes as few free spans as it was before, and the exact fit
/// is granted again.
template <Subject S>
void law_coalesces() {
  constexpr Facts facts = S::facts;
  if (!facts.grants || !facts.coalesces || !facts.reclaims) return;
  constexpr std::size_t blocks = 5;
  std::array<std::size_t, blocks> order{};
  std::iota(order.begin(), order.end(), std::size_t{0});
  do {
    Driver<S> driver;
    if (!driver.allocate({1, 1})) return;
    driver.deallocate(0);
    const std::size_t fresh = free_spans(driver);
    driver.set_auditing(false);
    for (std::size_t i = 0; i < blocks; ++i)
      driver.allocate({facts.unit * (1 + i * 2 % blocks), i == 2 ? 16U : 1U});
    driver.set_auditing(true);
    // `order` names blocks by age; a free moves the younger ones' handles down.
    std::vector<std::size_t> handles(driver.model().size());
    std::iota(handles.begin(), handles.end(), std::size_t{0});
    for (const std::size_t block : order) {
      const auto at = std::find(handles.begin(), handles.end(), block);
      if (at == handles.end()) continue;
      driver.deallocate(static_cast<std::size_t>(at - handles.begin()));
      handles.erase(at);
    }
    if (const std::size_t now = free_spans(driver); now != fresh)
      fail("all freed, ", now, " free spans where there were ", fresh);
    if (facts.exact_fit != 0 && !driver.allocate({facts.exact_fit, 1}))
      fail("all freed, the exact fit is refused");
    driver.finish();
  } while (std::next_permutation(order.begin(), order.end()));
}

/// After a reset an allocator is as fresh: the same requests are granted, at the same places.
template <Subject S>
void law_reset() {
  constexpr Facts facts = S::facts;
  if constexpr (Resettable<AllocatorOf<S>>) {
    Driver<S> driver;
    const auto allocate_some = [&] {
      for (std::size_t i = 0; i < 24; ++i)
        driver.allocate({1 + i * facts.unit % facts.usual_size, std::size_t{1} << i % 7});
      std::vector<std::size_t> requested;
      for (std::size_t i = 0; i < driver.model().size(); ++i)
        requested.push_back(driver.model().at(i).layout.size);
      return requested;
    };
    const auto first = allocate_some();
    driver.reset();
    if (allocate_some() != first) fail("after a reset other requests are granted");
    driver.reset();
    driver.reset();
    if (facts.exact_fit != 0) {
      if (!driver.allocate({facts.exact_fit, 1})) fail("after a reset the exact fit is refused");
      driver.reset();
    }
    driver.finish();
  }
}

}  // namespace heapatlas::conformance
