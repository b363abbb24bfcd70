// One workload on one allocator, timed. The allocator is fresh; nothing but the timed part asks
// anything of it, and that part asks nothing of malloc.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "core/alloc/concepts.hpp"
#include "core/replay/clock.hpp"
#include "core/replay/kernel.hpp"
#include "core/replay/touch.hpp"
#include "tool/bench/operations.hpp"

namespace heapatlas::tool::bench {

/// What one pass of a workload took.
struct Pass {
  double seconds = 0;  ///< CPU time of the thread, of the timed part
  std::size_t failures = 0;
};

/// Touches the first byte of what is granted, as a program would.
struct TouchingObserver : replay::Observer {
  static void granted(std::size_t, std::uint32_t, Block block, Layout, bool) noexcept {
    replay::touch_byte(block.ptr);
  }
  static void resized(std::size_t, std::uint32_t, Layout, Block block, std::size_t) noexcept {
    replay::touch_byte(block.ptr);
  }
};

template <Allocator A>
std::size_t run(A& a, std::span<const replay::Operation> operations, replay::Slot* slots) {
  TouchingObserver observer;
  return static_cast<std::size_t>(
      replay::run_operations(a, operations, nullptr, slots, observer).total());
}

/// CPU seconds of this thread that f takes.
template <class F>
double timed(F&& f) {
  const std::uint64_t start = replay::nanoseconds(CLOCK_THREAD_CPUTIME_ID);
  f();
  return 1e-9 * static_cast<double>(replay::nanoseconds(CLOCK_THREAD_CPUTIME_ID) - start);
}

/// The list, and what is to be timed of it.
template <Allocator A>
Pass run_list(A& a, const Operations& operations, replay::Slot* slots) {
  const std::span<const replay::Operation> list{operations.list};
  Pass pass;
  pass.failures += run(a, list.first(operations.before), slots);
  pass.seconds = timed(
      [&] { pass.failures += run(a, list.subspan(operations.before, operations.timed()), slots); });
  pass.failures += run(a, list.last(operations.after), slots);
  return pass;
}

/// `times` times the list; when the allocator can be reset, that instead of the list's frees.
template <Allocator A>
Pass run_with_resets(A& a, bool resets, std::size_t times, const Operations& operations,
                     replay::Slot* slots) {
  std::span<const replay::Operation> list{operations.list};
  if constexpr (requires { a.reset(); }) {
    while (resets && list.back().is_free()) list = list.first(list.size() - 1);
  }
  Pass pass;
  pass.seconds = timed([&] {
    for (std::size_t i = 0; i < times; ++i) {
      pass.failures += run(a, list, slots);
      if constexpr (requires { a.reset(); }) {
        if (resets) a.reset();
      }
    }
  });
  return pass;
}

}  // namespace heapatlas::tool::bench
