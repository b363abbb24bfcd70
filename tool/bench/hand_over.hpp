// Cross-thread frees: each thread allocates a batch and frees the one another thread allocated.
//
// The threads move in step: all allocate, all free. Only CPU time inside the two halves counts;
// waiting for each other does not.
#pragma once

#include <barrier>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include "core/alloc/concepts.hpp"
#include "core/replay/touch.hpp"
#include "tool/bench/measure.hpp"
#include "tool/bench/random.hpp"

namespace heapatlas::tool::bench {

inline constexpr std::size_t hand_over_batch = 500;
inline constexpr std::size_t hand_over_rounds = 40;

/// Sizes and blocks of one thread's batch.
class Batch {
 public:
  explicit Batch(std::uint64_t seed, std::size_t max) {
    Random random{seed};
    for (Item& item : items_) item.size = random.between(16, max);
  }

  template <Allocator A>
  std::size_t allocate(A& a) noexcept {
    std::size_t failures = 0;
    for (Item& item : items_) {
      item.ptr = a.allocate(Layout{item.size, 8}).ptr;
      if (item.ptr == nullptr) {
        ++failures;
      } else {
        replay::touch_byte(item.ptr);
      }
    }
    return failures;
  }
  template <Allocator A>
  void free(A& a) noexcept {
    for (const Item& item : items_) {
      if (item.ptr != nullptr) a.deallocate(item.ptr, Layout{item.size, 8});
    }
  }

 private:
  struct Item {
    std::byte* ptr = nullptr;
    std::size_t size = 0;
  };
  std::vector<Item> items_ = std::vector<Item>(hand_over_batch);
};

/// Seconds of CPU that a thread took on average, for hand_over_rounds batches.
template <Allocator A>
Pass hand_over(A& a, unsigned threads, std::vector<Batch>& batches) {
  std::vector<Pass> passes(threads);
  std::barrier step(static_cast<std::ptrdiff_t>(threads));
  const auto work = [&](unsigned self) {
    Pass pass;
    for (std::size_t round = 0; round < hand_over_rounds; ++round) {
      pass.seconds += timed([&] { pass.failures += batches[self].allocate(a); });
      step.arrive_and_wait();
      pass.seconds += timed([&] { batches[(self + 1) % threads].free(a); });
      step.arrive_and_wait();
    }
    passes[self] = pass;
  };
  {
    std::vector<std::jthread> others;
    for (unsigned i = 1; i < threads; ++i) others.emplace_back(work, i);
    work(0);
  }
  Pass sum;
  for (const Pass& pass : passes) {
    sum.seconds += pass.seconds / threads;
    sum.failures += pass.failures;
  }
  return sum;
}

}  // namespace heapatlas::tool::bench
