// The child's side of a sample: takes the request from the exchange, maps the workload, prepares
// slots outside the allocator under test, and runs one pass.
#pragma once

#include <functional>
#include <string_view>

#include "core/replay/exchange.hpp"
#include "core/replay/passes.hpp"

namespace heapatlas::replay {

/// Makes the allocator that the request names and calls run_pass on it; or refuses.
using Subject = std::function<void(const Request&, const Bench&, Outcome&)>;

/// The body of a child's main: argv holds the descriptors of the workload, of the exchange, and for
/// a placements pass of the history.
/// Ends with its parent's life; returns the exit status.
[[nodiscard]] int serve(int argc, char** argv, const Subject& subject);

/// The request's chain.
[[nodiscard]] std::string_view chain_text(const Request& request) noexcept;

/// Says why the request cannot be served.
void refuse(Outcome& outcome, std::string_view why) noexcept;

}  // namespace heapatlas::replay
