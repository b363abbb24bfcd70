// The same thousand pairs through an allocator and through combinators that only forward to it.
// forwarding_cost_test.py counts the instructions of each function below by its name.
#include <cstddef>

#include "core/alloc/forwarding.hpp"
#include "core/alloc/locked.hpp"
#include "core/alloc/os/os.hpp"
#include "core/alloc/per_thread.hpp"
#include "core/alloc/proxy.hpp"
#include "core/alloc/ref.hpp"
#include "core/alloc/slabs.hpp"

namespace {

using namespace heapatlas;

/// A mutex for those who are alone.
struct NoMutex {
  static void lock() noexcept {}
  static void unlock() noexcept {}
  static bool try_lock() noexcept { return true; }
};

struct DeafLogger {
  static constexpr Threads threads = Threads::any;
  static void allocated(Layout, bool, Block) noexcept {}
  static void allocate_failed(Layout, bool) noexcept {}
  static void deallocating(std::byte*, Layout) noexcept {}
  static void reallocated(std::byte*, Layout, std::size_t, Block) noexcept {}
  static void reallocate_failed(std::byte*, Layout, std::size_t) noexcept {}
};

template <class A>
[[gnu::always_inline]] inline void pairs(A& a) {
  for (int i = 0; i < 1000; ++i) {
    std::size_t size = 100;
    __asm__ __volatile__("" : "+r"(size));  // not known when compiling
    const Layout layout{size, 8};
    std::byte* ptr = a.allocate(layout).ptr;
    __asm__ __volatile__("" : "+r"(ptr) : : "memory");
    a.deallocate(ptr, layout);
  }
}

using Part = Slabs<Os>;

}  // namespace

extern "C" {
[[gnu::noinline]] void cost_of_part(Part& a) {
  pairs(a);
}
[[gnu::noinline]] void cost_of_local(Part& a) {
  pairs(a.local);
}
[[gnu::noinline]] void cost_of_ref(Part& a) {
  Ref ref{a};
  pairs(ref);
}
[[gnu::noinline]] void cost_of_forwarding(Forwarding<Part>& a) {
  pairs(a);
}
[[gnu::noinline]] void cost_of_proxy(Proxy<Part, DeafLogger>& a) {
  pairs(a);
}
[[gnu::noinline]] void cost_of_locked(Locked<Part, NoMutex>& a) {
  pairs(a);
}
}

int main() {
  const SizeClasses classes{8, 1024};
  Part part{classes};
  Forwarding<Part> forwarding{Part{classes}, {}};
  Proxy<Part, DeafLogger> proxy{Part{classes}, {}};
  Locked<Part, NoMutex> locked{Part{classes}, {}};
  // Twice: the first round of each pays for its first page, the second is counted.
  for (int round = 0; round < 2; ++round) {
    cost_of_part(part);
    cost_of_local(part);
    cost_of_ref(part);
    cost_of_forwarding(forwarding);
    cost_of_proxy(proxy);
    cost_of_locked(locked);
  }
}
