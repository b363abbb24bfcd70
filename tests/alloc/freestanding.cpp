// Every allocator of core/alloc, less os/ and std/, in use where there is no system: compiled by
// freestanding_test.py, never linked or run.
#include "core/alloc/alloc.hpp"

namespace heapatlas {
namespace {

struct Sink {
  std::size_t bytes = 0;
  void region(const Region& region) noexcept { bytes += region.size; }
  void span(const Span& span) noexcept { bytes += span.size; }
};

/// Calls everything that A supports.
template <Allocator A>
std::size_t exercise(A& a) noexcept {
  const Layout layout{24, 8};
  Block block = a.allocate(layout);
  if (const Block same = heapatlas::reallocate(a, block.ptr, layout, 32)) block = same;
  if constexpr (Owning<A>) {
    if (!a.owns(block.ptr)) return 0;
  }
  if constexpr (SelfSizing<A>) {
    a.deallocate(block.ptr);
  } else {
    a.deallocate(block.ptr, layout.with_size(32));
  }
  const Block zeroed = heapatlas::allocate_zeroed(a, layout);
  a.deallocate(zeroed.ptr, layout);
  if constexpr (Routing<A>) {
    if (!a.try_deallocate(block.ptr, layout)) return 1;
  }
  if constexpr (Resettable<A>) a.reset();
  Sink sink;
  if constexpr (Introspectable<A>) a.walk(sink);
  if constexpr (Counting<A>) (void)a.counters();
  return check_part(a) == nullptr ? sink.bytes : a.max_alignment() + a.min_alignment();
}

/// One thread there is, and it never ends.
struct OneThread {
  template <class P>
  static ThreadEntry* entries() noexcept {
    static constinit ThreadEntry all[thread_entries] = {};
    return all;
  }
  static const void* id() noexcept { return entries<OneThread>(); }
  static void announce() noexcept {}
  static void watch(ThreadWatcher&) noexcept {}
  static void unwatch(ThreadWatcher&) noexcept {}
};

alignas(16) constinit std::byte memory[1 << 16] = {};

}  // namespace

/// The sum of what the walks saw; only to keep the compiler from leaving anything out.
std::size_t exercise_all() noexcept {
  Bump bump{memory, sizeof memory};
  SharedBump shared{memory, sizeof memory};
  Stalloc<100, 8> stalloc;
  TreeStalloc<100, 8> tree;
  Talc<ManualSource> talc;
  Locked<Bump> locked{{memory, sizeof memory}};
  Slab<Ref<Bump>> slab{OneClass{{24, 8}}, {}, bump};
  Slabs<Ref<Bump>> slabs{{8, 1024}, {}, bump};
  PerThread<Slabs<Ref<SharedBump>>, OneThread> per_thread{SizeClasses{8, 1024}, SlabOptions{},
                                                          shared};
  Ref ref{bump};
  Fallback<Slabs<Ref<Bump>>, Ref<Talc<ManualSource>>> chain{Slabs<Ref<Bump>>{{8, 1024}, {}, bump},
                                                            Ref{talc}};
  Limit limit{Bump{memory, sizeof memory}, 1000};
  Stats stats{Bump{memory, sizeof memory}};
  Sized sized{Bump{memory, sizeof memory}};
  Segregate<Bump, Bump> segregate{64, {memory, 100}, {memory, sizeof memory}};
  Never never;
  return exercise(bump) + exercise(shared) + exercise(stalloc) + exercise(tree) + exercise(talc) +
         exercise(locked) + exercise(slab) + exercise(slabs) + exercise(per_thread) +
         exercise(ref) + exercise(chain) + exercise(limit) + exercise(stats) + exercise(sized) +
         exercise(segregate) + exercise(never);
}

}  // namespace heapatlas
