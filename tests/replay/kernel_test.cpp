#include "core/replay/kernel.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/alloc/bump.hpp"
#include "core/chain/build.hpp"
#include "core/chain/check.hpp"
#include "core/replay/passes.hpp"
#include "tests/replay/hand_made.hpp"
#include "tests/replay/recording_allocator.hpp"

namespace heapatlas::replay {
namespace {

using Log = std::vector<std::string>;

Failures run(RecordingAllocator& allocator, HandMade& trace) {
  Observer nothing;
  return run_workload(allocator, trace.bench(), nothing);
}

TEST(Kernel, asks_exactly_what_the_trace_asked) {
  HandMade trace({allocate(0, 100), allocate(1, 40, 6), allocate(2, 9, trace::natural_align, true),
                  resize(1, 80), release(0), release(1), resize(2, 4), release(2)});
  RecordingAllocator allocator;
  EXPECT_EQ(run(allocator, trace).total(), 0U);
  EXPECT_EQ(allocator.log,
            (Log{"allocate 100@16", "allocate 40@64", "zeroed 9@16", "resize 40@64 to 80",
                 "free 100@16", "free 80@64", "resize 9@16 to 4", "free 4@16"}));
}

TEST(Kernel, a_block_whose_resize_failed_is_freed_with_its_old_size) {
  HandMade trace({allocate(0, 100), resize(0, 5000), resize(0, 50), resize(0, 6000), release(0)});
  RecordingAllocator allocator;
  allocator.largest = 1000;
  const Failures failures = run(allocator, trace);
  EXPECT_EQ(failures.resizes, 2U);
  EXPECT_EQ(failures.allocations, 0U);
  EXPECT_EQ(failures.skipped, 0U);
  EXPECT_EQ(allocator.log, (Log{"allocate 100@16", "resize 100@16 to 5000", "resize 100@16 to 50",
                                "resize 50@16 to 6000", "free 50@16"}));
}

TEST(Kernel, what_follows_a_failed_allocation_is_skipped_and_counted) {
  HandMade trace({allocate(0, 5000), resize(0, 10), release(0), allocate(1, 10), release(1),
                  allocate(2, 9999)});
  RecordingAllocator allocator;
  allocator.largest = 1000;
  const Failures failures = run(allocator, trace);
  EXPECT_EQ(failures.allocations, 2U);
  EXPECT_EQ(failures.resizes, 0U);
  EXPECT_EQ(failures.skipped, 2U);
  EXPECT_EQ(allocator.log,
            (Log{"allocate 5000@16", "allocate 10@16", "free 10@16", "allocate 9999@16"}));
}

TEST(Kernel, wide_sizes_are_asked_in_full) {
  constexpr std::uint64_t huge = std::uint64_t{1} << 40;
  HandMade trace({allocate(0, 4), resize(0, huge), allocate(1, 8), resize(0, 0xFFFFFFFF)});
  RecordingAllocator allocator;
  allocator.largest = 1000;
  run(allocator, trace);
  EXPECT_EQ(allocator.log, (Log{"allocate 4@16", "resize 4@16 to 1099511627776", "allocate 8@16",
                                "resize 4@16 to 4294967295"}));
}

TEST(Kernel, a_wide_resize_of_an_empty_slot_does_not_shift_the_sizes_that_follow) {
  constexpr std::uint64_t huge = std::uint64_t{1} << 40;
  HandMade trace({allocate(0, 2000), resize(0, huge), allocate(1, huge + 1)});
  RecordingAllocator allocator;
  allocator.largest = 1000;
  run(allocator, trace);
  EXPECT_EQ(allocator.log, (Log{"allocate 2000@16", "allocate 1099511627777@16"}));
}

TEST(Clear, frees_the_survivors_as_they_were_last_sized) {
  HandMade trace({allocate(0, 10), allocate(1, 20, 8), resize(1, 30), allocate(2, 40), release(0)});
  RecordingAllocator allocator;
  run(allocator, trace);
  allocator.log.clear();
  Observer nothing;
  clear(allocator, trace.bench(), nothing);
  EXPECT_EQ(allocator.log, (Log{"free 30@256", "free 40@16"}));
}

TEST(Clear, resets_an_allocator_that_can_be) {
  HandMade trace({allocate(0, 100), allocate(1, 100), release(0)});
  alignas(16) std::byte memory[256];
  Bump bump(memory, sizeof(memory));
  for (int round = 0; round < 5; ++round) {
    Observer nothing;
    EXPECT_EQ(run_workload(bump, trace.bench(), nothing).total(), 0U) << "round " << round;
    clear(bump, trace.bench(), nothing);
  }
}

TEST(Clear, rewinds_the_links_that_can_be) {
  // Beside system malloc, which cannot be reset, the bump must not run dry after the first pass.
  for (const bool dynamic : {false, true}) {
    HandMade trace({allocate(0, 3000), allocate(1, 500), release(0)});
    const auto chain = chain::parse_and_check("bump(size=4K) | system");
    ASSERT_TRUE(chain.has_value());
    chain::BuildOptions options;
    options.force_dynamic = dynamic;
    const auto built = chain::with_allocator(*chain, options, [&](auto& allocator, const auto&) {
      Observer nothing;
      EXPECT_EQ(run_workload(allocator, trace.bench(), nothing).total(), 0U);
      const std::byte* first = trace.bench().slots[1].ptr;
      clear(allocator, trace.bench(), nothing);
      EXPECT_EQ(run_workload(allocator, trace.bench(), nothing).total(), 0U);
      EXPECT_EQ(trace.bench().slots[1].ptr, first) << (dynamic ? "dynamic" : "static");
      clear(allocator, trace.bench(), nothing);
    });
    EXPECT_TRUE(built.has_value());
  }
}

TEST(Throughput, a_failed_request_ends_the_sample_after_its_pass) {
  HandMade trace({allocate(0, 100), allocate(1, 5000), release(0)});
  RecordingAllocator allocator;
  allocator.largest = 1000;
  Request request;
  request.warm_passes = 5;
  request.warm_budget_ns = 1'000'000'000;
  Outcome outcome;
  run_pass(allocator, request, trace.bench(), outcome);
  EXPECT_EQ(outcome.stage, Stage::done);
  EXPECT_EQ(outcome.failures.allocations, 1U);
  EXPECT_EQ(outcome.warm_count, 0U);
}

TEST(Throughput, warm_passes_begin_with_an_empty_heap) {
  HandMade trace({allocate(0, 100), allocate(1, 20), release(0)});
  RecordingAllocator allocator;
  Request request;
  request.warm_passes = 2;
  request.warm_budget_ns = 1'000'000'000;
  Outcome outcome;
  run_pass(allocator, request, trace.bench(), outcome);
  EXPECT_EQ(outcome.warm_count, 2U);
  const Log pass = {"allocate 100@16", "allocate 20@16", "free 100@16"};
  Log expected;
  for (int i = 0; i < 3; ++i) {
    expected.insert(expected.end(), pass.begin(), pass.end());
    if (i < 2) expected.push_back("free 20@16");
  }
  EXPECT_EQ(allocator.log, expected);
}

template <Touch how>
std::vector<std::size_t> touched(std::size_t begin, std::size_t from, std::size_t size) {
  std::vector<std::byte> memory(6 * page_bytes);
  auto* first_page =
      memory.data() + (page_bytes - reinterpret_cast<std::uintptr_t>(memory.data()) % page_bytes);
  touch<how>(first_page + begin, from, size);
  std::vector<std::size_t> offsets;
  for (std::size_t i = 0; i < 5 * page_bytes; ++i)
    if (first_page[i] != std::byte{0}) offsets.push_back(i);
  return offsets;
}

TEST(Touch, writes_what_its_name_says) {
  using Offsets = std::vector<std::size_t>;
  EXPECT_EQ(touched<Touch::none>(0, 0, 9000), Offsets{});
  EXPECT_EQ(touched<Touch::first>(8, 0, 9000), Offsets{8});
  EXPECT_EQ(touched<Touch::first>(8, 100, 9000), Offsets{});
  EXPECT_EQ(touched<Touch::page>(8, 0, 9000), (Offsets{8, 4096, 8192}));
  EXPECT_EQ(touched<Touch::page>(4095, 0, 1), Offsets{4095});
  EXPECT_EQ(touched<Touch::page>(4095, 0, 2), (Offsets{4095, 4096}));
  EXPECT_EQ(touched<Touch::page>(0, 0, 4096), Offsets{0});
  EXPECT_EQ(touched<Touch::page>(0, 4096, 4097), Offsets{4096});
  EXPECT_EQ(touched<Touch::page>(100, 4000, 8200), (Offsets{4100, 8192}));
  EXPECT_EQ(touched<Touch::page>(0, 5, 5), Offsets{});
  EXPECT_EQ(touched<Touch::all>(10, 3, 6), (Offsets{13, 14, 15}));
  EXPECT_EQ(touched<Touch::all>(10, 6, 3), Offsets{});
}

TEST(Null, blocks_lie_in_the_window_and_may_be_written_in_full) {
  HandMade trace({allocate(0, 100000), allocate(1, 5), release(0), release(1)});
  std::vector<std::byte> memory(Null::window_bytes + 100000);
  Null null(memory.data());
  Touching<Touch::all> observer;
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(run_workload(null, trace.bench(), observer).total(), 0U);
}

TEST(SelfCheck, both_loops_run) {
  HandMade trace({allocate(0, 100), resize(0, 200), release(0)});
  std::vector<std::byte> memory(Null::window_bytes + 200);
  Outcome outcome;
  run_self_check(memory.data(), trace.bench(), outcome);
  EXPECT_EQ(outcome.stage, Stage::done);
  EXPECT_GT(outcome.self_check.kernel_ns, 0U);
  EXPECT_GT(outcome.self_check.by_hand_ns, 0U);
}

}  // namespace
}  // namespace heapatlas::replay
