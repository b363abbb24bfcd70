#include "core/chain/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace heapatlas::chain {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  const std::size_t width = b.size() + 1;
  std::vector<std::size_t> before_last(width);
  std::vector<std::size_t> last(width);
  std::vector<std::size_t> row(width);
  for (std::size_t j = 0; j < width; ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::swap(before_last, last);
    std::swap(last, row);
    row[0] = i;
    for (std::size_t j = 1; j < width; ++j) {
      const std::size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + cost});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row.back();
}

std::string_view nearest(std::string_view mistyped, std::span<const std::string_view> names) {
  static constexpr std::size_t longest_name = 64;
  std::string_view found;
  std::size_t least = longest_name;
  if (mistyped.size() > longest_name) return found;
  for (const std::string_view name : names) {
    const std::size_t distance = edit_distance(mistyped, name);
    const std::size_t near = std::max<std::size_t>(1, std::max(mistyped.size(), name.size()) / 3);
    if (distance <= near && distance < least) {
      least = distance;
      found = name;
    }
  }
  return found;
}

std::string did_you_mean(std::string_view mistyped, std::span<const std::string_view> names,
                         std::string other) {
  const std::string_view found = nearest(mistyped, names);
  return found.empty() ? std::move(other) : fmt::format("did you mean '{}'?", found);
}

}  // namespace heapatlas::chain
