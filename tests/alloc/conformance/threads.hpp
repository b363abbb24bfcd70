// The laws of an allocator that any thread may use, tried with several threads at once.
//
//   HEAPATLAS_THREADS_CONFORMANCE(Locked, LockedSubject);
//
// in a *_threads_test.cpp. Every thread verifies the patterns of its own blocks and of those that
// others hand to it; overlap shows as a broken pattern, a race in the thread sanitizer.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "core/alloc/concepts.hpp"
#include "core/alloc/resize.hpp"
#include "tests/alloc/conformance/fault.hpp"
#include "tests/alloc/conformance/model.hpp"
#include "tests/alloc/conformance/subject.hpp"
#include "tests/alloc/conformance/walk.hpp"

namespace heapatlas::conformance {

inline constexpr unsigned thread_count = 4;

/// Blocks on their way from one thread to another.
class Exchange {
 public:
  void put(const Live& live) {
    const std::lock_guard guard{mutex_};
    waiting_.push_back(live);
  }
  /// False when nothing waits.
  bool take(Live& live) {
    const std::lock_guard guard{mutex_};
    if (waiting_.empty()) return false;
    live = waiting_.back();
    waiting_.pop_back();
    return true;
  }

 private:
  std::mutex mutex_;
  std::vector<Live> waiting_;
};

/// One thread's share of the work: allocates, resizes, frees its own and others' blocks.
template <Allocator A>
class Worker {
 public:
  Worker(A& allocator, Exchange& exchange, unsigned seed, std::size_t usual_size)
      : allocator_(allocator), exchange_(exchange), random_(seed), usual_size_(usual_size) {}

  void work(int operations) {
    for (int i = 0; i < operations; ++i) step();
    for (const Live& live : mine_) free(live);
  }

 private:
  void step() {
    const std::size_t dice = random_() % 8;
    if (mine_.empty() || (dice < 4 && mine_.size() < 24)) return allocate();
    const std::size_t at = random_() % mine_.size();
    if (dice == 4) return resize(mine_[at]);
    const Live live = mine_[at];
    mine_[at] = mine_.back();
    mine_.pop_back();
    dice == 5 ? exchange_.put(live) : free(live);
    Live foreign;
    if (dice == 6 && exchange_.take(foreign)) free(foreign);
  }

  void allocate() {
    const Layout layout{1 + random_() % usual_size_, std::size_t{1} << random_() % 6};
    const Block block = allocator_.allocate(layout);
    if (block) mine_.push_back(filled(block, layout));
  }

  void resize(Live& live) {
    const std::size_t size = 1 + random_() % usual_size_;
    Model::verify(live);
    const Block block = heapatlas::reallocate(allocator_, live.ptr, live.layout, size);
    if (block) live = filled(block, live.layout.with_size(size));
  }

  void free(const Live& live) {
    Model::verify(live);
    allocator_.deallocate(live.ptr, live.layout);
  }

  Live filled(Block block, Layout layout) {
    if (block.size < layout.size || !is_aligned(address_of(block.ptr), layout.align))
      fail("a grant of ", block.size, " bytes at ", block.ptr, " breaks its request");
    const Live live{block.ptr, layout, block.size, static_cast<unsigned char>(random_())};
    Model::fill(live);
    return live;
  }

  A& allocator_;
  Exchange& exchange_;
  std::mt19937 random_;
  std::size_t usual_size_;
  std::vector<Live> mine_;
};

/// Several threads at once; then, in quiet, check() holds, the walk is lawful and nothing is lost.
template <Subject S>
void law_threads(int operations = 4000) {
  using A = AllocatorOf<S>;
  static_assert(A::threads == Threads::any);
  const std::unique_ptr<S> subject{new S};
  A& allocator = subject->allocator();
  Exchange exchange;
  std::array<std::string, thread_count> findings;
  {
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < thread_count; ++i)
      threads.emplace_back([&, i] {
        Worker<A> worker{allocator, exchange, i + 1, S::facts.usual_size};
        findings[i] = finding([&] { worker.work(operations); });
      });
    for (std::thread& thread : threads) thread.join();
  }
  for (const std::string& found : findings)
    if (!found.empty()) fail(found);
  Live live;
  while (exchange.take(live)) {
    Model::verify(live);
    allocator.deallocate(live.ptr, live.layout);
  }
  if constexpr (Checkable<A>) {
    if (const char* broken = allocator.check()) fail("check(): ", broken);
  }
  if constexpr (Introspectable<A>) {
    const Facts facts = S::facts;
    verify_walk(take_snapshot(allocator), Model{}, node_count<A>, node_count<A> == 1,
                facts.reclaims);
  }
}

template <class S>
class ThreadsConformance : public testing::Test {};

TYPED_TEST_SUITE_P(ThreadsConformance);

TYPED_TEST_P(ThreadsConformance, threads) {
  EXPECT_EQ(finding([] { law_threads<TypeParam>(); }), "");
}

REGISTER_TYPED_TEST_SUITE_P(ThreadsConformance, threads);

}  // namespace heapatlas::conformance

#define HEAPATLAS_THREADS_CONFORMANCE(group, ...)                                   \
  using group##ThreadsSubjects = ::testing::Types<__VA_ARGS__>;                     \
  INSTANTIATE_TYPED_TEST_SUITE_P(group, ThreadsConformance, group##ThreadsSubjects, \
                                 ::heapatlas::conformance::SubjectNames)
