// Samples in rounds: in each round every workload once on every contender, one after another, each
// in a process of its own, in every other round in reverse. So what is compared lies seconds apart,
// a drift of the machine falls on all alike, and no workload finds what another one left behind.
#pragma once

#include <functional>
#include <map>
#include <set>
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
  std::set<std::string> only;            ///< the workloads it is measured on; empty: on all

  [[nodiscard]] bool runs(const Workload& workload) const {
    return only.empty() || only.contains(workload.name);
  }
};

/// A contender of a checked chain.
[[nodiscard]] Contender contender_of(const chain::Chain& chain);

/// The figures of one contender: for each workload one a round; absent ones have their text.
using Figures = std::map<std::string, std::vector<Figure>>;

/// Called before each sample.
using Progress = std::function<void(std::size_t done, std::size_t total, const std::string& name)>;

/// What is to be measured.
struct Plan {
  std::vector<Contender> contenders;
  std::vector<const Workload*> workloads;
  std::size_t rounds = 1;
  std::vector<std::string> arguments;  ///< Google Benchmark's
};

/// Takes the rounds; figures in the order of the contenders. What has no chance in it (how much of
/// a heap was of use) is taken in the first round only. A child that fails (a crash, a chain that
/// cannot be built) is an error with what it said.
[[nodiscard]] base::Result<std::vector<Figures>> take_rounds(const Plan& plan,
                                                             const Progress& progress);

}  // namespace heapatlas::tool::bench
