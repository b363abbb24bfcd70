// What the family is to reach: speed and memory beside system malloc, beside the Rust libraries it
// descends from ("upstream"), and beside mimalloc and tcmalloc.
//
// A goal compares figures of the same round, and is reached or not by the median of the rounds.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tool/bench/rounds.hpp"

namespace heapatlas::tool::bench {

/// One allocator on one workload.
struct Measured {
  std::string chain;  ///< in canonical form
  std::string workload;
};

struct Goal {
  enum class Kind {
    ratio,  ///< the subject's time over the reference's, at most the limit
    added,  ///< what the subject takes more than the reference, over system's time; at most
    share,  ///< requested bytes of all memory when the subject is full; at least
  };
  std::string what;  ///< for people
  Kind kind;
  Measured subject;
  Measured reference;  ///< not for a share
  double limit;
  std::optional<double> upstream;  ///< the same figure of the Rust library, as once measured
};

/// Every goal, in the order of the table.
[[nodiscard]] const std::vector<Goal>& goals();

/// Adds what the goals compare and the contenders lack, each on its goals' workloads only. A chain
/// that is not installed is left out.
[[nodiscard]] base::Status add_goals_contenders(std::vector<Contender>& contenders);

/// What was reached.
struct Outcome {
  std::optional<double> raw;  ///< decides
  std::optional<double> net;  ///< the same, the harness's own time taken off all times
  std::string why;            ///< when there is nothing of these

  [[nodiscard]] bool meets(const Goal& goal) const;
};

/// Judges a goal by what the plan's rounds gave. The first contenders are the null allocator and
/// system malloc. Nothing: the plan does not measure what the goal compares.
[[nodiscard]] std::optional<Outcome> judge(const Goal& goal, const Plan& plan,
                                           const std::vector<Figures>& figures);

}  // namespace heapatlas::tool::bench
