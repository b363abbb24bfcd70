// Syntax tree to checked chain: a chain that cannot work is refused here, before anything runs,
// with a message that names the link by its position and says what would fix it.
#pragma once

#include <cstddef>
#include <string_view>

#include "core/base/error.hpp"
#include "core/chain/link.hpp"

namespace heapatlas::chain {

/// What the job at hand asks of a chain.
struct Requirements {
  std::size_t max_alignment = 1;     ///< the largest alignment that will be asked for
  std::size_t max_size = 0;          ///< bytes of the largest request
  std::size_t peak_live = 0;         ///< most requested bytes that will live at once
  bool many_threads = false;         ///< several threads call at once
  std::string_view job = "the job";  ///< what a message calls it: "the trace app.hat"
};

/// Binds and checks a whole chain.
[[nodiscard]] base::Result<Chain> check(const Node& tree, const Requirements& requirements = {});

/// Only the requirements, of a chain that is already checked.
[[nodiscard]] base::Status meets(const Chain& chain, const Requirements& requirements);

/// Parses what a user wrote (text, JSON or @name; see named.hpp) and checks it.
[[nodiscard]] base::Result<Chain> parse_and_check(std::string_view text,
                                                  const Requirements& requirements = {},
                                                  std::string_view chains_file = "chains.json");

}  // namespace heapatlas::chain
