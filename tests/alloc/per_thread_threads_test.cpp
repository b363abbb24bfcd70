// per_thread: heaps that change threads, and instances that come and go.
#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "core/alloc/os/mutex.hpp"
#include "core/alloc/os/this_thread.hpp"
#include "core/alloc/per_thread.hpp"
#include "core/alloc/slabs.hpp"
#include "tests/alloc/watched_backing.hpp"

namespace heapatlas {
namespace {

using testing_support::WatchedBacking;

using Heap = PerThread<Slabs<Ref<WatchedBacking>, os::Mutex>, os::ThisThread>;
constexpr std::size_t page = std::size_t{1} << 16;
constexpr Layout layout{1024, 8};

static_assert(Heap::threads == Threads::any && node_count<Heap> == 4);
static_assert(Owning<Heap> && Resizing<Heap> && SelfSizing<Heap> && Resettable<Heap>);
static_assert(Introspectable<Heap> && Checkable<Heap> && Counting<Heap>);

template <class Body>
void in_new_thread(Body body) {
  std::thread{body}.join();
}

TEST(PerThread, each_thread_has_a_heap_of_its_own) {
  WatchedBacking backing;
  Heap heap{SizeClasses{8, 4096}, SlabOptions{}, backing};
  const Block here = heap.allocate(layout);
  Block there;
  in_new_thread([&] { there = heap.allocate(layout); });
  EXPECT_NE(address_of(here.ptr) / page, address_of(there.ptr) / page);
  EXPECT_EQ(heap.heaps(), 2U);
  EXPECT_EQ(heap.check(), nullptr);
}

TEST(PerThread, the_next_new_thread_takes_over_the_heap_of_one_that_ended) {
  WatchedBacking backing;
  Heap heap{SizeClasses{8, 4096}, SlabOptions{}, backing};
  std::set<std::byte*> freed;
  Block kept;
  in_new_thread([&] {
    kept = heap.allocate(layout);
    for (int i = 0; i < 10; ++i) freed.insert(heap.allocate(layout).ptr);
    for (std::byte* ptr : freed) heap.deallocate(ptr, layout);
  });
  in_new_thread([&] {
    for (int i = 0; i < 10; ++i) EXPECT_EQ(freed.count(heap.allocate(layout).ptr), 1U);
    heap.deallocate(kept.ptr, layout);  // its page is this thread's now
  });
  EXPECT_EQ(heap.heaps(), 1U);
  EXPECT_EQ(heap.counters().chunks_taken, 1U);
  EXPECT_EQ(heap.check(), nullptr);
}

TEST(PerThread, a_thread_that_ends_gives_its_empty_pages_back) {
  WatchedBacking backing;
  Heap heap{SizeClasses{8, 4096}, SlabOptions{}, backing};
  in_new_thread([&] {
    std::vector<std::byte*> blocks;
    for (int i = 0; i < 500; ++i) blocks.push_back(heap.allocate(layout).ptr);
    for (std::byte* ptr : blocks) heap.deallocate(ptr, layout);
  });
  EXPECT_EQ(heap.counters().page_bytes, 0U);
}

TEST(PerThread, blocks_of_a_thread_that_ended_are_freed_by_others_and_found_again) {
  WatchedBacking backing;
  Heap heap{SizeClasses{8, 4096}, SlabOptions{4 * page}, backing};
  for (int round = 0; round < 20; ++round) {
    std::vector<std::byte*> blocks;
    in_new_thread([&] {
      while (const Block block = heap.allocate(layout)) blocks.push_back(block.ptr);
    });
    EXPECT_GE(blocks.size(), 4 * 62U) << "memory was lost in round " << round;
    for (std::byte* ptr : blocks) heap.deallocate(ptr, layout);
    EXPECT_EQ(heap.check(), nullptr);
  }
  EXPECT_EQ(heap.heaps(), 1U);
}

TEST(PerThread, more_instances_than_slots_keep_their_blocks_apart) {
  WatchedBacking backing;
  std::vector<std::unique_ptr<Heap>> heaps;
  for (unsigned i = 0; i < 3 * thread_entries; ++i)
    heaps.push_back(std::make_unique<Heap>(SizeClasses{8, 4096}, SlabOptions{}, backing));
  const auto use = [&](unsigned seed) {
    std::mt19937 random{seed};
    std::vector<std::vector<std::byte*>> blocks(heaps.size());
    for (int i = 0; i < 4000; ++i) {
      const std::size_t at = random() % heaps.size();
      if (blocks[at].size() < 20 || random() % 2 == 0) {
        blocks[at].push_back(heaps[at]->allocate(layout).ptr);
      } else {
        for (std::size_t other = 0; other < heaps.size(); ++other)
          EXPECT_EQ(heaps[other]->owns(blocks[at].back()), other == at);
        heaps[at]->deallocate(blocks[at].back(), layout);
        blocks[at].pop_back();
      }
    }
    for (std::size_t at = 0; at < heaps.size(); ++at)
      for (std::byte* ptr : blocks[at]) heaps[at]->deallocate(ptr, layout);
  };
  std::thread other{[&] { use(1); }};
  use(2);
  other.join();
  for (const auto& heap : heaps) {
    EXPECT_LE(heap->heaps(), 2U);
    EXPECT_EQ(heap->check(), nullptr);
  }
}

TEST(PerThread, an_instance_at_the_address_of_a_dead_one_is_not_taken_for_it) {
  WatchedBacking backing;
  std::optional<Heap> heap;
  for (int round = 0; round < 3 * static_cast<int>(thread_entries); ++round) {
    heap.emplace(SizeClasses{8, 4096}, SlabOptions{}, backing);
    const Block block = heap->allocate(layout);
    ASSERT_TRUE(heap->owns(block.ptr));
    heap->deallocate(block.ptr, layout);
    EXPECT_EQ(heap->heaps(), 1U);
    EXPECT_EQ(heap->check(), nullptr);
  }
}

TEST(PerThread, a_thread_outlives_the_instance_it_used) {
  WatchedBacking backing;
  std::optional<Heap> heap;
  heap.emplace(SizeClasses{8, 4096}, SlabOptions{}, backing);
  std::atomic<int> step = 0;
  std::thread thread{[&] {
    heap->deallocate(heap->allocate(layout).ptr, layout);
    step = 1;
    while (step != 2) std::this_thread::yield();
  }};
  while (step != 1) std::this_thread::yield();
  heap.reset();
  EXPECT_EQ(backing.blocks_out(), 0U);
  step = 2;
  thread.join();
}

/// Uses an allocator when its thread ends.
struct LastWord {
  Heap* heap = nullptr;
  std::byte* block = nullptr;
  ~LastWord() {
    if (heap == nullptr) return;
    heap->deallocate(block, layout);
    heap->deallocate(heap->allocate(layout).ptr, layout);
  }
};
thread_local LastWord last_word;

TEST(PerThread, thread_local_destructors_may_still_allocate_and_free) {
  WatchedBacking backing;
  Heap heap{SizeClasses{8, 4096}, SlabOptions{}, backing};
  for (int i = 0; i < 3; ++i) {
    in_new_thread([&] {
      last_word.heap = &heap;
      last_word.block = heap.allocate(layout).ptr;
    });
  }
  EXPECT_EQ(heap.heaps(), 0U);  // nothing live: nothing to hand over
  EXPECT_EQ(heap.counters().page_bytes, 0U);
  EXPECT_EQ(heap.check(), nullptr);
}

TEST(PerThread, a_thread_without_a_heap_may_free) {
  WatchedBacking backing;
  Heap heap{SizeClasses{8, 4096}, SlabOptions{}, backing};
  std::vector<std::byte*> blocks;
  for (int i = 0; i < 200; ++i) blocks.push_back(heap.allocate(layout).ptr);
  in_new_thread([&] {
    for (std::byte* ptr : blocks) heap.deallocate(ptr, layout);
  });
  EXPECT_EQ(heap.heaps(), 1U);
  EXPECT_EQ(heap.check(), nullptr);
  heap.trim();
  EXPECT_EQ(heap.counters().page_bytes, 0U);
}

TEST(PerThread, a_thread_that_finds_no_memory_for_its_heap_is_refused) {
  WatchedBacking backing;
  backing.grant_only(0);
  Heap heap{SizeClasses{8, 4096}, SlabOptions{}, backing};
  EXPECT_FALSE(heap.allocate(layout));
  backing.grant_only(-1);
  EXPECT_TRUE(heap.allocate(layout));
}

TEST(PerThread, the_limit_is_shared_by_all_threads) {
  constexpr std::size_t pages = 9;
  WatchedBacking backing;
  Heap heap{SizeClasses{8, 8192}, SlabOptions{pages * page}, backing};
  std::atomic<std::size_t> granted = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      while (heap.allocate({8192, 8})) ++granted;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(granted, pages * 7);
  EXPECT_EQ(heap.counters().page_bytes, pages * page);
}

TEST(PerThread, blocks_that_travel_between_threads_keep_what_was_written) {
  struct Parcel {
    std::byte* ptr;
    Layout layout;
    unsigned char mark;
  };
  WatchedBacking backing;
  Heap heap{SizeClasses{8, 8192}, SlabOptions{}, backing};
  std::mutex mutex;
  std::vector<Parcel> parcels;
  std::atomic<int> damaged = 0;
  const auto work = [&](unsigned seed) {
    std::mt19937 random{seed};
    for (int i = 0; i < 4000; ++i) {
      const Layout wanted{1 + random() % 600, std::size_t{1} << random() % 6};
      const Block block = heap.allocate(wanted);
      if (!block) continue;
      const auto mark = static_cast<unsigned char>(random());
      std::memset(block.ptr, mark, wanted.size);
      Parcel parcel{block.ptr, wanted, mark};
      {
        const std::lock_guard held{mutex};
        parcels.push_back(parcel);
        if (parcels.size() < 300) continue;
        std::swap(parcels[random() % parcels.size()], parcels.back());
        parcel = parcels.back();
        parcels.pop_back();
      }
      for (std::size_t at = 0; at < parcel.layout.size; ++at)
        if (parcel.ptr[at] != std::byte{parcel.mark}) ++damaged;
      heap.deallocate(parcel.ptr, parcel.layout);
    }
  };
  for (unsigned round = 0; round < 3; ++round) {
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < 3; ++t) threads.emplace_back(work, round * 10 + t);
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(heap.check(), nullptr);
  }
  EXPECT_EQ(damaged, 0);
  EXPECT_LE(heap.heaps(), 3U);
  for (const Parcel& parcel : parcels) heap.deallocate(parcel.ptr, parcel.layout);
  EXPECT_EQ(heap.check(), nullptr);
  heap.trim();
  EXPECT_EQ(heap.counters().page_bytes, 0U);
}

}  // namespace
}  // namespace heapatlas
