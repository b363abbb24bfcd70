// The contract of single operations: what is granted, what is refused, and at which boundaries.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/alloc/concepts.hpp"
#include "tests/alloc/conformance/driver.hpp"

namespace heapatlas::conformance {

/// Sizes that no allocator may be asked for in earnest by a test.
inline constexpr std::size_t sane_size = 64 << 20;

/// Sizes around every boundary a subject knows, up to SIZE_MAX; ascending.
template <Subject S>
[[nodiscard]] std::vector<std::size_t> boundary_sizes() {
  constexpr Facts facts = S::facts;
  constexpr std::size_t largest = std::numeric_limits<std::size_t>::max();
  std::vector<std::size_t> sizes;
  const auto around = [&](std::size_t size) {
    for (const std::size_t near : {size - 1, size, size + 1})
      if (near >= 1 && near <= largest) sizes.push_back(near);
  };
  for (std::size_t units : {1, 2, 3, 4, 5, 7, 8, 9}) around(units * facts.unit);
  for (unsigned bit = 1; bit <= 17; ++bit) around(std::size_t{1} << bit);
  if (facts.exact_fit != 0) around(facts.exact_fit);
  if (facts.capacity < sane_size) around(facts.capacity);
  for (unsigned bit = 0; bit <= 13; ++bit) sizes.push_back(largest - (std::size_t{1} << bit) + 1);
  around(largest / 2 + 1);
  sizes.push_back(largest / 2 + largest / 4);
  std::sort(sizes.begin(), sizes.end());
  sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
  return sizes;
}

/// A fresh allocator grants one byte (or, when it says so, nothing).
template <Subject S>
void law_grants() {
  Driver<S> driver;
  driver.audit();
  const std::size_t max = driver.allocator().max_alignment();
  if (!is_power_of_two(driver.allocator().min_alignment())) fail("min_alignment: no power of two");
  if (!is_power_of_two(max)) fail("max_alignment is no power of two");
  if (driver.allocate({1, 1}) != S::facts.grants) fail("a fresh allocator refused one byte");
  driver.finish();
}

/// Every alignment 1..4096 by every boundary size, alone and above other live blocks. Alignments
/// above max_alignment are refused. Sizes above the capacity, or near SIZE_MAX, are refused.
template <Subject S>
void law_sizes_by_alignments() {
  for (std::size_t align = 1; align <= 4096; align *= 2) {
    Driver<S> driver;
    for (const std::size_t size : boundary_sizes<S>()) {
      if (driver.allocate({size, align})) {
        if (size > PTRDIFF_MAX) fail("granted the impossible size ", size);
        driver.deallocate(driver.model().size() - 1);
      }
      if (size == S::facts.unit) driver.allocate({size, 1});  // stays live below the later ones
    }
    driver.finish();
  }
}

/// An alignment that is granted once is not an accident of where the memory lies: at least one
/// byte at every alignment up to min(max_alignment, 4096) when the capacity is ample.
template <Subject S>
void law_every_alignment_is_served() {
  if (!S::facts.grants || S::facts.capacity < 16384) return;
  for (std::size_t align = 1;; align *= 2) {
    Driver<S> driver;
    if (align > driver.max_alignment()) break;
    if (!driver.allocate({1, align})) fail("refused one byte at alignment ", align);
    driver.finish();
  }
}

/// Growing to SIZE_MAX and its neighbours fails and leaves the block as it was.
template <Subject S>
void law_absurd_resizes_fail() {
  if (!S::facts.grants) return;
  for (const std::size_t align : {1, 16, 4096}) {
    Driver<S> driver;
    if (!driver.allocate({S::facts.unit, align})) continue;
    for (const std::size_t size : boundary_sizes<S>()) {
      if (size <= PTRDIFF_MAX) continue;
      if (driver.reallocate(0, size)) fail("reallocated to the impossible size ", size);
      if constexpr (Resizing<AllocatorOf<S>>) {
        if (driver.resize_in_place(0, size)) fail("grew to the impossible size ", size);
      }
    }
    driver.finish();
  }
}

/// Resizing across every boundary: contents kept, alignment kept, in place means in place.
template <Subject S>
void law_resizes() {
  if (!S::facts.grants) return;
  const std::size_t limit = std::min<std::size_t>(S::facts.capacity, 1 << 16);
  for (std::size_t align = 1; align <= 4096; align *= 8) {
    Driver<S> driver;
    if (!driver.allocate({1, align})) continue;
    const auto sizes = boundary_sizes<S>();
    for (const std::size_t size : sizes)
      if (size <= limit) driver.reallocate(0, size);
    for (auto size = sizes.rbegin(); size != sizes.rend(); ++size)
      if (*size <= limit) driver.reallocate_zeroed(0, *size);
    if constexpr (Resizing<AllocatorOf<S>>) {
      for (const std::size_t size : sizes)
        if (size <= limit) driver.resize_in_place(0, size);
      for (auto size = sizes.rbegin(); size != sizes.rend(); ++size)
        if (*size <= limit) driver.resize_in_place(0, *size);
    }
    driver.finish();
  }
}

/// Zeroed memory is zero also where a block has been before.
template <Subject S>
void law_zeroed_memory_is_zero() {
  if (!S::facts.grants) return;
  Driver<S> driver;
  for (const std::size_t size : boundary_sizes<S>()) {
    if (size > (1 << 16)) break;
    for (int round = 0; round < 2; ++round)
      if (driver.allocate_zeroed({size, 1})) driver.deallocate(driver.model().size() - 1);
  }
  driver.finish();
}

/// owns() says no to null, to the stack, and to the bytes just outside of the outermost regions.
template <Subject S>
void law_owns_nothing_foreign() {
  using A = AllocatorOf<S>;
  if constexpr (Owning<A>) {
    Driver<S> driver;
    driver.allocate({S::facts.unit, 1});
    const A& allocator = driver.allocator();
    std::byte local{};
    if (allocator.owns(nullptr)) fail("owns() claims the null pointer");
    if (allocator.owns(&local)) fail("owns() claims a byte of the stack");
    if constexpr (Introspectable<A>) {
      const Snapshot snapshot = take_snapshot(allocator);
      const SpanIndex index{snapshot};
      for (const WalkedRegion& walked : snapshot.regions) {
        if (walked.region.size == 0) continue;
        const std::uintptr_t first = address_of(walked.region.address);
        const std::uintptr_t end = first + walked.region.size;
        if (!index.find(end) && allocator.owns(walked.region.address + walked.region.size))
          fail("owns() claims the end pointer of its region");
        if (!index.find(first - 1) && allocator.owns(walked.region.address - 1))
          fail("owns() claims the byte before its region");
      }
    }
    driver.finish();
  }
}

/// usable_size is at least what was granted, all of it can be written, and a block can be freed
/// by its address alone.
template <Subject S>
void law_self_sizing() {
  if constexpr (SelfSizing<AllocatorOf<S>>) {
    Driver<S> driver;
    for (const std::size_t size : boundary_sizes<S>()) {
      if (size > (1 << 17)) break;
      for (std::size_t align = 1; align <= 4096; align *= 16) {
        if (!driver.allocate({size, align})) continue;
        const Live live = driver.model().at(driver.model().size() - 1);
        const std::size_t usable = driver.allocator().usable_size(live.ptr);
        if (usable < live.granted)
          fail("usable_size ", usable, " of a block of ", live.granted, " granted bytes");
        for (std::size_t i = live.granted; i < usable; ++i) live.ptr[i] = std::byte{0xEE};
        driver.audit();
        driver.deallocate_unsized(driver.model().size() - 1);
      }
      driver.allocate({S::facts.unit, 1});
      if (driver.model().size() > 8) driver.deallocate_unsized(0);
    }
    driver.finish();
  }
}

}  // namespace heapatlas::conformance
