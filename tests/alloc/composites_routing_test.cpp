// The suite over composites whose first link frees and answers in one step (Routing): a combinator
// between it and the fallback must count, and route, what goes that way too.
#include <gtest/gtest.h>

#include "core/alloc/fallback.hpp"
#include "core/alloc/limit.hpp"
#include "core/alloc/os/os.hpp"
#include "core/alloc/os/system.hpp"
#include "core/alloc/proxy.hpp"
#include "core/alloc/ref.hpp"
#include "core/alloc/ring_logger.hpp"
#include "core/alloc/segregate.hpp"
#include "core/alloc/sized.hpp"
#include "core/alloc/slab.hpp"
#include "core/alloc/slabs.hpp"
#include "core/alloc/stats.hpp"
#include "tests/alloc/conformance/conformance.hpp"

namespace heapatlas {
namespace {

using SmallSlabs = Slabs<Os>;

TEST(Routing, is_passed_on_where_it_can_be_answered) {
  static_assert(Routing<SmallSlabs> && Routing<Ref<SmallSlabs>> && Routing<Limit<SmallSlabs>>);
  static_assert(Routing<Segregate<SmallSlabs, SmallSlabs>>);
  static_assert(!Routing<Segregate<SmallSlabs, System>>);
  static_assert(!Routing<Stats<SmallSlabs>>, "a logger must be told before the block is free");
  static_assert(!Routing<Sized<SmallSlabs>>);
}

TEST(Routing, a_limit_counts_what_is_freed_that_way) {
  Fallback<Limit<SmallSlabs>, System> chain{Limit{SmallSlabs{{16, 256}, {}}, 1000}, System{}};
  const Block ours = chain.allocate({200, 8});
  const Block theirs = chain.allocate({900, 8});
  ASSERT_TRUE(chain.first.owns(ours.ptr) && !chain.first.owns(theirs.ptr));
  EXPECT_EQ(chain.first.used(), 200U);
  chain.deallocate(theirs.ptr, {900, 8});
  EXPECT_EQ(chain.first.used(), 200U);
  chain.deallocate(ours.ptr, {200, 8});
  EXPECT_EQ(chain.first.used(), 0U);
  EXPECT_FALSE(chain.first.try_deallocate(theirs.ptr, {900, 8}));
}

}  // namespace

namespace conformance {
namespace {

using Machine = Recording<Failing<System>>;

struct LimitedSlabs {
  static constexpr auto name = "limit(slabs, 8K) | system";
  static constexpr Facts facts{.coalesces = false};
  Fallback<Limit<SmallSlabs>, Machine> chain{Limit{SmallSlabs{{16, 256}, {}}, 8192}, Machine{}};
  auto& allocator() { return chain; }
};

struct SegregatedSlabs {
  static constexpr auto name = "segregate(64, slabs, slabs) | system";
  static constexpr Facts facts{.coalesces = false};
  Fallback<Segregate<SmallSlabs, SmallSlabs>, Machine> chain{
      Segregate<SmallSlabs, SmallSlabs>{64, SmallSlabs{{8, 64}, {}}, SmallSlabs{{65, 1024}, {}}},
      Machine{}};
  auto& allocator() { return chain; }
};

struct WatchedSlabs {
  static constexpr auto name = "sized(stats(slabs)) | sized(system)";
  static constexpr Facts facts{.coalesces = false};
  Fallback<Sized<Stats<SmallSlabs>>, Sized<Machine>> chain{Sized{Stats{SmallSlabs{{16, 256}, {}}}},
                                                           Sized{Machine{}}};
  auto& allocator() { return chain; }
};

HEAPATLAS_CONFORMANCE(Routing, LimitedSlabs, SegregatedSlabs, WatchedSlabs);

}  // namespace
}  // namespace conformance
}  // namespace heapatlas
