// One sample: every chosen workload once on one allocator, in this process.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/error.hpp"

namespace heapatlas::tool::bench {

/// What the harness costs by itself is measured on this in place of a chain.
inline constexpr const char* null_name = "null";

/// What one workload gave.
struct Figure {
  std::string workload;
  enum class Kind {
    time,    ///< value: CPU nanoseconds an operation
    share,   ///< value: of the memory, 0..1
    absent,  ///< text: why there is no figure
  } kind = Kind::absent;
  double value = 0;
  std::string text;

  /// One line, as the child writes it.
  [[nodiscard]] std::string line() const;
  /// What line() gave; nothing for any other text.
  [[nodiscard]] static bool parse(const std::string& line, Figure& figure);
};

/// Google Benchmark's arguments, from argv[1] on, checked: false when it does not know one.
[[nodiscard]] base::Status initialize_benchmark(const std::vector<std::string>& arguments);

/// Runs the workloads that --benchmark_filter chooses on a chain's text or null_name, and writes
/// a Figure a line to standard output.
[[nodiscard]] base::Status take_sample(const std::string& chain);

/// Fails when --benchmark_filter chooses no workload.
[[nodiscard]] base::Status check_filter();

}  // namespace heapatlas::tool::bench
