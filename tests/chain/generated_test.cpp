// Chains that nobody wrote: whatever the grammar can say and the checks let pass must work.
#include <gtest/gtest.h>

#include <vector>

#include "core/alloc/rewind.hpp"
#include "core/chain/chain.hpp"
#include "tests/chain/operations.hpp"
#include "tests/chain/random_chain.hpp"

namespace heapatlas::chain {
namespace {

constexpr testing::Mix small_mix{.operations = 300, .max_size = 400, .max_align = 16};

/// The requests that were refused: a rewound chain serves what a new one does. Where blocks lie may
/// change, for slabs keep some of their pages.
std::vector<bool> failed(const std::vector<testing::Place>& log) {
  std::vector<bool> which;
  for (const testing::Place& place : log) which.push_back(place.region == testing::Place::failed);
  return which;
}

/// Whether a part is the memory of another, which holds on to it when the chain is rewound.
bool lends(const Chain& chain) {
  return chain.text().find("parent(") != std::string::npos ||
         chain.text().find("backing=") != std::string::npos;
}

/// The places, as far as two builds of a chain must agree on them. Where malloc puts the pages of
/// slabs decides how many tables their map takes; these may lie among the regions of the same
/// backing, whose numbers then differ.
std::vector<testing::Place> comparable(std::vector<testing::Place> log, const Chain& chain) {
  const bool pages_of_malloc = chain.text().find("backing=") != std::string::npos &&
                               chain.text().find("system") != std::string::npos;
  for (testing::Place& place : log)
    if (pages_of_malloc && place.region < testing::Place::untiled) place.region = 0;
  return log;
}

/// The places of the same operations, twice, with the chain rewound between.
struct Runs {
  std::vector<testing::Place> first;
  std::vector<testing::Place> again;
};

Runs run_twice(const Chain& chain, const BuildOptions& options, std::uint64_t seed) {
  Runs runs;
  const auto status = with_allocator(chain, options, [&](auto& allocator, const BuildFacts&) {
    runs.first = comparable(testing::run_operations(allocator, seed, small_mix), chain);
    EXPECT_STREQ(check_part(allocator), nullptr);
    heapatlas::rewind(allocator);
    EXPECT_STREQ(check_part(allocator), nullptr);
    runs.again = comparable(testing::run_operations(allocator, seed, small_mix), chain);
    heapatlas::rewind(allocator);
  });
  EXPECT_TRUE(status) << status.error().line();
  return runs;
}

TEST(Generated, chains_keep_their_blocks_and_start_over) {
  std::size_t built = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const auto chain = parse_and_check(testing::RandomChain(seed).text());
    if (!chain) continue;
    ++built;
    SCOPED_TRACE(chain->text());
    const Runs as_it_is = run_twice(*chain, {}, seed);
    const Runs dynamic = run_twice(*chain, {.force_dynamic = true}, seed);
    Counts counts = counts_for(*chain);
    const Runs counted = run_twice(*chain, {.counts = &counts}, seed);
    ASSERT_FALSE(as_it_is.first.empty()) << "a block lost its bytes, or a walk does not tile";
    ASSERT_FALSE(as_it_is.again.empty()) << "the same, once the chain was rewound";
    EXPECT_TRUE(lends(*chain) || failed(as_it_is.first) == failed(as_it_is.again));
    EXPECT_EQ(as_it_is.first, dynamic.first);
    EXPECT_EQ(as_it_is.again, dynamic.again);
    EXPECT_EQ(as_it_is.first, counted.first);
    EXPECT_EQ(counts.figures(0).live_bytes, 0U);
  }
  EXPECT_GT(built, 200U) << "too few of the chains could be built";
}

}  // namespace
}  // namespace heapatlas::chain
