// What the cells of a report's tables have in common.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <optional>
#include <string>

namespace heapatlas::tool {

/// In the place of what was not or cannot be measured.
inline constexpr const char* no_figure = "-";

/// A figure as as_text(figure) writes it, or that there is none.
template <class T, class F>
[[nodiscard]] std::string shown(const std::optional<T>& figure, F&& as_text) {
  return figure ? as_text(*figure) : no_figure;
}

/// "12.5%"
[[nodiscard]] inline std::string percent(double share) {
  return fmt::format("{:.1f}%", 100 * share);
}

/// A text of at most `width` cells; what is missing is marked.
[[nodiscard]] inline std::string cut(const std::string& text, std::size_t width) {
  return text.size() <= width ? text : text.substr(0, width - 1) + "…";
}

}  // namespace heapatlas::tool
