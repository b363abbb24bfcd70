// The known name that a mistyped one was probably meant to be.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace heapatlas::chain {

/// Insertions, deletions, substitutions and swaps of neighbours that turn a into b (the optimal
/// string alignment distance). Quadratic in the lengths.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The name nearest to the mistyped one, empty when none is near: more than a third of the longer
/// one would change. The earliest of equally near names.
[[nodiscard]] std::string_view nearest(std::string_view mistyped,
                                       std::span<const std::string_view> names);

/// "did you mean 'talc'?", or other when no name is near.
[[nodiscard]] std::string did_you_mean(std::string_view mistyped,
                                       std::span<const std::string_view> names, std::string other);

}  // namespace heapatlas::chain
