// The suite over composites of composites (see composites_test.cpp).
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
using WideHeap = Watched<Stalloc<256, 32>>;      // 8 KiB: room for any alignment up to 4096
using TinyHeap = Watched<Stalloc<4, 32>>;
using Machine = Watched<System>;

struct NestedSegregates {
  static constexpr auto name = "segregate(32, stalloc, segregate(256, stalloc, system))";
  static constexpr Facts facts{.unit = 32};
  struct Tiny {
    static constexpr auto name = "tiny segregate(16, stalloc, segregate(64, stalloc, stalloc))";
    static constexpr Facts facts{.capacity = 128, .unit = 32};
    Segregate<TinyHeap, Segregate<TinyHeap, TinyHeap>> sides{16, TinyHeap{},
                                                             Segregate{64, TinyHeap{}, TinyHeap{}}};
    auto& allocator() { return sides; }
  };
  Segregate<WideHeap, Segregate<WideHeap, Machine>> sides{32, WideHeap{},
                                                          Segregate{256, WideHeap{}, Machine{}}};
  auto& allocator() { return sides; }
};

struct SegregatedChains {
  static constexpr auto name = "segregate(64, stalloc | stalloc, tree_stalloc | system)";
  static constexpr Facts facts{.unit = 32};
  Segregate<Fallback<Heap, Heap>, Fallback<TreeHeap, Machine>> sides{64, Fallback<Heap, Heap>{},
                                                                     Fallback<TreeHeap, Machine>{}};
  auto& allocator() { return sides; }
};

/// A side that reallocates by itself, one that resizes in place, and one that can do neither.
struct UnequalSides {
  static constexpr auto name = "limit(segregate(64, units, bump | stalloc), 1500)";
  static constexpr Facts facts{.capacity = 1500, .unit = 16, .reclaims = false, .coalesces = false};
  alignas(4096) std::byte units[1024];
  alignas(4096) std::byte bump[1024];
  using Large = Fallback<Watched<Bump>, Heap>;
  Limit<Segregate<Able, Large>> limit{
      Segregate{64, Able{units}, Large{Watched<Bump>{bump, sizeof bump}, Heap{}}}, 1500};
  auto& allocator() { return limit; }
};

struct SizedTwice {
  static constexpr auto name = "sized(sized(stalloc))";
  static constexpr Facts facts{.capacity = 2032, .exact_fit = 2032, .unit = 32};
  Sized<Sized<Heap>> sized{Sized{Heap{}}};
  auto& allocator() { return sized; }
};

struct LimitInsideAndOutside {
  static constexpr auto name = "limit(sized(limit(units, 900)), 800)";
  static constexpr Facts facts{.capacity = 800, .exact_fit = 800, .unit = 16};
  alignas(4096) std::byte memory[1024];
  Limit<Sized<Limit<Able>>> limit{Sized{Limit{Able{memory}, 900}}, 800};
  auto& allocator() { return limit; }
};

struct StatsAllTheWay {
  static constexpr auto name = "stats(proxy(stats(units), ring))";
  static constexpr Facts facts{.capacity = 1024, .exact_fit = 1024, .unit = 16};
  alignas(4096) std::byte memory[1024];
  Stats<Proxy<Stats<Able>, RingLogger<4>>> stats{
      Proxy<Stats<Able>, RingLogger<4>>{Stats{Able{memory}}, RingLogger<4>{}}};
  auto& allocator() { return stats; }
};

/// Two chains borrow one heap.
struct Borrowed {
  static constexpr auto name = "ref(stalloc) | ref(system)";
  static constexpr Facts facts{.unit = 32};
  Heap heap;
  Machine machine;
  Fallback<Ref<Heap>, Ref<Machine>> chain{Ref{heap}, Ref{machine}};
  auto& allocator() { return chain; }
};

struct Production {
  static constexpr auto name =
      "locked(sized(stats(limit(segregate(128, stalloc, tree) | system))))";
  static constexpr Facts facts{.capacity = 1 << 20, .unit = 32};
  using Chain = Fallback<Segregate<Heap, TreeHeap>, Machine>;
  Locked<Sized<Stats<Limit<Chain>>>> heap{
      Sized{Stats{Limit{Chain{Segregate{128, Heap{}, TreeHeap{}}, Machine{}}, (1 << 20) + 8}}}};
  auto& allocator() { return heap; }
};

HEAPATLAS_CONFORMANCE(Deep, NestedSegregates, SegregatedChains, UnequalSides, SizedTwice,
                      LimitInsideAndOutside, StatsAllTheWay, Borrowed, Production);

}  // namespace
}  // namespace heapatlas::conformance
