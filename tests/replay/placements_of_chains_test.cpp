// For every chain: at random instants, the bytes that live blocks cover by the placements are the
// used bytes of a walk taken there, block by block where the walk knows single blocks.
//
// The smallest traces are part of every run. The others take some minutes: they run with
// --gtest_also_run_disabled_tests.
#include <random>

#include "core/chain/examples.hpp"
#include "tests/replay/heap_judge.hpp"
#include "tests/replay/heap_of.hpp"

namespace heapatlas::replay {
namespace {

struct Case {
  std::string chain;
  Coverage coverage = Coverage::exact;
};

/// A bump calls what was freed used until everything is.
bool says_exactly(std::string_view chain) {
  return chain.find("bump") == std::string_view::npos &&
         chain.find("sized") == std::string_view::npos &&
         chain.find("scoped") == std::string_view::npos;
}

std::vector<Case> cases() {
  std::vector<std::string> chains;
  for (const chain::Example& example : chain::examples()) chains.emplace_back(example.text);
  // What no example has.
  for (const char* more : {"os", "sized(talc)", "stats(talc)", "slab(size=48) | talc",
                           "never | talc", "scoped(size=1M) | talc"})
    chains.emplace_back(more);
  std::vector<Case> cases;
  for (const std::string& chain : chains)
    cases.push_back({chain, says_exactly(chain) ? Coverage::exact : Coverage::within});
  return cases;
}

std::vector<std::uint64_t> random_events(std::uint64_t events, unsigned count) {
  std::mt19937_64 random{20};
  std::vector<std::uint64_t> at;
  for (unsigned i = 0; i < count; ++i) at.push_back(random() % events);
  return at;
}

void judge_chains_on(const std::string& trace) {
  HeapsOf heaps(std::string(TRACES) + "/" + trace);
  const auto events = random_events(heaps.index().events(), 100);
  for (const Case& each : cases()) {
    SCOPED_TRACE(each.chain);
    const Subject subject = heaps.record(each.chain, events);
    ASSERT_FALSE(subject.collected.trouble.has_value()) << subject.collected.trouble->what;
    ASSERT_FALSE(subject.verification.has_value()) << subject.verification->fault->what;
    ASSERT_TRUE(subject.heap.has_value());
    EXPECT_GE(subject.heap->snapshots.size(), 102U);
    HeapJudge(*subject.heap, each.coverage).judge();
    if (testing::Test::HasFailure()) return;
  }
}

TEST(PlacementsOfChains, agree_with_walks_on_sqlite3) {
  judge_chains_on("sqlite3.hat");
}
TEST(PlacementsOfChains, agree_with_walks_on_rsyslogd) {
  judge_chains_on("rsyslogd.hat");
}
TEST(PlacementsOfChains, DISABLED_agree_with_walks_on_redis_server) {
  judge_chains_on("redis-server.hat");
}
TEST(PlacementsOfChains, DISABLED_agree_with_walks_on_python) {
  judge_chains_on("python.hat");
}
TEST(PlacementsOfChains, DISABLED_agree_with_walks_on_cc1plus) {
  judge_chains_on("cc1plus.hat");
}

}  // namespace
}  // namespace heapatlas::replay
