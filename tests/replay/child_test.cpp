#include "core/replay/child.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include "tests/replay/hand_made.hpp"

namespace heapatlas::replay {
namespace {

class Child : public testing::Test {
 protected:
  base::Result<ChildResult> run(std::string_view what, Pass pass = Pass::throughput) {
    Request request;
    request.pass = pass;
    request.warm_passes = 2;
    request.warm_budget_ns = 1'000'000'000;
    EXPECT_TRUE(set_chain(request, what));
    return run_child(setup, request);
  }
  void TearDown() override {
    EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1) << "a child is left";
    EXPECT_EQ(errno, ECHILD);
  }

  HandMade trace{{allocate(0, 100), allocate(1, 50), release(0)}};
  ChildSetup setup{.runner = MISBEHAVING_RUNNER,
                   .workload = trace.compiled.file.get(),
                   .environment = {},
                   .timeout = std::chrono::seconds(20),
                   .stop = nullptr};
};

TEST_F(Child, a_sample_comes_back_whole) {
  const auto result = run("bump");
  ASSERT_TRUE(result.has_value()) << result.error().line();
  EXPECT_EQ(result->ending, Ending::done) << result->why;
  EXPECT_EQ(result->outcome.warm_count, 2U);
  EXPECT_GT(result->outcome.cold.wall_ns, 0U);
  EXPECT_EQ(result->outcome.failures.total(), 0U);
}

TEST_F(Child, memory_and_verify_run_too) {
  const auto memory = run("bump", Pass::memory);
  ASSERT_TRUE(memory.has_value());
  EXPECT_EQ(memory->ending, Ending::done) << memory->why;
  EXPECT_TRUE(memory->outcome.memory.known);
  const auto verify = run("bump", Pass::verify);
  ASSERT_TRUE(verify.has_value());
  EXPECT_EQ(verify->ending, Ending::done) << verify->why;
  EXPECT_FALSE(verify->outcome.violation.found);
}

TEST_F(Child, the_null_allocator_and_the_self_check_need_no_chain) {
  Request request;
  request.null_allocator = true;
  const auto null = run_child(setup, request);
  ASSERT_TRUE(null.has_value());
  EXPECT_EQ(null->ending, Ending::done) << null->why;
  EXPECT_EQ(null->outcome.implementation, Implementation::null);
  request.pass = Pass::self_check;
  const auto check = run_child(setup, request);
  ASSERT_TRUE(check.has_value());
  EXPECT_EQ(check->ending, Ending::done) << check->why;
  EXPECT_GT(check->outcome.self_check.by_hand_ns, 0U);
}

TEST_F(Child, a_crash_is_told_by_its_signal) {
  const auto result = run("crash");
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->ending, Ending::crashed);
  EXPECT_EQ(result->why, "killed by SIGSEGV (segmentation fault)");
  EXPECT_EQ(result->outcome.operation, 1U);
}

TEST_F(Child, its_last_words_are_one_printable_line) {
  const auto result = run("abort with words");
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->ending, Ending::crashed);
  EXPECT_EQ(result->why, "killed by SIGABRT (aborted): double free or corruption [31m");
}

TEST_F(Child, a_crash_after_the_work_is_still_a_crash) {
  EXPECT_EQ(run("crash when done")->ending, Ending::crashed);
}

TEST_F(Child, a_hang_is_ended) {
  setup.timeout = std::chrono::milliseconds(100);
  const auto result = run("hang");
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->ending, Ending::timed_out);
}

TEST_F(Child, an_early_exit_is_told_by_its_status) {
  const auto result = run("exit");
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->ending, Ending::exited);
  EXPECT_EQ(result->why, "ended with exit status 7 before it was done");
  EXPECT_EQ(run("exit quietly")->ending, Ending::exited);
  EXPECT_EQ(run("exit when done")->why, "ended with exit status 7 when it was done");
}

TEST_F(Child, a_refusal_is_passed_on) {
  const auto result = run("refuse");
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->ending, Ending::refused);
  EXPECT_EQ(result->why, "no such luck");
}

TEST_F(Child, counts_in_an_outcome_are_not_trusted) {
  const auto result = run("lie about counts");
  ASSERT_TRUE(result.has_value());
  EXPECT_LE(result->outcome.warm_count, Outcome::max_warm);
  EXPECT_LE(result->outcome.link_count, Outcome::max_links);
  EXPECT_EQ(result->outcome.refusal.back(), 0);
  EXPECT_EQ(result->outcome.violation.what.back(), 0);
}

TEST_F(Child, gets_what_is_added_to_the_environment) {
  EXPECT_EQ(run("environment")->why, "unset");
  setup.environment = {"HEAPATLAS_TEST=a=b"};
  EXPECT_EQ(run("environment")->why, "a=b");
}

TEST_F(Child, a_runner_that_is_none_is_an_error) {
  setup.runner = "/nonexistent/runner";
  const auto result = run("bump");
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind, base::ErrorKind::unavailable);
  EXPECT_EQ(result.error().where, "/nonexistent/runner");
}

TEST_F(Child, ends_when_it_is_told_to_stop) {
  std::atomic<bool> stop{false};
  setup.stop = &stop;
  std::thread interrupter([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    stop = true;
  });
  const auto result = run("hang");
  interrupter.join();
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind, base::ErrorKind::cancelled);
}

TEST_F(Child, a_file_that_is_no_workload_is_refused) {
  base::Descriptor other{memfd_create("no workload", 0)};
  ASSERT_EQ(ftruncate(other.get(), 100), 0);
  setup.workload = other.get();
  const auto result = run("bump");
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->ending, Ending::refused);
  EXPECT_EQ(result->why, "this is no whole workload");
}

TEST(SetChain, refuses_a_text_that_is_too_long) {
  Request request;
  EXPECT_TRUE(set_chain(request, std::string(Request::max_chain_bytes, 'a')));
  EXPECT_FALSE(set_chain(request, std::string(Request::max_chain_bytes + 1, 'a')));
}

}  // namespace
}  // namespace heapatlas::replay
