// A reference supports exactly what it refers to, and frees from other threads still find their
// way.
#include "core/alloc/ref.hpp"

#include <gtest/gtest.h>

#include "core/alloc/never.hpp"
#include "core/alloc/os/os.hpp"
#include "core/alloc/os/system.hpp"
#include "core/alloc/sized.hpp"
#include "core/alloc/slab.hpp"
#include "core/alloc/stalloc.hpp"
#include "core/alloc/stats.hpp"

namespace heapatlas {
namespace {

template <class A>
constexpr bool supports_the_same =
    Owning<Ref<A>> == Owning<A>&& Resizing<Ref<A>> == Resizing<A>&& Reallocating<Ref<A>> ==
    Reallocating<A>&& Zeroing<Ref<A>> == Zeroing<A>&& Resettable<Ref<A>> ==
    Resettable<A>&& SelfSizing<Ref<A>> == SelfSizing<A>&& Counting<Ref<A>> ==
    Counting<A>&& Ref<A>::threads == A::threads;

TEST(Ref, supports_what_it_refers_to) {
  static_assert(supports_the_same<Never> && supports_the_same<System> && supports_the_same<Os>);
  static_assert(supports_the_same<Stalloc<8, 16>> && supports_the_same<Sized<Stalloc<8, 16>>>);
  static_assert(supports_the_same<Stats<System>> && supports_the_same<Slab<System>>);
}

TEST(Ref, two_references_share_one_heap) {
  Stalloc<8, 16> heap;
  Ref first{heap};
  Ref second = first;
  const Block a = first.allocate({16, 1});
  const Block b = second.allocate({16, 1});
  EXPECT_EQ(b.ptr, a.ptr + 16);
  second.deallocate(a.ptr, {16, 1});
  first.deallocate(b.ptr, {16, 1});
  EXPECT_TRUE(heap.is_empty());
  EXPECT_EQ(&first.target(), &heap);
}

TEST(Ref, passes_on_the_way_for_remote_frees) {
  Os os;
  auto slab = SlabBuilder({64, 8}).finish(os);
  Ref ref{slab};
  static_assert(decltype(ref)::threads == Threads::remote_free);
  EXPECT_EQ(&ref.remote(), &slab.remote());
}

}  // namespace
}  // namespace heapatlas
