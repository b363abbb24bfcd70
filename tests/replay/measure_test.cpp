// Measuring with a runner that misbehaves for the chain `bump`, as $MISBEHAVE says; `system` is
// malloc.
#include "core/replay/measure.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "core/chain/check.hpp"
#include "tests/replay/hand_made.hpp"

namespace heapatlas::replay {
namespace {

class Measure : public testing::Test {
 protected:
  Measure() {
    options.runner = MISBEHAVING_RUNNER;
    options.samples = 5;
    options.warm_passes = 2;
  }
  ~Measure() override { unsetenv("MISBEHAVE"); }

  base::Result<std::vector<report::Run>> run(const std::string& misbehaviour) {
    setenv("MISBEHAVE", misbehaviour.c_str(), 1);
    std::vector<chain::Chain> chains;
    chains.push_back(*chain::parse_and_check("bump"));
    chains.push_back(*chain::parse_and_check("system"));
    return measure(trace.path(), chains, options, stop, progress);
  }

  HandMade trace{{allocate(0, 100), marker(), allocate(1, 50), release(0)}};
  MeasureOptions options;
  std::atomic<bool> stop{false};
  MeasureProgress progress;
};

TEST_F(Measure, system_comes_first_and_only_once) {
  const auto runs = run("");
  ASSERT_TRUE(runs.has_value()) << runs.error().line();
  ASSERT_EQ(runs->size(), 2U);
  EXPECT_EQ((*runs)[0].chain, "system");
  EXPECT_EQ((*runs)[1].chain, "bump");
}

TEST_F(Measure, figures_follow_from_the_samples) {
  const auto runs = run("");
  const report::Run& system = (*runs)[0];
  ASSERT_EQ(system.samples.size(), 5U);
  EXPECT_EQ(system.samples[0].warm_ns_per_operation.size(), 2U);
  EXPECT_FALSE(system.figures.ratio_to_system.has_value());
  ASSERT_TRUE(system.figures.null_share.has_value());
  EXPECT_DOUBLE_EQ(*system.figures.null_share,
                   *system.figures.null_ns_per_operation / *system.figures.ns_per_operation);
  const report::Run& other = (*runs)[1];
  ASSERT_TRUE(other.figures.ratio_to_system.has_value());
  EXPECT_DOUBLE_EQ(other.figures.ratio_to_system->value,
                   *other.figures.ns_per_operation / *system.figures.ns_per_operation);
  EXPECT_TRUE(other.figures.ratio_to_system->low.has_value());
  EXPECT_FALSE(other.trouble.has_value());
  EXPECT_EQ(other.trace.peak_live_bytes, 150U);
  EXPECT_EQ(other.trace.checksum.substr(0, 5), "xxh3:");
}

TEST_F(Measure, placements_are_recorded_when_asked_for) {
  EXPECT_FALSE((*run(""))[1].heap.has_value());
  options.placements = true;
  options.snapshots = {1};
  const auto runs = run("");
  ASSERT_TRUE(runs.has_value()) << runs.error().line();
  for (const report::Run& each : *runs) {
    ASSERT_TRUE(each.heap.has_value()) << each.chain;
    EXPECT_EQ(each.heap->placements.size(), 2U);
    EXPECT_EQ(each.heap->events, 4U);
    EXPECT_NE(each.heap->snapshot_at(1), nullptr);
    EXPECT_TRUE(each.heap_figures.has_value());
  }
}

TEST_F(Measure, a_walk_that_breaks_the_law_is_the_allocators_fault) {
  options.placements = true;
  const auto runs = run("break a walk");
  ASSERT_TRUE(runs.has_value());
  const report::Run& broken = (*runs)[1];
  ASSERT_TRUE(broken.verification.has_value());
  EXPECT_FALSE(broken.verification->passed);
  EXPECT_EQ(broken.verification->fault->what, "the walk's spans overlap");
  EXPECT_EQ(broken.verification->fault->event, 3U) << "of the third operation";
  EXPECT_FALSE(broken.heap.has_value());
  EXPECT_TRUE((*runs)[0].heap.has_value());
}

TEST_F(Measure, a_walk_at_an_event_that_is_not_there_is_refused) {
  options.placements = true;
  options.snapshots = {4};
  const auto runs = run("");
  ASSERT_FALSE(runs.has_value());
  EXPECT_EQ(runs.error().kind, base::ErrorKind::bad_input);
  EXPECT_NE(runs.error().what.find("no event 4"), std::string::npos);
}

TEST_F(Measure, a_chain_that_crashes_leaves_the_others_whole) {
  const auto runs = run("crash");
  ASSERT_TRUE(runs.has_value());
  const report::Run& crashed = (*runs)[1];
  ASSERT_TRUE(crashed.trouble.has_value());
  EXPECT_EQ(crashed.trouble->kind, "crashed");
  EXPECT_EQ(crashed.trouble->pass, "throughput");
  EXPECT_EQ(crashed.trouble->what, "killed by SIGSEGV (segmentation fault)");
  EXPECT_TRUE(crashed.samples.empty());
  EXPECT_FALSE(crashed.figures.ns_per_operation.has_value());
  EXPECT_FALSE(crashed.figures.peak_footprint_bytes.has_value());
  EXPECT_FALSE(crashed.failures.has_value());
  EXPECT_EQ((*runs)[0].samples.size(), 5U);
  EXPECT_FALSE((*runs)[0].trouble.has_value());
}

TEST_F(Measure, a_crash_under_verification_names_its_event) {
  options.verify = true;
  options.samples = 1;
  const auto runs = run("crash");
  const auto& verification = (*runs)[1].verification;
  ASSERT_TRUE(verification.has_value());
  EXPECT_FALSE(verification->passed);
  EXPECT_EQ(verification->fault->event, 2U);  // operation 1: a marker stands before it
  EXPECT_EQ(verification->fault->object, 1U);
  EXPECT_TRUE((*runs)[0].verification->passed);
}

TEST_F(Measure, a_fault_is_named_by_event_and_object) {
  options.verify = true;
  options.samples = 1;
  const auto runs = run("find a fault");
  const report::Run& broken = (*runs)[1];
  EXPECT_FALSE(broken.trouble.has_value());
  EXPECT_FALSE(broken.verification->passed);
  EXPECT_EQ(broken.verification->fault->what, "made up");
  EXPECT_EQ(broken.verification->fault->event, 3U);
  EXPECT_EQ(broken.verification->fault->object, 0U);
}

TEST_F(Measure, a_hang_costs_its_timeout_once) {
  options.sample_timeout = std::chrono::milliseconds(1000);
  const auto runs = run("hang");
  ASSERT_TRUE(runs.has_value());
  ASSERT_TRUE((*runs)[1].trouble.has_value());
  EXPECT_EQ((*runs)[1].trouble->kind, "timed_out");
}

TEST_F(Measure, a_refusal_is_told) {
  const auto runs = run("refuse");
  ASSERT_TRUE((*runs)[1].trouble.has_value());
  EXPECT_EQ((*runs)[1].trouble->kind, "refused");
  EXPECT_EQ((*runs)[1].trouble->what, "no such luck");
}

TEST_F(Measure, a_stop_before_it_begins_measures_nothing) {
  stop = true;
  const auto runs = run("");
  ASSERT_FALSE(runs.has_value());
  EXPECT_EQ(runs.error().kind, base::ErrorKind::cancelled);
}

TEST_F(Measure, progress_reaches_its_total) {
  std::uint64_t last = 0;
  std::uint64_t all = 0;
  progress = [&](std::uint64_t done, std::uint64_t total, const std::string&) {
    EXPECT_GE(done, last);
    EXPECT_LT(done, total);
    last = done;
    all = total;
  };
  ASSERT_TRUE(run("").has_value());
  EXPECT_EQ(last + 1, all);
}

}  // namespace
}  // namespace heapatlas::replay
