// Chains worth knowing, shown by `heapatlas list` and in the README; tests run every one.
#pragma once

#include <span>
#include <string_view>

namespace heapatlas::chain {

struct Example {
  std::string_view text;
  std::string_view help;  ///< what it is for, a few words
};

[[nodiscard]] std::span<const Example> examples();

}  // namespace heapatlas::chain
