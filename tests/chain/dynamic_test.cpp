// Run-time chains: the same placement as static types, and facts that tell the truth about them.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/alloc/bump.hpp"
#include "core/alloc/claim_source.hpp"
#include "core/alloc/fallback.hpp"
#include "core/alloc/free_list.hpp"
#include "core/alloc/limit.hpp"
#include "core/alloc/locked.hpp"
#include "core/alloc/manual_source.hpp"
#include "core/alloc/never.hpp"
#include "core/alloc/os/mapped_bump.hpp"
#include "core/alloc/os/os.hpp"
#include "core/alloc/os/os_source.hpp"
#include "core/alloc/os/system.hpp"
#include "core/alloc/os/system_source.hpp"
#include "core/alloc/os/this_thread.hpp"
#include "core/alloc/parent_source.hpp"
#include "core/alloc/per_thread.hpp"
#include "core/alloc/proxy.hpp"
#include "core/alloc/ring_logger.hpp"
#include "core/alloc/scoped.hpp"
#include "core/alloc/segregate.hpp"
#include "core/alloc/sized.hpp"
#include "core/alloc/slabs.hpp"
#include "core/alloc/stalloc.hpp"
#include "core/alloc/stats.hpp"
#include "core/alloc/talc.hpp"
#include "core/alloc/tree_stalloc.hpp"
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
  expect_facts<StallocOver<>>("stalloc");
  expect_facts<TreeStallocOver>("stalloc(index=tree)");
  expect_facts<Fallback<Bump, System>>("bump | system");
  expect_facts<Fallback<Bump, Os>>("bump | os");
  expect_facts<Fallback<Bump, Bump>>("bump | bump");
  expect_facts<Fallback<SharedBump, System>>("bump(shared=true) | system");
  expect_facts<Fallback<SharedBump, Bump>>("bump(shared=true) | bump");
  expect_facts<Fallback<Bump, Fallback<Never, Os>>>("bump | never | os");
  expect_facts<Locked<Fallback<Bump, System>>>("locked(bump | system)");
  expect_facts<Talc<OsSource>>("talc");
  expect_facts<Talc<SystemSource>>("talc(system, unit=32)");
  expect_facts<Talc<ManualSource>>("talc(manual(size=64K))");
  expect_facts<Talc<ClaimSource>>("talc(claim(size=64K), cache=false)");
  expect_facts<Talc<ParentSource<Os>>>("talc(parent(os))");
  expect_facts<Slab<Os>>("slab(size=64)");
  expect_facts<PerThread<Slabs<Os>, os::ThisThread>>("per_thread(slabs)");
  expect_facts<PerThread<Slab<Os>, os::ThisThread>>("per_thread(slab(size=64))");
  expect_facts<Fallback<PerThread<Slabs<Os>, os::ThisThread>, System>>(
      "per_thread(slabs) | system");
  expect_facts<Scoped>("scoped");
  expect_facts<FreeList>("free_list(block=64)");
  expect_facts<Limit<Bump>>("limit(bump, bytes=1K)");
  expect_facts<Limit<System>>("limit(system, bytes=1K)");
  expect_facts<Limit<Talc<OsSource>>>("limit(talc, bytes=1K)");
  expect_facts<Limit<Slabs<Os>>>("limit(slabs, bytes=1K)");
  expect_facts<Stats<Os>>("stats(os)");
  expect_facts<Stats<Talc<OsSource>>>("stats(talc)");
  expect_facts<Sized<Bump>>("sized(bump)");
  expect_facts<Sized<System>>("sized(system)");
  expect_facts<Proxy<System, RingLogger<1024>>>("proxy(system)");
  expect_facts<Proxy<Bump, RingLogger<1024>>>("proxy(bump)");
  expect_facts<Segregate<Bump, System>>("segregate(8, bump, system)");
  expect_facts<Segregate<System, Bump>>("segregate(8, system, bump)");
  expect_facts<Segregate<Os, Os>>("segregate(8, os, os)");
  expect_facts<Segregate<Talc<OsSource>, System>>("segregate(8, talc, system)");
  expect_facts<Segregate<System, Talc<OsSource>>>("segregate(8, system, talc)");
  expect_facts<Segregate<Bump, Talc<OsSource>>>("segregate(8, bump, talc)");
  expect_facts<Slabs<Fallback<Bump, Os>>>("slabs(backing=bump | os)");
  expect_facts<Fallback<Slabs<Os>, Talc<OsSource>>>("slabs | talc");
  expect_facts<Locked<Bump>>("locked(bump)");
  expect_facts<Locked<Locked<Never>>>("locked(locked(never, mutex=spin))");
}

