// What heapatlas bench prints: every workload beside system malloc, then the goals.
#pragma once

#include <vector>

#include "tool/bench/rounds.hpp"

namespace heapatlas::tool::bench {

/// The contenders that were measured on everything, a row a workload; to standard output.
void print_workloads(const Plan& plan, const std::vector<Figures>& figures);

/// The goals whose figures the plan took; nothing when there are none.
void print_goals(const Plan& plan, const std::vector<Figures>& figures);

/// Both as one JSON document.
void print_json(const Plan& plan, const std::vector<Figures>& figures);

}  // namespace heapatlas::tool::bench
