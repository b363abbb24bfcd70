// Work in pieces, on the processors that the caller may use.
#pragma once

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace heapatlas::viewer {

/// The processors that the calling thread may run on.
[[nodiscard]] inline std::size_t usable_processors() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<std::size_t>(std::max(1, CPU_COUNT(&set)));
}

/// Calls work(i) once for each i below `pieces`, on up to eight threads, of which the caller is
/// one; returns when all is done. Pieces must not share what they write, and work must not throw.
template <class Work>
void in_parallel(std::size_t pieces, Work&& work) {
  std::atomic<std::size_t> next{0};
  const auto take = [&] {
    for (std::size_t i; (i = next.fetch_add(1, std::memory_order_relaxed)) < pieces;) work(i);
  };
  const std::size_t threads = std::min({pieces, usable_processors(), std::size_t{8}});
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < threads; ++i) others.emplace_back(take);
  take();
}

}  // namespace heapatlas::viewer