TEST(Facts, of_alignment_are_those_of_the_built_chain) {
  for (const char* text :
       {"bump(size=1M)", "never", "os", "system", "mapped_bump", "locked(bump(size=1M))",
        "locked(system)", "stalloc(blocks=10, block=64)", "bump(size=1M) | os", "stalloc | never",
        "free_list(block=24)", "scoped(size=1M)", "per_thread(slabs(max=100))",
        "slabs(min=20, max=100)", "slab(size=48)", "sized(os)"}) {
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
  for (const char* text :
       {"bump(size=64K)", "bump(size=20K) | system", "stalloc(blocks=500, block=8) | system",
        "stalloc(blocks=70000, block=8) | system",
        "stalloc(blocks=500, block=16, index=tree) | system", "talc(os(reserve=1M))",
        "stalloc(blocks=500, block=16) | talc"}) {
    const Chain chain = checked_chain(text);
    ASSERT_TRUE(is_well_known(chain)) << text;
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
      const auto run = [&](auto& allocator) { return testing::run_operations(allocator, seed); };
      const auto as_static = in_chain(chain, {}, run);
      const auto as_dynamic = in_chain(chain, {.force_dynamic = true}, run);
      ASSERT_FALSE(as_static.empty());
      ASSERT_EQ(as_static, as_dynamic) << text << ", seed " << seed;
    }
  }
}

/// Runs the operations on a static type, made in the memory of two regions.
template <class Make>
std::vector<testing::Place> run_static(std::uint64_t seed, Make make) {
  HeapMemory heap;
  const auto first = heap.take(4096, 4096);
  const auto second = heap.take(16384, 16384);
  if (!first || !second) throw std::runtime_error("no memory");
  auto allocator = make(first->data(), second->data());
  return testing::run_operations(allocator, seed);
}

TEST(Placement, of_a_run_time_chain_is_that_of_the_cpp_type) {
  using Short = StallocOver<std::uint16_t>;
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    const auto dynamic = [&](const char* text) {
      return in_chain(checked_chain(text), {.force_dynamic = true},
                      [&](auto& allocator) { return testing::run_operations(allocator, seed); });
    };
    const auto nested = run_static(seed, [](std::byte* a, std::byte* b) {
      return Fallback<Locked<Short>, Fallback<Bump, Os>>{{Short{a, 4096, 8}}, {Bump{b, 16384}, {}}};
    });
    ASSERT_FALSE(nested.empty());
    EXPECT_EQ(nested, dynamic("locked(stalloc(blocks=512, block=8)) | bump(size=16K) | os"));

    // Neither link reallocates by itself: what cannot grow in place moves to the first link.
    const auto plain = run_static(seed, [](std::byte* a, std::byte* b) {
      return Fallback<Short, Bump>{Short{a, 4096, 8}, Bump{b, 16384}};
    });
    EXPECT_EQ(plain, dynamic("stalloc(blocks=512, block=8) | bump(size=16K)"));

    const auto borrowed = run_static(seed, [](std::byte* a, std::byte* b) {
      return Fallback<Talc<ParentSource<Bump>>, Bump>{
          Talc<ParentSource<Bump>>(std::size_t{8192}, b, std::size_t{16384}), Bump{a, 4096}};
    });
    ASSERT_FALSE(borrowed.empty());
    EXPECT_EQ(borrowed, dynamic("talc(parent(bump(size=16K), region=8K)) | bump(size=4K)"));

    const auto claimed = run_static(seed, [](std::byte* a, std::byte* b) {
      return Fallback<Talc<ClaimSource>, Bump>{Talc<ClaimSource>(b, std::size_t{16384}),
                                               Bump{a, 4096}};
    });
    EXPECT_EQ(claimed, dynamic("talc(claim(size=16K)) | bump(size=4K)"));
    EXPECT_EQ(claimed, dynamic("talc(manual(size=16K)) | bump(size=4K)"));

    const auto sided = run_static(seed, [](std::byte* a, std::byte* b) {
      return Limit<Segregate<Sized<Short>, Fallback<Stats<Bump>, System>>>{
          Segregate<Sized<Short>, Fallback<Stats<Bump>, System>>{
              64, Sized<Short>{Short{a, 4096, 8}}, {Stats<Bump>{Bump{b, 16384}}, {}}},
          20000};
    });
    ASSERT_FALSE(sided.empty());
    EXPECT_EQ(sided, dynamic("limit(segregate(64, sized(stalloc(blocks=512, block=8)), "
                             "stats(bump(size=16K)) | system), bytes=20000)"));

    const auto left = run_static(seed, [](std::byte* a, std::byte* b) {
      return Fallback<Fallback<Short, Short>, System>{{Short{a, 4096, 8}, Short{b, 16384, 64}}, {}};
    });
    EXPECT_EQ(left,
              dynamic("(stalloc(blocks=512, block=8) | stalloc(blocks=256, block=64)) | system"));
  }
}

