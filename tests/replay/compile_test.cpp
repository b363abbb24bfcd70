#include "core/replay/compile.hpp"

#include <gtest/gtest.h>

#include "tests/replay/hand_made.hpp"
#include "tests/trace/random_trace.hpp"

namespace heapatlas::replay {
namespace {

std::vector<Operation> operations_of(const HandMade& trace) {
  const auto operations = trace.view().operations;
  return {operations.begin(), operations.end()};
}

constexpr unsigned natural = trace::natural_align_log2;

TEST(Compile, a_trace_becomes_operations_over_slots) {
  const HandMade trace({allocate(0, 100), marker(), allocate(1, 50, 6, true), resize(0, 300),
                        release(1), release(0)});
  const std::vector<Operation> expected = {
      {OperationKind::allocate, 0, natural, 100}, {OperationKind::allocate_zeroed, 1, 6, 50},
      {OperationKind::resize, 0, natural, 300},   {OperationKind::free, 1, 6, 0},
      {OperationKind::free, 0, natural, 0},
  };
  EXPECT_EQ(operations_of(trace), expected);
  EXPECT_EQ(trace.compiled.events, 6U);
  EXPECT_EQ(trace.compiled.threads, 1U);
}

TEST(Compile, the_slot_freed_last_is_taken_first) {
  const HandMade trace({allocate(0, 1), allocate(1, 1), allocate(2, 1), release(0), release(2),
                        allocate(3, 1), allocate(4, 1), allocate(5, 1)});
  const auto operations = operations_of(trace);
  EXPECT_EQ(operations[5].slot(), 2U);
  EXPECT_EQ(operations[6].slot(), 0U);
  EXPECT_EQ(operations[7].slot(), 3U);
  EXPECT_EQ(trace.compiled.facts.slots, 4U);
}

TEST(Compile, facts_are_exact) {
  const HandMade trace({allocate(0, 100), allocate(1, 200, 9), resize(0, 400), release(1),
                        allocate(2, 50, trace::natural_align, true), resize(0, 10)});
  const WorkloadFacts& facts = trace.compiled.facts;
  EXPECT_EQ(facts.allocations, 3U);
  EXPECT_EQ(facts.zeroed_allocations, 1U);
  EXPECT_EQ(facts.resizes, 2U);
  EXPECT_EQ(facts.frees, 1U);
  EXPECT_EQ(facts.operations(), 6U);
  EXPECT_EQ(facts.survivors, 2U);
  EXPECT_EQ(facts.slots, 2U);
  EXPECT_EQ(facts.allocated_bytes, 350U);
  EXPECT_EQ(facts.peak_live_bytes, 600U);
  EXPECT_EQ(facts.peak_operation, 2U);
  EXPECT_EQ(facts.final_live_bytes, 60U);
  EXPECT_EQ(facts.max_size, 400U);
  EXPECT_EQ(facts.max_align, 512U);
}

TEST(Compile, survivors_are_freed_with_their_alignment) {
  const HandMade trace({allocate(0, 8), allocate(1, 8, 7), allocate(2, 8), release(0)});
  const auto survivors = trace.view().survivors;
  ASSERT_EQ(survivors.size(), 2U);
  EXPECT_EQ(survivors[0], (Operation{OperationKind::free, 1, 7, 0}));
  EXPECT_EQ(survivors[1], (Operation{OperationKind::free, 2, natural, 0}));
}

TEST(Compile, a_size_of_0_is_asked_as_1) {
  const HandMade trace({allocate(0, 0), resize(0, 0)});
  EXPECT_EQ(operations_of(trace)[0].size(), 1U);
  EXPECT_EQ(operations_of(trace)[1].size(), 1U);
  EXPECT_EQ(trace.compiled.facts.peak_live_bytes, 1U);
}

TEST(Compile, wide_sizes_stand_in_the_order_of_their_operations) {
  constexpr std::uint64_t huge = std::uint64_t{1} << 46;
  const HandMade trace({allocate(0, huge), allocate(1, 7), resize(1, 0xFFFFFFFF), release(0)});
  const auto wide = trace.view().wide_sizes;
  ASSERT_EQ(wide.size(), 2U);
  EXPECT_EQ(wide[0], huge);
  EXPECT_EQ(wide[1], 0xFFFFFFFFU);
}

TEST(Compile, the_natural_alignment_is_a_setting_and_an_explicit_one_is_not) {
  const HandMade trace({allocate(0, 8), allocate(1, 8, 2)},
                       {.natural_align_log2 = 3, .progress = {}});
  EXPECT_EQ(operations_of(trace)[0].align(), 8U);
  EXPECT_EQ(operations_of(trace)[1].align(), 4U);
}

base::Result<CompiledTrace> compile_events(const std::vector<Event>& events,
                                           const CompileOptions& options = {}) {
  trace::ScratchFolder folder;
  write_trace(folder.path("t.hat"), events);
  auto reader = trace::Reader::open(folder.path("t.hat"));
  return compile(*reader, options);
}

TEST(Compile, an_alignment_that_no_operation_holds_is_refused_by_its_event) {
  const auto compiled = compile_events({allocate(0, 8), allocate(1, 8, 32)});
  ASSERT_FALSE(compiled.has_value());
  EXPECT_EQ(compiled.error().kind, base::ErrorKind::bad_input);
  EXPECT_EQ(compiled.error().where, "event 1");
}

TEST(Compile, progress_can_cancel) {
  std::uint64_t seen = 0;
  const auto compiled =
      compile_events({allocate(0, 8)}, {.natural_align_log2 = 4, .progress = [&](std::uint64_t n) {
                                          seen = n;
                                          return false;
                                        }});
  ASSERT_FALSE(compiled.has_value());
  EXPECT_EQ(compiled.error().kind, base::ErrorKind::cancelled);
  EXPECT_EQ(seen, 1U);
}

TEST(Compile, an_empty_trace_has_no_operations) {
  const HandMade trace({marker()});
  EXPECT_EQ(trace.view().operations.size(), 0U);
  EXPECT_EQ(trace.compiled.facts.slots, 0U);
}

TEST(Compile, random_traces_keep_every_object_in_one_slot) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    auto events = trace::random_trace(5000, seed);
    for (Event& event : events)
      if (event.align_log2 != trace::natural_align && event.align_log2 > Operation::max_align_log2)
        event.align_log2 = Operation::max_align_log2;
    const HandMade trace(events);
    const auto operations = trace.view().operations;
    const std::uint64_t* wide = trace.view().wide_sizes.data();
    std::vector<std::uint64_t> object_in(trace.compiled.facts.slots, UINT64_MAX);
    std::size_t at = 0;
    for (const Event& event : events) {
      if (event.kind > EventKind::free) continue;
      const Operation operation = operations[at++];
      if (event.kind == EventKind::allocate) {
        ASSERT_EQ(object_in[operation.slot()], UINT64_MAX);
        object_in[operation.slot()] = event.object;
      }
      ASSERT_EQ(object_in[operation.slot()], event.object);
      if (event.kind == EventKind::free) {
        object_in[operation.slot()] = UINT64_MAX;
      } else {
        const std::uint64_t size = operation.wide() ? *wide++ : operation.size();
        ASSERT_EQ(size, std::max<std::uint64_t>(event.size, 1));
      }
    }
    ASSERT_EQ(at, operations.size());
  }
}

TEST(EventOf, skips_what_is_no_operation) {
  const HandMade trace({marker(), allocate(0, 1), marker(), allocate(1, 1), release(0)});
  auto reader = trace::Reader::open(trace.path());
  const auto place = event_of(*reader, 2);
  ASSERT_TRUE(place.has_value());
  EXPECT_EQ(place->event, 4U);
  EXPECT_EQ(place->object, 0U);
  EXPECT_EQ(place->kind, EventKind::free);
  EXPECT_FALSE(event_of(*reader, 3).has_value());
}

}  // namespace
}  // namespace heapatlas::replay
