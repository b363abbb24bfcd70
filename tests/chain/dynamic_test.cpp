// Run-time chains: the same placement as static types, and facts that tell the truth about them.
#include <gtest/gtest.h>

#include "core/alloc/bump.hpp"
#include "core/alloc/locked.hpp"
#include "core/alloc/never.hpp"
#include "core/alloc/os/mapped_bump.hpp"
#include "core/alloc/os/os.hpp"
#include "core/alloc/os/system.hpp"
#include "core/chain/chain.hpp"
#include "tests/chain/operations.hpp"

namespace heapatlas::chain {
namespace {

Chain checked_chain(std::string_view text) {
  auto chain = parse_and_check(text);
  if (!chain) throw std::runtime_error(chain.error().line());
  return std::move(*chain);
}

/// Builds the chain and gives f's result.
template <class F>
auto in_chain(const Chain& chain, const BuildOptions& options, F f) {
  std::vector<testing::Place> log;
  const auto status = with_allocator(
      chain, options, [&](auto& allocator, const BuildFacts&) { log = f(allocator); });
  if (!status) throw std::runtime_error(status.error().line());
  return log;
}

/// The chain's facts are those of the type that it stands for.
template <class A>
void expect_facts(std::string_view text) {
  const LinkFacts facts = checked_chain(text).facts();
  const Capabilities& want = capabilities_of<A>;
  EXPECT_EQ(facts.can.owns, want.owns) << text;
  EXPECT_EQ(facts.can.resizes, want.resizes) << text;
  EXPECT_EQ(facts.can.reallocates, want.reallocates) << text;
  EXPECT_EQ(facts.can.zeroes, want.zeroes) << text;
  EXPECT_EQ(facts.can.resets, want.resets) << text;
  EXPECT_EQ(facts.can.self_sizing, want.self_sizing) << text;
  EXPECT_EQ(facts.can.walks, want.walks) << text;
  EXPECT_EQ(facts.can.checks, want.checks) << text;
  EXPECT_EQ(facts.threads, A::threads) << text;
}

TEST(Facts, are_those_of_the_cpp_type) {
  expect_facts<Bump>("bump");
  expect_facts<SharedBump>("bump(shared=true)");
  expect_facts<Never>("never");
  expect_facts<Os>("os");
  expect_facts<System>("system");
  expect_facts<MappedBump>("mapped_bump");
  expect_facts<Locked<System>>("locked(system)");
  expect_facts<Locked<Os>>("locked(os)");
  expect_facts<Locked<Bump>>("locked(bump)");
  expect_facts<Locked<Locked<Never>>>("locked(locked(never, mutex=spin))");
}

TEST(Facts, of_alignment_are_those_of_the_built_chain) {
  for (const char* text : {"bump(size=1M)", "never", "os", "system", "mapped_bump",
                           "locked(bump(size=1M))", "locked(system)"}) {
    const Chain chain = checked_chain(text);
    for (const bool dynamic : {false, true}) {
      const auto status = with_allocator(
          chain, {.force_dynamic = dynamic}, [&](auto& allocator, const BuildFacts& facts) {
            EXPECT_EQ(allocator.min_alignment(), chain.facts().min_alignment) << text;
            EXPECT_EQ(allocator.max_alignment(), chain.facts().max_alignment) << text;
            EXPECT_EQ(capabilities(allocator), chain.facts().can) << text;
            EXPECT_FALSE(dynamic && facts.is_static);
          });
      ASSERT_TRUE(status);
    }
  }
}

TEST(Placement, is_the_same_static_and_dynamic) {
  for (const char* text : {"bump(size=64K)", "bump(size=64K, shared=true)", "never"}) {
    const Chain chain = checked_chain(text);
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
      const auto run = [&](auto& allocator) { return testing::run_operations(allocator, seed); };
      const auto as_static = in_chain(chain, {}, run);
      const auto as_dynamic = in_chain(chain, {.force_dynamic = true}, run);
      ASSERT_FALSE(as_static.empty());
      ASSERT_EQ(as_static, as_dynamic) << text << ", seed " << seed;
    }
  }
}

TEST(Memory, that_cannot_be_had_is_an_error_not_a_crash) {
  const Chain chain = checked_chain("bump(size=1024G)");
  std::vector<int> never_run;
  Builder builder;
  for (int i = 0; i < 200; ++i) {  // 200 TiB: more than there is address space
    const auto status = builder.prepare(chain.root());
    if (status) continue;
    EXPECT_EQ(status.error().where, "bump(size=1024G)");
    return;
  }
  FAIL() << "the system gave 200 TiB";
}

}  // namespace
}  // namespace heapatlas::chain
