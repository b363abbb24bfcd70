// The suite over every combinator: each over a part that can do everything (Units), and over
// leaves.
#include <gtest/gtest.h>

#include "core/alloc/bump.hpp"
#include "core/alloc/limit.hpp"
#include "core/alloc/never.hpp"
#include "core/alloc/os/system.hpp"
#include "core/alloc/proxy.hpp"
#include "core/alloc/ref.hpp"
#include "core/alloc/ring_logger.hpp"
#include "core/alloc/segregate.hpp"
#include "core/alloc/sized.hpp"
#include "core/alloc/stalloc.hpp"
#include "core/alloc/stats.hpp"
#include "tests/alloc/conformance/conformance.hpp"
#include "tests/alloc/conformance/units.hpp"

namespace heapatlas::conformance {
namespace {

/// A part that tells when it is mistreated, and can be made to fail.
template <class A>
using Watched = Recording<Failing<A>>;

using Able = Units<Defect::none>;
constexpr std::size_t able_bytes = Able::unit * Able::count;
using Small = Stalloc<96, 32>;
using TinySmall = Stalloc<6, 32>;

/// Memory for an Able, before the allocator that stands on it.
struct AbleMemory {
  alignas(4096) std::byte memory[able_bytes];
};

struct RefOfAble : AbleMemory {
  static constexpr auto name = "ref(units)";
  static constexpr Facts facts{.capacity = able_bytes, .exact_fit = able_bytes, .unit = 16};
  Able able{memory};
  Ref<Able> ref{able};
  auto& allocator() { return ref; }
};

struct LimitOfAble : AbleMemory {
  static constexpr auto name = "limit(units)";
  static constexpr Facts facts{.capacity = 700, .exact_fit = 700, .unit = 16};
  Limit<Watched<Able>> limit{Watched<Able>{memory}, 700};
  auto& allocator() { return limit; }
};

struct LimitOfStalloc {
  static constexpr auto name = "limit(stalloc)";
  static constexpr Facts facts{.capacity = 2000, .exact_fit = 2000, .unit = 32};
  struct Tiny {
    static constexpr auto name = "tiny limit(stalloc)";
    static constexpr Facts facts{.capacity = 100, .exact_fit = 100, .unit = 32};
    Limit<Watched<TinySmall>> limit{Watched<TinySmall>{}, 100};
    auto& allocator() { return limit; }
  };
  Limit<Watched<Small>> limit{Watched<Small>{}, 2000};
  auto& allocator() { return limit; }
};

struct StatsOfAble : AbleMemory {
  static constexpr auto name = "stats(units)";
  static constexpr Facts facts{.capacity = able_bytes, .exact_fit = able_bytes, .unit = 16};
  Stats<Watched<Able>> stats{Watched<Able>{memory}};
  auto& allocator() { return stats; }
};

struct ProxyOfStalloc {
  static constexpr auto name = "proxy(stalloc, ring)";
  static constexpr Facts facts{.capacity = 3072, .exact_fit = 3072, .unit = 32};
  struct Tiny {
    static constexpr auto name = "tiny proxy(stalloc, ring)";
    static constexpr Facts facts{.capacity = 192, .exact_fit = 192, .unit = 32};
    Proxy<Watched<TinySmall>, RingLogger<3>> proxy{Watched<TinySmall>{}, RingLogger<3>{}};
    auto& allocator() { return proxy; }
  };
  Proxy<Watched<Small>, RingLogger<3>> proxy{Watched<Small>{}, RingLogger<3>{}};
  auto& allocator() { return proxy; }
};

struct ProxyOfNever {
  static constexpr auto name = "proxy(never, ring)";
  static constexpr Facts facts{.capacity = 0, .grants = false};
  Proxy<Never, RingLogger<3>> proxy{Never{}, RingLogger<3>{}};
  auto& allocator() { return proxy; }
};

HEAPATLAS_CONFORMANCE(Transparent, RefOfAble, LimitOfAble, LimitOfStalloc, StatsOfAble,
                      ProxyOfStalloc, ProxyOfNever);

struct SizedAble : AbleMemory {
  static constexpr auto name = "sized(units)";
  static constexpr Facts facts{.capacity = able_bytes - 8, .exact_fit = able_bytes - 8, .unit = 16};
  Sized<Watched<Able>> sized{Watched<Able>{memory}};
  auto& allocator() { return sized; }
};

struct SizedStalloc {
  static constexpr auto name = "sized(stalloc)";
  static constexpr Facts facts{.capacity = 3064, .exact_fit = 3064, .unit = 32};
  struct Tiny {
    static constexpr auto name = "tiny sized(stalloc)";
    static constexpr Facts facts{.capacity = 184, .exact_fit = 184, .unit = 32};
    Sized<Watched<TinySmall>> sized{Watched<TinySmall>{}};
    auto& allocator() { return sized; }
  };
  Sized<Watched<Small>> sized{Watched<Small>{}};
  auto& allocator() { return sized; }
};

/// A part whose blocks are less aligned than the header: it may sit anywhere.
struct SizedFourByteBlocks {
  static constexpr auto name = "sized(stalloc of 4 byte blocks)";
  static constexpr Facts facts{.capacity = 392, .exact_fit = 392, .unit = 4};
  Sized<Watched<Stalloc<100, 4>>> sized{Watched<Stalloc<100, 4>>{}};
  auto& allocator() { return sized; }
};

struct SizedBump {
  static constexpr auto name = "sized(bump)";
  static constexpr Facts facts{
      .capacity = 4088, .exact_fit = 4088, .reclaims = false, .coalesces = false};
  alignas(4096) std::byte memory[4096];
  Sized<Bump> sized{Bump{memory, sizeof memory}};
  auto& allocator() { return sized; }
};

struct SizedSystem {
  static constexpr auto name = "sized(system)";
  static constexpr Facts facts{};
  Sized<Watched<System>> sized{Watched<System>{}};
  auto& allocator() { return sized; }
};

HEAPATLAS_CONFORMANCE(Sized, SizedAble, SizedStalloc, SizedFourByteBlocks, SizedBump, SizedSystem);

struct TwoStallocs {
  static constexpr auto name = "segregate(96, stalloc, stalloc)";
  static constexpr Facts facts{.capacity = 3072, .unit = 32};
  struct Tiny {
    static constexpr auto name = "tiny segregate(64, stalloc, stalloc)";
    static constexpr Facts facts{.capacity = 192, .unit = 32};
    Segregate<Watched<TinySmall>, Watched<TinySmall>> sides{64, Watched<TinySmall>{},
                                                            Watched<TinySmall>{}};
    auto& allocator() { return sides; }
  };
  Segregate<Watched<Small>, Watched<Small>> sides{96, Watched<Small>{}, Watched<Small>{}};
  auto& allocator() { return sides; }
};

/// One side resizes by itself, the other cannot resize at all.
struct AbleAndBump : AbleMemory {
  static constexpr auto name = "segregate(100, units, bump)";
  static constexpr Facts facts{.capacity = 1 << 16, .reclaims = false, .coalesces = false};
  alignas(4096) std::byte large[1 << 16];
  Segregate<Watched<Able>, Bump> sides{100, Watched<Able>{memory}, Bump{large, sizeof large}};
  auto& allocator() { return sides; }
};

struct EverythingIsLarge {
  static constexpr auto name = "segregate(0, never, stalloc)";
  static constexpr Facts facts{.capacity = 3072, .exact_fit = 3072, .unit = 32};
  Segregate<Never, Watched<Small>> sides{0, Never{}, Watched<Small>{}};
  auto& allocator() { return sides; }
};

struct EverythingIsSmall : AbleMemory {
  static constexpr auto name = "segregate(everything, units, never)";
  static constexpr Facts facts{.capacity = able_bytes, .exact_fit = able_bytes, .unit = 16};
  Segregate<Watched<Able>, Never> sides{unbounded, Watched<Able>{memory}, Never{}};
  auto& allocator() { return sides; }
};

HEAPATLAS_CONFORMANCE(Segregate, TwoStallocs, AbleAndBump, EverythingIsLarge, EverythingIsSmall);

}  // namespace
}  // namespace heapatlas::conformance
