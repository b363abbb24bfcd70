// Every sequence of six operations on a tiny heap, and long seeded random ones on a larger.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <random>
#include <type_traits>

#include "core/alloc/concepts.hpp"
#include "tests/alloc/conformance/driver.hpp"
#include "tests/alloc/conformance/failing.hpp"

namespace heapatlas::conformance {

enum class Step : unsigned char {
  allocate_one,
  allocate_two_units,
  allocate_aligned,
  free_oldest,
  free_newest,
  grow_oldest,
  shrink_newest,
  reallocate_newest,
};
inline constexpr std::size_t step_count = 8;

/// Takes a step; false when it has no meaning here (nothing is live).
template <Subject S>
bool take_step(Driver<S>& driver, Step step) {
  constexpr std::size_t unit = S::facts.unit;
  const std::size_t live = driver.model().size();
  switch (step) {
    case Step::allocate_one:
      driver.allocate({1, 1});
      return true;
    case Step::allocate_two_units:
      driver.allocate({2 * unit, 1});
      return true;
    case Step::allocate_aligned:
      driver.allocate({unit + 1, std::bit_ceil(4 * unit)});
      return true;
    default:
      break;
  }
  if (live == 0) return false;
  switch (step) {
    case Step::free_oldest:
      driver.deallocate(0);
      return true;
    case Step::free_newest:
      if (live < 2) return false;  // is free_oldest
      driver.deallocate(live - 1);
      return true;
    case Step::grow_oldest:
      if constexpr (Resizing<AllocatorOf<S>>) {
        driver.resize_in_place(0, driver.model().at(0).layout.size + unit);
        return true;
      }
      return false;
    case Step::shrink_newest:
      if constexpr (Resizing<AllocatorOf<S>>) {
        const std::size_t size = driver.model().at(live - 1).layout.size;
        driver.resize_in_place(live - 1, size > unit ? size - unit : 1);
        return true;
      }
      return false;
    case Step::reallocate_newest:
      driver.reallocate(live - 1, driver.model().at(live - 1).layout.size * 2 + 1);
      return true;
    default:
      return false;
  }
}

/// Tries all sequences of `length` steps; each step is audited in the first sequence it ends.
template <Subject S>
void try_every_sequence(std::size_t length) {
  std::array<std::size_t, 8> steps{};
  std::size_t fresh_from = 0;  // the first position whose prefix was not tried before
  for (;;) {
    std::size_t skip_at = length;
    {
      Driver<S> driver;
      for (std::size_t i = 0; i < length; ++i) {
        driver.set_auditing(i >= fresh_from);
        if (!take_step(driver, static_cast<Step>(steps[i]))) {
          skip_at = i + 1;
          break;
        }
      }
      driver.set_auditing(true);
      driver.finish();
    }
    // The next sequence: count up in the digit that ended this one.
    for (std::size_t i = skip_at; i < length; ++i) steps[i] = 0;
    std::size_t digit = skip_at;
    while (digit > 0 && ++steps[digit - 1] == step_count) steps[--digit] = 0;
    if (digit == 0) return;
    fresh_from = digit - 1;
  }
}

/// Every sequence of six operations on the subject's Tiny; of three on one that has none.
template <Subject S>
void law_every_sequence() {
  using T = TinyOf<S>;
  try_every_sequence<T>(std::is_same_v<T, S> ? 3 : 6);
}

/// A request of the random tests: mostly usual sizes, at times small, large or absurd ones.
template <Subject S>
[[nodiscard]] Layout random_layout(std::mt19937& random, std::size_t max_alignment) {
  constexpr Facts facts = S::facts;
  const auto up_to = [&](std::size_t limit) { return 1 + random() % limit; };
  Layout layout;
  switch (random() % 16) {
    case 0:
      layout.size = up_to(std::clamp<std::size_t>(facts.capacity, 1, 1 << 16));
      break;
    case 1:
      layout.size = facts.unit * up_to(8);
      break;
    case 2:
      layout.size = facts.capacity == unbounded ? ~std::size_t{0} - random() % 64
                                                : facts.capacity - random() % 2 + random() % 3;
      break;
    default:
      layout.size = up_to(facts.usual_size);
  }
  if (layout.size == 0) layout.size = 1;
  // Alignments halve in likelihood, up to one step above the largest that can be granted.
  while (random() % 2 == 0 && layout.align <= max_alignment && layout.align < 8192)
    layout.align *= 2;
  return layout;
}

/// One random operation of any kind on a driver that keeps up to max_live blocks.
template <Subject S>
void random_operation(Driver<S>& driver, std::mt19937& random, std::size_t max_live) {
  const Model& model = driver.model();
  const std::size_t dice = random() % 32;
  if (model.empty() || (dice < 14 && model.size() < max_live)) {
    const Layout layout = random_layout<S>(random, driver.max_alignment());
    dice % 4 == 0 ? driver.allocate_zeroed(layout) : driver.allocate(layout);
    return;
  }
  const std::size_t handle = random() % model.size();
  const std::size_t size = random_layout<S>(random, 1).size;
  if (dice < 22) {
    if constexpr (SelfSizing<AllocatorOf<S>>) {
      if (dice % 2 == 0) return driver.deallocate_unsized(handle);
    }
    driver.deallocate(handle);
  } else if (dice < 26) {
    driver.reallocate(handle, size);
  } else if (dice < 28) {
    driver.reallocate_zeroed(handle, size);
  } else {
    if constexpr (Resizing<AllocatorOf<S>>) {
      driver.resize_in_place(handle, size);
    } else {
      driver.reallocate(handle, size);
    }
  }
}

/// Seeded random operations of every kind beside the model, audited after each.
template <Subject S>
void law_model() {
  for (const unsigned seed : {1U, 2U, 3U}) {
    std::mt19937 random{seed};
    Driver<S> driver;
    for (int i = 0; i < 1500; ++i) {
      random_operation(driver, random, seed * 20);
      if (i % 64 == 0) driver.audit(), driver.model().verify_all();
      if constexpr (Resettable<AllocatorOf<S>>) {
        if (random() % 256 == 0) driver.reset();
      }
    }
    driver.finish();
  }
}

/// Fails each request that a composite makes of its parts in turn (see failing.hpp): the
/// composite may fail, but nothing may break.
template <Subject S>
void law_failure_injection() {
  const auto run_script = [] {
    std::mt19937 random{7};
    Driver<S> driver;
    for (int i = 0; i < 160; ++i) random_operation(driver, random, 12);
    driver.finish();
  };
  injector() = {};
  run_script();
  const std::size_t requests = injector().seen;
  for (std::size_t turn = 0; turn < requests; ++turn) {
    injector() = {0, turn};
    const std::string found = finding(run_script);
    injector() = {};
    if (!found.empty()) fail("when request ", turn, " of its parts fails: ", found);
  }
}

}  // namespace heapatlas::conformance
