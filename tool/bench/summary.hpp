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
  std::optional<double> raw;          ///< over the reference's, the median of each round's ratio
  std::optional<double> net;          ///< the same, the harness's own time taken off both
  std::optional<double> share;        ///< of the memory
  std::string why;                    ///< when there is nothing of these
};

/// What a contender is compared with, and what the harness takes for that by itself.
struct Reference {
  const std::vector<Figure>& figures;
  const std::vector<Figure>& null;
};

/// A contender's figures of one workload beside a reference's, and beside those of the null
/// allocator.
[[nodiscard]] Cell summarise(const std::vector<Figure>& figures, const Reference& reference,
                             const std::vector<Figure>& null);

}  // namespace heapatlas::tool::bench
