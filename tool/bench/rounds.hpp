// Samples in rounds: every contender once a round, each in a process of its own, every other round
// in reverse, so that a drift of the machine falls on all alike.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/chain/link.hpp"
#include "tool/bench/sample.hpp"

namespace heapatlas::tool::bench {

/// Who is measured.
struct Contender {
  std::string name;                      ///< as the table's head
  std::string text;                      ///< the chain, or null_name
  std::vector<std::string> environment;  ///< what its process is started with, "NAME=value"
};

/// A contender of a checked chain.
[[nodiscard]] Contender contender_of(const chain::Chain& chain);

/// The figures of one contender: for each workload one a round; absent ones have their text.
using Figures = std::map<std::string, std::vector<Figure>>;

/// Called before each sample.
using Progress = std::function<void(std::size_t done, std::size_t total, const std::string& name)>;

/// Takes the rounds; figures in the order of the contenders. Arguments go to Google Benchmark.
/// A child that fails (a crash, a chain that cannot be built) is an error with what it said.
[[nodiscard]] base::Result<std::vector<Figures>> take_rounds(
    const std::vector<Contender>& contenders, std::size_t rounds,
    const std::vector<std::string>& arguments, const Progress& progress);

}  // namespace heapatlas::tool::bench
