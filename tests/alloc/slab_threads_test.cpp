// slab: what threads share. Remote frees, the limit, teardown with frees outstanding.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstring>
#include <random>
#include <thread>
#include <vector>

#include "core/alloc/slab.hpp"
#include "core/alloc/slabs.hpp"
#include "tests/alloc/watched_backing.hpp"

namespace heapatlas {
namespace {

using testing_support::WatchedBacking;
constexpr std::size_t page = std::size_t{1} << 16;

/// Passes pointers from one thread to another, in order.
class Channel {
 public:
  void send(std::byte* ptr) {
    while (sent_ - received_.load(std::memory_order_acquire) == slots) std::this_thread::yield();
    ring_[sent_ % slots] = ptr;
    end_.store(++sent_, std::memory_order_release);
  }
  std::byte* receive() {
    const std::size_t at = received_.load(std::memory_order_relaxed);
    while (end_.load(std::memory_order_acquire) == at) std::this_thread::yield();
    std::byte* const ptr = ring_[at % slots];
    received_.store(at + 1, std::memory_order_release);
    return ptr;
  }

 private:
  static constexpr std::size_t slots = 256;
  std::array<std::byte*, slots> ring_{};
  std::size_t sent_ = 0;
  std::atomic<std::size_t> end_ = 0;
  std::atomic<std::size_t> received_ = 0;
};

TEST(SlabThreads, what_other_threads_free_is_allocated_again) {
  constexpr Layout layout{2048, 8};
  constexpr int rounds = 20000;
  WatchedBacking backing;
  auto slab = SlabBuilder(layout).limit(4 * page).finish(backing);
  Channel channels[2];
  std::vector<std::thread> consumers;
  for (Channel& channel : channels) {
    consumers.emplace_back([&] {
      while (std::byte* const ptr = channel.receive()) {
        std::memset(ptr, 0xA5, layout.size);
        slab.shared.deallocate(ptr, layout);
      }
    });
  }
  // Far more blocks than the limit has room for: only remote frees keep this going.
  std::vector<std::byte*> own;
  std::mt19937 random{1};
  for (int i = 0; i < rounds;) {
    const Block block = slab.local.allocate(layout);
    if (!block) {
      std::this_thread::yield();
      continue;
    }
    std::memset(block.ptr, i, layout.size);
    ++i;
    if (random() % 4 == 0 && own.size() < 40) {
      own.push_back(block.ptr);
    } else {
      channels[i % 2].send(block.ptr);
    }
    if (random() % 5 == 0 && !own.empty()) {
      slab.local.deallocate(own.back(), layout);
      own.pop_back();
    }
  }
  for (Channel& channel : channels) channel.send(nullptr);
  for (std::thread& consumer : consumers) consumer.join();
  for (std::byte* ptr : own) slab.local.deallocate(ptr, layout);
  EXPECT_EQ(slab.check(), nullptr);
  slab.trim();
  EXPECT_EQ(slab.check(), nullptr);
  EXPECT_EQ(slab.counters().page_bytes, 0U);
}

TEST(SlabThreads, a_heap_is_closed_while_other_threads_free_its_blocks) {
  constexpr Layout layout{1024, 8};
  for (unsigned round = 0; round < 40; ++round) {
    WatchedBacking backing;
    auto slab = SlabBuilder(layout)
                    .limit(6 * page)
                    .growth_policy(round % 2 == 0 ? GrowthPolicy::fixed : GrowthPolicy::pow2)
                    .finish(backing);
    std::vector<std::byte*> shares[2];
    std::mt19937 random{round};
    while (const Block block = slab.local.allocate(layout)) {
      if (random() % 8 == 0) {
        slab.local.deallocate(block.ptr, layout);
        if (random() % 2 == 0) break;
      } else {
        shares[random() % 2].push_back(block.ptr);
      }
    }
    std::atomic<int> started = 0;
    std::vector<std::thread> threads;
    for (auto& share : shares) {
      threads.emplace_back([&] {
        ++started;
        for (std::byte* ptr : share) slab.shared.deallocate(ptr, layout);
      });
    }
    while (started < 1) std::this_thread::yield();
    slab.local.close();
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(slab.check(), nullptr);
    EXPECT_EQ(slab.counters().page_bytes, 0U) << "the last free did not give its page back";
  }
}

TEST(SlabThreads, a_slab_is_destroyed_with_frees_that_nobody_collected) {
  constexpr Layout layout{512, 8};
  WatchedBacking backing;  // fails the test if a page stays out
  for (int round = 0; round < 20; ++round) {
    auto slab = SlabBuilder(layout).limit(3 * page).finish(backing);
    std::vector<std::byte*> blocks;
    while (const Block block = slab.local.allocate(layout)) blocks.push_back(block.ptr);
    std::thread{[&] {
      for (std::size_t i = 0; i < blocks.size(); i += 3) slab.shared.deallocate(blocks[i], layout);
    }}.join();
  }
  EXPECT_EQ(backing.blocks_out(), 0U);
}

TEST(SlabThreads, the_limit_holds_at_every_moment_and_frees_nothing_too_little) {
  // Heaps of one pool compete for its pages; each page has 7 blocks.
  constexpr Layout layout{8192, 8};
  constexpr std::size_t pages = 12;
  using Shared = SlabPool<WatchedBacking, OneClass, SpinMutex<>>;
  for (const GrowthPolicy growth :
       {GrowthPolicy::fixed, GrowthPolicy::linear, GrowthPolicy::pow2}) {
    Shared pool{OneClass{layout}, {pages * page, growth}};
    std::atomic<std::size_t> granted = 0;
    std::atomic<bool> exceeded = false;
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t) {
      threads.emplace_back([&] {
        SlabHeap<Shared> heap{pool};
        for (int round = 0; round < 30; ++round) {
          std::vector<std::byte*> blocks;
          while (const Block block = heap.allocate(layout)) {
            blocks.push_back(block.ptr);
            if (pool.backing().page_bytes_out() > pages * page) exceeded = true;
            if (blocks.size() == 50) break;
          }
          granted += blocks.size();
          for (std::byte* ptr : blocks) heap.deallocate(ptr, layout);
          heap.trim();
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_FALSE(exceeded);
    EXPECT_GE(granted, 30U);
    EXPECT_EQ(pool.check(), nullptr);
    EXPECT_EQ(pool.counters().page_bytes, 0U);
    EXPECT_LE(pool.counters().peak_page_bytes, pages * page);
    SlabHeap<Shared> heap{pool};
    std::size_t alone = 0;
    while (heap.allocate(layout)) ++alone;
    EXPECT_EQ(alone, pages * 7);
    heap.forget();
  }
}

TEST(SlabThreads, any_thread_may_ask_whose_a_pointer_is) {
  WatchedBacking backing;
  Slabs<Ref<WatchedBacking>> slabs{{8, 8192}, {}, backing};
  const Block kept = slabs.allocate({100, 8});
  std::atomic<bool> stop = false;
  std::atomic<bool> denied = false;
  std::thread asker{[&] {
    int local = 0;
    while (!stop) {
      if (!slabs.owns(kept.ptr) || slabs.owns(reinterpret_cast<std::byte*>(&local))) denied = true;
      if (slabs.remote().usable_size(kept.ptr) != 112) denied = true;
    }
  }};
  for (int round = 0; round < 30; ++round) {
    std::vector<std::byte*> blocks;
    for (int i = 0; i < 200; ++i) blocks.push_back(slabs.allocate({4000, 8}).ptr);
    for (std::byte* ptr : blocks) slabs.deallocate(ptr, {4000, 8});
    slabs.trim();
  }
  stop = true;
  asker.join();
  EXPECT_FALSE(denied);
}

}  // namespace
}  // namespace heapatlas
