// talc: the suite over every source, by every geometry and with every switch.
#include "core/alloc/talc.hpp"

#include <gtest/gtest.h>

#include <cstddef>

#include "core/alloc/claim_source.hpp"
#include "core/alloc/manual_source.hpp"
#include "core/alloc/os/os_source.hpp"
#include "core/alloc/os/system_source.hpp"
#include "core/alloc/parent_source.hpp"
#include "core/alloc/ref.hpp"
#include "tests/alloc/conformance/conformance.hpp"
#include "tests/alloc/conformance/recording.hpp"

namespace heapatlas::conformance {
namespace {

struct Uncached : talc::Options {
  static constexpr std::size_t cache_limit = 0;
};
struct FewCached : talc::Options {
  static constexpr std::size_t cache_limit = 256;
};
struct FixedInPlace : Uncached {
  static constexpr bool grow_in_place = false;
};
struct NothingInPlace : Uncached {
  static constexpr bool grow_in_place = false;
  static constexpr bool shrink_in_place = false;
};
struct LargeUncached : talc::LargeOptions {
  static constexpr std::size_t cache_limit = 0;
};

/// One heap of Size bytes, claimed by hand; the one request that fills it is Fit bytes.
template <class A, std::size_t Size, std::size_t Fit, bool Caches>
class Claimed {
 public:
  static constexpr Facts facts{.capacity = Fit,
                               .exact_fit = Fit,
                               .unit = A::min_alignment(),
                               .coalesces = !Caches,
                               .failure_keeps_walk = !Caches};
  Claimed() { talc_.claim(memory_, Size); }
  A& allocator() { return talc_; }

 private:
  alignas(4096) std::byte memory_[Size];
  A talc_;
};

using Cached = Talc<ManualSource>;
struct CachedSubject : Claimed<Cached, 65536, 65536 - 52, true> {
  static constexpr auto name = "talc";
  struct Tiny : Claimed<Cached, 192, 192 - 52, true> {
    static constexpr auto name = "tiny";
  };
};

using Coalescing = Talc<ManualSource, talc::FineBinning, Uncached>;
struct UncachedSubject : Claimed<Coalescing, 65536, 65536 - 52, false> {
  static constexpr auto name = "uncached";
  struct Tiny : Claimed<Coalescing, 192, 192 - 52, false> {
    static constexpr auto name = "tiny_uncached";
  };
};

using Coarse = Talc<ManualSource, talc::CoarseBinning, FewCached>;
struct CoarseSubject : Claimed<Coarse, 65536, 65536 - 52, true> {
  static constexpr auto name = "coarse";
};

using Large = Talc<ManualSource, talc::WideBinning, LargeUncached>;
struct LargeSubject : Claimed<Large, 65536, 65536 - 72, false> {
  static constexpr auto name = "large";
  struct Tiny : Claimed<Large, 320, 320 - 72, false> {
    static constexpr auto name = "tiny_large";
  };
};

using Fixed = Talc<ManualSource, talc::FineBinning, FixedInPlace>;
struct FixedSubject : Claimed<Fixed, 16384, 16384 - 52, false> {
  static constexpr auto name = "grows_by_moving";
};
using Rigid = Talc<ManualSource, talc::FineBinning, NothingInPlace>;
static_assert(!Resizing<Rigid> && Resizing<Fixed>);
struct RigidSubject : Claimed<Rigid, 16384, 16384 - 52, false> {
  static constexpr auto name = "resizes_by_moving";
};

/// A static talc over a static array works before main: both are constant-initialised.
struct ClaimSubject {
  static constexpr auto name = "claim";
  static constexpr Facts facts{
      .capacity = 16384, .unit = 16, .coalesces = false, .failure_keeps_walk = false};
  Talc<ClaimSource>& allocator() { return talc_; }

 private:
  alignas(4096) std::byte memory_[16384];
  Talc<ClaimSource> talc_{memory_};
};

/// Regions of 4 KiB from a parent that records what comes back, and how.
struct ParentSubject {
  using Parent = ParentSource<Recording<Failing<Ref<Coalescing>>>>;
  static constexpr auto name = "parent";
  static constexpr Facts facts{
      .capacity = 1 << 16, .unit = 16, .coalesces = false, .failure_keeps_walk = false};
  ParentSubject() { upstream_.claim(memory_, sizeof memory_); }
  Talc<Parent, talc::FineBinning, Uncached>& allocator() { return talc_; }

 private:
  alignas(4096) std::byte memory_[1 << 16];
  Coalescing upstream_;
  Talc<Parent, talc::FineBinning, Uncached> talc_{std::size_t{4096}, upstream_};
};

struct SystemSubject {
  static constexpr auto name = "system";
  static constexpr Facts facts{.unit = 16, .coalesces = false, .failure_keeps_walk = false};
  Talc<SystemSource>& allocator() { return talc_; }

 private:
  Talc<SystemSource> talc_{std::size_t{1} << 14};
};

struct OsSubject {
  static constexpr auto name = "os";
  static constexpr Facts facts{.unit = 16, .coalesces = false, .failure_keeps_walk = false};
  Talc<OsSource>& allocator() { return talc_; }

 private:
  Talc<OsSource> talc_;
};
struct SmallOsSubject {  // several regions, each of several steps
  static constexpr auto name = "small_os";
  static constexpr Facts facts{.unit = 16, .coalesces = false, .failure_keeps_walk = false};
  Talc<OsSource, talc::FineBinning, Uncached>& allocator() { return talc_; }

 private:
  Talc<OsSource, talc::FineBinning, Uncached> talc_{std::size_t{1} << 15, std::size_t{4096}};
};
struct LargeOsSubject {
  static constexpr auto name = "large_os";
  static constexpr Facts facts{.unit = 32, .coalesces = false, .failure_keeps_walk = false};
  auto& allocator() { return talc_; }

 private:
  Talc<OsSource, talc::WideBinning, talc::LargeOptions> talc_;
};

HEAPATLAS_CONFORMANCE(Talc, CachedSubject, UncachedSubject, CoarseSubject, LargeSubject,
                      FixedSubject, RigidSubject, ClaimSubject, ParentSubject, SystemSubject,
                      OsSubject, SmallOsSubject, LargeOsSubject);

}  // namespace
}  // namespace heapatlas::conformance
