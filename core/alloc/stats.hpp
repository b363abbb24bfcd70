// stats(A): A, with running totals of what was asked of it (`counters`).
//
// Live and total blocks and bytes, high-water marks, refusals, a histogram of sizes. They outlive
// `reset`, less what is live. Atomic if A may be shared. Otherwise as transparent as proxy, which
// it is. Cost: a few additions an operation, 0.6 KiB.
#pragma once

#include "core/alloc/counting_logger.hpp"
#include "core/alloc/proxy.hpp"

namespace heapatlas {

template <Allocator A>
struct Stats : Proxy<A, CountingLogger<A::threads == Threads::any>> {
  /// The totals of this combinator; those of the part are `part.counters()`.
  [[nodiscard]] constexpr RequestCounters counters() const noexcept {
    return this->logger().counters();
  }
};

template <class A>
Stats(A) -> Stats<A>;

}  // namespace heapatlas