/// Which node each span of a walk says it is of.
struct NodesSeen {
  std::vector<NodeId> nodes;
  void region(const Region& region) { nodes.push_back(region.node); }
  void span(const Span& span) { nodes.push_back(span.node); }
};

TEST(Walk, numbers_nodes_alike_static_and_dynamic) {
  const char* const text = "stalloc(blocks=512, block=8) | locked(bump(size=16K)) | system";
  using Short = StallocOver<std::uint16_t>;
  std::vector<NodeId> as_static;
  std::vector<NodeId> as_dynamic;
  HeapMemory heap;
  const auto memory = heap.take(8192, 4096);
  ASSERT_TRUE(memory);
  {
    Fallback<Short, Fallback<Locked<Bump>, System>> allocator{
        Short{memory->data(), 4096, 8}, {{Bump{memory->data() + 4096, 4096}}, {}}};
    NodesSeen seen;
    allocator.walk(seen);
    as_static = seen.nodes;
  }
  ASSERT_TRUE(with_allocator(checked_chain(text), {}, [&](auto& allocator, const BuildFacts&) {
    NodesSeen seen;
    walk_part(allocator, seen, 0);
    as_dynamic = seen.nodes;
  }));
  EXPECT_EQ(as_static, as_dynamic);
  EXPECT_EQ(as_static, (std::vector<NodeId>{1, 1, 4, 4, 5}));
}

TEST(Placement, of_slabs_over_a_run_time_backing_is_that_of_the_cpp_type) {
  constexpr std::size_t size = std::size_t{1} << 20;
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    HeapMemory heap;
    const auto memory = heap.take(size, std::size_t{4} << 20);
    ASSERT_TRUE(memory);
    Slabs<Bump> slabs(SizeClasses(8, 256), SlabOptions{}, memory->data(), size);
    const auto as_static = testing::run_operations(slabs, seed);
    const auto as_dynamic =
        in_chain(checked_chain("slabs(max=256, backing=bump(size=1M))"), {.force_dynamic = true},
                 [&](auto& allocator) { return testing::run_operations(allocator, seed); });
    ASSERT_FALSE(as_static.empty());
    ASSERT_EQ(as_static, as_dynamic);
  }
}

TEST(Walk, of_a_borrowed_heap_numbers_its_parent_after_it) {
  std::vector<NodeId> seen;
  ASSERT_TRUE(with_allocator(
      checked_chain("stalloc(blocks=8, block=64) | talc(parent(bump(size=64K), region=4K))"),
      {.force_dynamic = true}, [&](auto& allocator, const BuildFacts&) {
        const Block block = allocator.allocate({600, 8});
        NodesSeen nodes;
        walk_part(allocator, nodes, 0);
        seen = nodes.nodes;
        allocator.deallocate(block.ptr, {600, 8});
      }));
  std::sort(seen.begin(), seen.end());
  seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
  EXPECT_EQ(seen, (std::vector<NodeId>{1, 2, 3}));
}

