// The workloads of the benchmark suite, by name.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "tool/bench/operations.hpp"

namespace heapatlas::tool::bench {

enum class Form {
  replayed,     ///< a list of operations, over and over
  timed_half,   ///< the same, but only the first half (the allocations) is timed
  reset,        ///< a list without its frees, then a reset; the frees where there is none
  handed_over,  ///< threads allocate blocks that others free
  filled,       ///< random actions until a request fails: how much of the memory was of use
};

struct Workload {
  std::string name;  ///< "live/1K-of-1..64"
  std::string help;
  Form form = Form::replayed;
  std::function<Operations()> generate;  ///< of the first three forms
  std::size_t max = 0;                   ///< of the last two: the largest size
  unsigned threads = 1;                  ///< of handed_over
};

/// Every workload, in the order of the table.
[[nodiscard]] const std::vector<Workload>& workloads();

}  // namespace heapatlas::tool::bench
