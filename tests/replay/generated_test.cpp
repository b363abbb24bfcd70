// Chains that nobody wrote, through the passes of a replay: each must keep the contract, come to
// the same failures in every pass, and record a heap that agrees with its walks.
#include <gtest/gtest.h>

#include <random>

#include "core/chain/chain.hpp"
#include "tests/chain/random_chain.hpp"
#include "tests/replay/hand_made.hpp"
#include "tests/replay/heap_judge.hpp"
#include "tests/replay/heap_laws.hpp"
#include "tests/replay/heap_of.hpp"

namespace heapatlas::replay {
namespace {

/// Allocations, half of the objects resized now and then, a quarter of them never freed.
std::vector<Event> random_events(std::uint64_t seed, std::size_t count) {
  std::mt19937_64 random(seed);
  const auto below = [&](std::uint64_t end) { return random() % end; };
  std::vector<Event> events;
  std::vector<std::uint64_t> live;
  std::uint64_t objects = 0;
  while (events.size() < count) {
    const std::uint64_t action = live.empty() ? 0 : below(8);
    if (action < 4) {
      const bool aligned = below(8) == 0;
      const auto align = static_cast<std::uint8_t>(aligned ? 4 + below(9) : trace::natural_align);
      const std::uint64_t size = below(6) == 0 ? below(6000) : 1 + below(300);
      events.push_back(allocate(objects, size, align, below(5) == 0));
      live.push_back(objects++);
      continue;
    }
    const std::size_t chosen = below(live.size());
    if (action == 4) {
      events.push_back(resize(live[chosen], 1 + below(800)));
      continue;
    }
    events.push_back(release(live[chosen]));
    live[chosen] = live.back();
    live.pop_back();
  }
  return events;
}

/// The first `count` random chains that may be built.
std::vector<chain::Chain> random_chains(std::size_t count) {
  std::vector<chain::Chain> chains;
  for (std::uint64_t seed = 0; chains.size() < count; ++seed) {
    auto chain = chain::parse_and_check(chain::testing::RandomChain(seed).text());
    if (chain) chains.push_back(std::move(*chain));
  }
  return chains;
}

bool has_two_headers(const chain::Link& link, bool behind_one) {
  if (behind_one && link.is("sized")) return true;
  return std::any_of(link.parts.begin(), link.parts.end(), [&](const chain::Link& part) {
    return has_two_headers(part, behind_one || link.is("sized"));
  });
}

Outcome run(const chain::Chain& chain, Pass pass, const Bench& bench) {
  Request request;
  request.pass = pass;
  request.warm_passes = 3;
  request.warm_budget_ns = 1'000'000'000;
  Outcome outcome;
  const auto built = chain::with_allocator(chain, {}, [&](auto& allocator, const auto&) {
    run_pass(allocator, request, bench, outcome);
    Observer nothing;
    if (pass != Pass::verify) clear(allocator, bench, nothing);  // it does so itself
  });
  EXPECT_TRUE(built.has_value());
  return outcome;
}

TEST(Generated, chains_keep_the_contract_in_every_pass) {
  HandMade trace(random_events(1, 1500));
  for (const chain::Chain& chain : random_chains(300)) {
    SCOPED_TRACE(chain.text());
    const Outcome verified = run(chain, Pass::verify, trace.bench());
    ASSERT_FALSE(verified.violation.found) << verified.violation.what.data();
    const Outcome timed = run(chain, Pass::throughput, trace.bench());
    ASSERT_EQ(timed.stage, Stage::done);
    EXPECT_EQ(timed.cold.failures.total(),
              run(chain, Pass::counts, trace.bench()).failures.total());
  }
}

TEST(Generated, chains_record_heaps_that_agree_with_their_walks) {
  trace::ScratchFolder folder;
  write_trace(folder.path("t.hat"), random_events(2, 1500));
  HeapsOf heaps(folder.path("t.hat"));
  const std::vector<std::size_t> alignments = heaps.alignments();
  std::vector<std::uint64_t> instants;
  for (std::uint64_t at = 7; at < 1500; at += 50) instants.push_back(at);
  for (const chain::Chain& chain : random_chains(150)) {
    if (has_two_headers(chain.root(), false)) continue;
    SCOPED_TRACE(chain.text());
    const Subject subject = heaps.record(chain.text(), instants);
    ASSERT_FALSE(subject.collected.trouble.has_value()) << subject.collected.trouble->what;
    ASSERT_FALSE(subject.verification.has_value()) << subject.verification->fault->what;
    ASSERT_TRUE(subject.heap.has_value());
    HeapJudge(*subject.heap, laws_of(chain), alignments).judge();
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace heapatlas::replay
