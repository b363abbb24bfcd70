// One sample: one workload on one allocator, in this process.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "tool/bench/workloads.hpp"

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

/// Runs a workload on a chain's text or null_name, and writes its Figure to standard output, a line
/// for each of Google Benchmark's repetitions.
[[nodiscard]] base::Status take_sample(const std::string& chain, const std::string& workload);

/// What --benchmark_list_tests shows.
void list_workloads();

/// The workloads that --benchmark_filter chooses: at least one, or it fails.
[[nodiscard]] base::Result<std::vector<const Workload*>> chosen_workloads();

}  // namespace heapatlas::tool::bench
