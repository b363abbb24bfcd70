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
  once,         ///< a list of operations, once in a fresh process: no page was touched before
  rewound,      ///< over and over; when nothing lives the allocator starts over, untimed
  reset,        ///< a list without its frees, then a reset; the frees where there is none
  handed_over,  ///< threads allocate blocks that others free
  filled,       ///< random actions until a request fails: how much of the memory was of use
};

struct Workload {
  std::string name;  ///< "live/1K"
  std::string help;
  Form form = Form::replayed;
  std::function<Operations()> generate;  ///< of the forms with lists
  std::size_t max = 0;                   ///< of the last two forms: the largest size
  unsigned threads = 1;                  ///< of handed_over
};

/// Every workload, in the order of the table.
[[nodiscard]] const std::vector<Workload>& workloads();
/// Null when there is none of that name.
[[nodiscard]] const Workload* find_workload(const std::string& name);

}  // namespace heapatlas::tool::bench
