// locked: every operation holds the mutex, guards hold it for a batch, and nothing else does.
#include "core/alloc/locked.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <mutex>
#include <thread>
#include <vector>

#include "core/alloc/os/mutex.hpp"

namespace heapatlas {
namespace {

/// A mutex that knows whether it is held, for one thread.
class KnownMutex {
 public:
  void lock() {
    EXPECT_FALSE(held_) << "locked twice";
    held_ = true;
    ++times_;
  }
  bool try_lock() {
    if (held_) return false;
    lock();
    return true;
  }
  void unlock() {
    EXPECT_TRUE(held_) << "unlocked, but not held";
    held_ = false;
  }
  [[nodiscard]] bool held() const { return held_; }
  [[nodiscard]] int times() const { return times_; }

 private:
  bool held_ = false;
  int times_ = 0;
};

/// Has every operation there is, and notes whether the mutex was held in each.
struct Witness {
  static constexpr Threads threads = Threads::one;
  const KnownMutex* mutex = nullptr;
  mutable int calls = 0;

  void note() const noexcept {
    ++calls;
    EXPECT_TRUE(mutex->held());
  }
  static constexpr std::size_t min_alignment() noexcept { return 8; }
  static constexpr std::size_t max_alignment() noexcept { return 64; }
  Block allocate(Layout) noexcept { return note(), Block{}; }
  void deallocate(std::byte*, Layout) noexcept { note(); }
  void deallocate(std::byte*) noexcept { note(); }
  bool owns(const std::byte*) const noexcept { return note(), true; }
  Block grow(std::byte*, Layout, std::size_t) noexcept { return note(), Block{}; }
  Block shrink(std::byte*, Layout, std::size_t) noexcept { return note(), Block{}; }
  Block reallocate(std::byte*, Layout, std::size_t) noexcept { return note(), Block{}; }
  Block allocate_zeroed(Layout) noexcept { return note(), Block{}; }
  void reset() noexcept { note(); }
  std::size_t usable_size(std::byte*) const noexcept { return note(), std::size_t{1}; }
  int counters() const noexcept { return note(), 5; }
  const char* check() const noexcept { return note(), "broken"; }
  void walk(auto& visitor) const {
    note();
    visitor.region(Region{});
  }
};

using LockedWitness = Locked<Witness, KnownMutex>;
static_assert(Owning<LockedWitness> && Resizing<LockedWitness> && Reallocating<LockedWitness>);
static_assert(Zeroing<LockedWitness> && Resettable<LockedWitness> && SelfSizing<LockedWitness>);
static_assert(Introspectable<LockedWitness> && Counting<LockedWitness>);
static_assert(Checkable<LockedWitness> && LockedWitness::threads == Threads::any);
static_assert(node_count<LockedWitness> == 2);

TEST(Locked, every_operation_holds_the_mutex_and_lets_it_go) {
  LockedWitness locked;
  locked.part.mutex = &locked.mutex;
  IgnoringVisitor visitor;
  EXPECT_FALSE(locked.allocate({1, 1}));
  locked.deallocate(nullptr, {1, 1});
  locked.deallocate(nullptr);
  EXPECT_TRUE(locked.owns(nullptr));
  EXPECT_FALSE(locked.grow(nullptr, {1, 1}, 2));
  EXPECT_FALSE(locked.shrink(nullptr, {2, 1}, 1));
  EXPECT_FALSE(locked.reallocate(nullptr, {2, 1}, 1));
  EXPECT_FALSE(locked.allocate_zeroed({1, 1}));
  locked.reset();
  EXPECT_EQ(locked.usable_size(nullptr), 1U);
  EXPECT_EQ(locked.counters(), 5);
  EXPECT_STREQ(locked.check(), "broken");
  locked.walk(visitor);
  EXPECT_EQ(locked.part.calls, 13);
  EXPECT_EQ(locked.mutex.times(), 13);
  EXPECT_FALSE(locked.mutex.held());
  EXPECT_EQ(locked.min_alignment() + locked.max_alignment(), 72U);
}

TEST(Locked, a_guard_holds_the_mutex_once_for_a_batch) {
  LockedWitness locked;
  locked.part.mutex = &locked.mutex;
  {
    auto guard = locked.lock();
    EXPECT_TRUE(guard);
    EXPECT_FALSE(guard->allocate({1, 1}));
    (*guard).deallocate(nullptr, {1, 1});
    EXPECT_FALSE(locked.try_lock());
  }
  EXPECT_EQ(locked.mutex.times(), 1);
  EXPECT_FALSE(locked.mutex.held());
  EXPECT_TRUE(locked.try_lock());
  EXPECT_FALSE(locked.mutex.held());
}

/// Counts with no synchronisation of its own.
struct Counter {
  static constexpr Threads threads = Threads::one;
  std::array<std::byte, 1> memory{};
  long live = 0;
  long calls = 0;

  static constexpr std::size_t min_alignment() noexcept { return 1; }
  static constexpr std::size_t max_alignment() noexcept { return 1; }
  Block allocate(Layout) noexcept {
    ++calls;
    ++live;
    return {memory.data(), 1};
  }
  void deallocate(std::byte*, Layout) noexcept { --live; }
};

template <class Mutex>
class LockedThreads : public testing::Test {};
using Mutexes = testing::Types<SpinMutex<>, os::Mutex, std::mutex>;
TYPED_TEST_SUITE(LockedThreads, Mutexes);

TYPED_TEST(LockedThreads, calls_guards_and_attempts_exclude_each_other) {
  constexpr int rounds = 4000;
  Locked<Counter, TypeParam> locked;
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&locked] {
      for (int i = 0; i < rounds; ++i) {
        const Block block = locked.allocate({1, 1});
        locked.deallocate(block.ptr, {1, 1});
        {
          auto guard = locked.lock();
          const long before = guard->live;
          const Block first = guard->allocate({1, 1});
          const Block second = guard->allocate({1, 1});
          EXPECT_EQ(guard->live, before + 2);
          guard->deallocate(first.ptr, {1, 1});
          guard->deallocate(second.ptr, {1, 1});
        }
        for (;;) {
          auto guard = locked.try_lock();
          if (!guard) continue;
          ++guard->calls;
          break;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(locked.part.live, 0);
  EXPECT_EQ(locked.part.calls, 3L * rounds * 4);
}

TYPED_TEST(LockedThreads, an_attempt_fails_while_another_thread_holds_the_mutex) {
  Locked<Counter, TypeParam> locked;
  auto guard = locked.lock();
  bool entered = true;
  std::thread{[&] { entered = static_cast<bool>(locked.try_lock()); }}.join();
  EXPECT_FALSE(entered);
}

TEST(LockedThreads, a_mutex_taken_before_the_first_thread_stays_taken) {
  // Alone, the hosted mutex takes no exchange; what it wrote must hold once there are two.
  Locked<Counter, os::Mutex> locked;
  bool entered = true;
  {
    auto guard = locked.lock();
    std::thread{[&] { entered = static_cast<bool>(locked.try_lock()); }}.join();
  }
  EXPECT_FALSE(entered);
  std::thread{[&] { entered = static_cast<bool>(locked.try_lock()); }}.join();
  EXPECT_TRUE(entered);
}

}  // namespace
}  // namespace heapatlas
