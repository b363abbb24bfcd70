// The suite over composites: most faults seen in allocators elsewhere sit where two of them meet.
// Every leaf tells when it is mistreated, and every request that reaches one is made to fail once.
#include <gtest/gtest.h>

#include "core/alloc/bump.hpp"
#include "core/alloc/fallback.hpp"
#include "core/alloc/limit.hpp"
#include "core/alloc/locked.hpp"
#include "core/alloc/never.hpp"
#include "core/alloc/os/system.hpp"
#include "core/alloc/proxy.hpp"
#include "core/alloc/ref.hpp"
#include "core/alloc/ring_logger.hpp"
#include "core/alloc/segregate.hpp"
#include "core/alloc/sized.hpp"
#include "core/alloc/stalloc.hpp"
#include "core/alloc/stats.hpp"
#include "core/alloc/tree_stalloc.hpp"
#include "tests/alloc/conformance/conformance.hpp"
#include "tests/alloc/conformance/units.hpp"

namespace heapatlas::conformance {
namespace {

template <class A>
using Watched = Recording<Failing<A>>;
using Able = Watched<Units<Defect::none>>;
using Heap = Watched<Stalloc<64, 32>>;           // 2 KiB
using TreeHeap = Watched<TreeStalloc<128, 32>>;  // 4 KiB
using TinyHeap = Watched<Stalloc<4, 32>>;
using Machine = Watched<System>;

struct LimitedFirst {
  static constexpr auto name = "limit(stalloc, 1000) | system";
  static constexpr Facts facts{.unit = 32};
  struct Tiny {
    static constexpr auto name = "tiny limit(stalloc, 70) | stalloc";
    static constexpr Facts facts{.capacity = 128, .unit = 32};
    Fallback<Limit<TinyHeap>, TinyHeap> chain{Limit{TinyHeap{}, 70}, TinyHeap{}};
    auto& allocator() { return chain; }
  };
  Fallback<Limit<Heap>, Machine> chain{Limit{Heap{}, 1000}, Machine{}};
  auto& allocator() { return chain; }
};

struct SegregatedFirst {
  static constexpr auto name = "segregate(64, stalloc, tree_stalloc) | system";
  static constexpr Facts facts{.unit = 32};
  struct Tiny {
    static constexpr auto name = "tiny segregate(32, stalloc, stalloc) | stalloc";
    static constexpr Facts facts{.capacity = 128, .unit = 32};
    Fallback<Segregate<TinyHeap, TinyHeap>, TinyHeap> chain{Segregate{32, TinyHeap{}, TinyHeap{}},
                                                            TinyHeap{}};
    auto& allocator() { return chain; }
  };
  Fallback<Segregate<Heap, TreeHeap>, Machine> chain{Segregate{64, Heap{}, TreeHeap{}}, Machine{}};
  auto& allocator() { return chain; }
};

struct SizedChain {
  static constexpr auto name = "sized(stalloc | system)";
  static constexpr Facts facts{.unit = 32};
  struct Tiny {
    static constexpr auto name = "tiny sized(stalloc | stalloc)";
    static constexpr Facts facts{.capacity = 120, .unit = 32};
    Sized<Fallback<TinyHeap, TinyHeap>> sized{Fallback<TinyHeap, TinyHeap>{}};
    auto& allocator() { return sized; }
  };
  Sized<Fallback<Heap, Machine>> sized{Fallback<Heap, Machine>{}};
  auto& allocator() { return sized; }
};

struct ChainOfSized {
  static constexpr auto name = "sized(stalloc) | sized(system)";
  static constexpr Facts facts{.unit = 32};
  Fallback<Sized<Heap>, Sized<Machine>> chain{Sized{Heap{}}, Sized{Machine{}}};
  auto& allocator() { return chain; }
};

struct LoggedChain {
  static constexpr auto name = "proxy(stalloc | bump, ring)";
  static constexpr Facts facts{.capacity = 4096, .unit = 32, .reclaims = false, .coalesces = false};
  alignas(4096) std::byte memory[4096];
  Proxy<Fallback<Heap, Watched<Bump>>, RingLogger<16>> proxy{
      Fallback<Heap, Watched<Bump>>{Heap{}, Watched<Bump>{memory, sizeof memory}},
      RingLogger<16>{}};
  auto& allocator() { return proxy; }
};

struct LimitedStatsOfBump {
  static constexpr auto name = "limit(stats(bump), 3000)";
  static constexpr Facts facts{.capacity = 3000, .reclaims = false, .coalesces = false};
  alignas(4096) std::byte memory[4096];
  Limit<Stats<Watched<Bump>>> limit{Stats{Watched<Bump>{memory, sizeof memory}}, 3000};
  auto& allocator() { return limit; }
};

HEAPATLAS_CONFORMANCE(Chains, LimitedFirst, SegregatedFirst, SizedChain, ChainOfSized, LoggedChain,
                      LimitedStatsOfBump);

}  // namespace
}  // namespace heapatlas::conformance
