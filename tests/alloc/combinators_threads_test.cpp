// Combinators that may be shared keep their promises when they are: the suite with several threads,
// and totals that no race may bend.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "core/alloc/bump.hpp"
#include "core/alloc/limit.hpp"
#include "core/alloc/locked.hpp"
#include "core/alloc/os/system.hpp"
#include "core/alloc/resize.hpp"
#include "core/alloc/segregate.hpp"
#include "core/alloc/sized.hpp"
#include "core/alloc/stalloc.hpp"
#include "core/alloc/stats.hpp"
#include "tests/alloc/conformance/threads.hpp"

namespace heapatlas {
namespace {

TEST(Limit, threads_never_pass_it_and_never_starve_it) {
  // Each thread may hold at most one block of 10, so a limit of 4 * 10 refuses none of them.
  Limit heap{System{}, 40};
  std::atomic<int> refused = 0;
  std::atomic<int> passed = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5000; ++i) {
        const Block big = heap.allocate({41, 1});
        if (big) ++passed;
        const Block block = heap.allocate({10, 1});
        if (!block) {
          ++refused;
          continue;
        }
        if (heap.used() > 40) ++passed;
        heap.deallocate(block.ptr, {10, 1});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(refused, 0);
  EXPECT_EQ(passed, 0);
  EXPECT_EQ(heap.used(), 0U);
}

TEST(Stats, threads_lose_no_count) {
  static_assert(Stats<System>::threads == Threads::any);
  Stats heap{System{}};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5000; ++i) {
        const Block a = heap.allocate({24, 8});
        const Block b = reallocate(heap, a.ptr, {24, 8}, 48);
        heap.deallocate(b.ptr, {48, 8});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const RequestCounters now = heap.counters();
  EXPECT_EQ(now.live_blocks, 0U);
  EXPECT_EQ(now.live_bytes, 0U);
  EXPECT_EQ(now.total_blocks, 20'000U);
  EXPECT_EQ(now.total_bytes, 20'000U * 48);
  EXPECT_EQ(now.resizes, 20'000U);
  EXPECT_LE(now.peak_blocks, 4U);
  EXPECT_GE(now.peak_bytes, 48U);
}

}  // namespace

namespace conformance {
namespace {

struct SharedStats {
  static constexpr auto name = "stats(system)";
  static constexpr Facts facts{};
  Stats<System> stats{System{}};
  auto& allocator() { return stats; }
};

struct SharedSizedLimit {
  static constexpr auto name = "sized(limit(system))";
  static constexpr Facts facts{};
  Sized<Limit<System>> sized{Limit{System{}, 1 << 20}};
  auto& allocator() { return sized; }
};

struct SharedSegregate {
  static constexpr auto name = "segregate(64, locked(stalloc), system)";
  static constexpr Facts facts{};
  Segregate<Locked<Stalloc<512, 64>>, System> segregate{64, Locked{Stalloc<512, 64>{}}, System{}};
  auto& allocator() { return segregate; }
};

struct SharedBumpLimit {
  static constexpr auto name = "limit(stats(shared_bump))";
  static constexpr Facts facts{.reclaims = false, .coalesces = false};
  alignas(64) std::byte memory[1 << 18];
  Limit<Stats<SharedBump>> limit{Stats{SharedBump{memory, sizeof memory}}, 1 << 16};
  auto& allocator() { return limit; }
};

HEAPATLAS_THREADS_CONFORMANCE(Combinators, SharedStats, SharedSizedLimit, SharedSegregate,
                              SharedBumpLimit);

}  // namespace
}  // namespace conformance
}  // namespace heapatlas