TEST(Counts, say_who_answered) {
  const Chain chain = checked_chain("stalloc(blocks=4, block=16) | bump(size=64) | system");
  Counts counts = counts_for(chain);
  const auto status =
      with_allocator(chain, {.counts = &counts}, [&](auto& allocator, const BuildFacts& facts) {
        EXPECT_FALSE(facts.is_static);
        const Block first = allocator.allocate({64, 8});
        EXPECT_EQ(counts.last_granting(), 1U);
        const Block second = allocator.allocate({32, 8});
        EXPECT_EQ(counts.last_granting(), 3U);
        const Block third = allocator.allocate({100, 8});
        EXPECT_EQ(counts.last_granting(), 4U);
        allocator.deallocate(second.ptr, {32, 8});
        allocator.deallocate(third.ptr, {100, 8});
        allocator.deallocate(first.ptr, {64, 8});
        const Block again = allocator.allocate({16, 8});
        allocator.deallocate(again.ptr, {16, 8});
      });
  ASSERT_TRUE(status);
  const LinkFigures root = counts.figures(0);
  EXPECT_EQ(root.answered, 4U);
  EXPECT_EQ(root.refused_allocations, 0U);
  EXPECT_EQ(root.answered_bytes, 212U);
  EXPECT_EQ(root.freed, 4U);
  EXPECT_EQ(root.live_bytes, 0U);
  EXPECT_EQ(root.peak_bytes, 196U);
  const LinkFigures stalloc = counts.figures(1);
  EXPECT_EQ(stalloc.answered, 2U);
  EXPECT_EQ(stalloc.refused_allocations, 2U);
  EXPECT_EQ(stalloc.peak_bytes, 64U);
  EXPECT_EQ(counts.figures(3).refused_allocations, 1U);
  EXPECT_EQ(counts.figures(4).answered_bytes, 100U);
}

TEST(Counts, see_only_requests_that_a_link_could_answer) {
  const Chain chain = checked_chain("stalloc(blocks=4, block=16) | system");
  Counts counts = counts_for(chain);
  ASSERT_TRUE(with_allocator(chain, {.counts = &counts}, [&](auto& allocator, const BuildFacts&) {
    const Block block = allocator.allocate({100, 8});
    const Block moved = heapatlas::reallocate(allocator, block.ptr, {100, 8}, 200);
    EXPECT_TRUE(moved);
    allocator.deallocate(moved.ptr, {200, 8});
  }));
  EXPECT_EQ(counts.figures(2).refused_resizes, 0U)
      << "malloc grows nothing in place: it is not asked to";
  EXPECT_EQ(counts.figures(2).answered, 2U);
  EXPECT_EQ(counts.figures(2).peak_bytes, 200U);
}

TEST(Counts, tell_refused_growth_from_refused_allocations) {
  const Chain chain = checked_chain("bump(size=64K) | system");
  Counts counts = counts_for(chain);
  ASSERT_TRUE(with_allocator(chain, {.counts = &counts}, [&](auto& allocator, const BuildFacts&) {
    const Block first = allocator.allocate({100, 8});
    const Block last = allocator.allocate({100, 8});
    const Block moved = heapatlas::reallocate(allocator, first.ptr, {100, 8}, 200);
    const Block grown = heapatlas::reallocate(allocator, moved.ptr, {200, 8}, 300);
    EXPECT_EQ(grown.ptr, moved.ptr);
    const Block large = allocator.allocate({65536, 8});
    allocator.deallocate(large.ptr, {65536, 8});
    allocator.deallocate(grown.ptr, {300, 8});
    allocator.deallocate(last.ptr, {100, 8});
  }));
  const LinkFigures bump = counts.figures(1);
  EXPECT_EQ(bump.answered, 4U) << "two allocations, where the first block moved to, and its growth";
  EXPECT_EQ(bump.refused_resizes, 1U);
  EXPECT_EQ(bump.refused_allocations, 1U);
  EXPECT_EQ(counts.figures(2).answered, 1U);
  EXPECT_EQ(counts.figures(0).refused_resizes + counts.figures(0).refused_allocations, 0U);
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
