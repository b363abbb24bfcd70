// What the rounds say: medians, and ratios to system malloc.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tool/bench/rounds.hpp"

namespace heapatlas::tool::bench {

/// One contender's row of one workload.
struct Cell {
  std::optional<double> nanoseconds;  ///< CPU time an operation, the median of the rounds
  std::optional<double> raw;          ///< over system malloc's, the median of each round's ratio
  std::optional<double> net;          ///< the same, the harness's own time taken off both
  std::optional<double> share;        ///< of the memory
  std::string why;                    ///< when there is nothing of these
};

/// A contender's figures of one workload beside those of system malloc and of the null allocator.
[[nodiscard]] Cell summarise(const std::vector<Figure>& figures, const std::vector<Figure>& system,
                             const std::vector<Figure>& null);

}  // namespace heapatlas::tool::bench
