// per_thread on one thread: the suite.
#include "core/alloc/per_thread.hpp"

#include <gtest/gtest.h>

#include "core/alloc/os/mutex.hpp"
#include "core/alloc/os/this_thread.hpp"
#include "core/alloc/slab.hpp"
#include "core/alloc/slabs.hpp"
#include "tests/alloc/conformance/conformance.hpp"
#include "tests/alloc/watched_backing.hpp"

namespace heapatlas::conformance {
namespace {

using testing_support::WatchedBacking;

class PerThreadSlabs {
 public:
  static constexpr auto name = "per_thread_slabs";
  static constexpr Facts facts{.capacity = 4096, .coalesces = false};
  auto& allocator() { return heap_; }

 private:
  PerThread<Slabs<Failing<WatchedBacking>, os::Mutex>, os::ThisThread> heap_{
      SizeClasses{8, 4096}, SlabOptions{2 << 16, GrowthPolicy::linear}};
};

class PerThreadSlab {
 public:
  static constexpr auto name = "per_thread_slab";
  static constexpr Facts facts{.capacity = 96, .unit = 16, .coalesces = false};
  auto& allocator() { return heap_; }

 private:
  PerThread<Slab<Failing<WatchedBacking>>, os::ThisThread> heap_{OneClass{{96, 32}},
                                                                 SlabOptions{1 << 16}};
};

HEAPATLAS_CONFORMANCE(PerThread, PerThreadSlabs, PerThreadSlab);

}  // namespace
}  // namespace heapatlas::conformance
