#include "tool/prose.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "tool/terminal.hpp"

namespace heapatlas::tool {

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
  std::string out;
  std::size_t column = indent;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const bool first_word = column == indent;
    if (!first_word && column + 1 + end > width) {
      out += '\n';
      out.append(indent, ' ');
      column = indent;
    } else if (!first_word) {
      out += ' ';
      ++column;
    }
    out += text.substr(0, end);
    column += end;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

void print_field(std::string_view name, std::string_view text) {
  constexpr std::size_t indent = 14;
  const std::size_t width = std::clamp<std::size_t>(terminal_width(stdout), 40, 100);
  fmt::print("  {:<12}{}\n", name, wrapped(text, width, indent));
}

}  // namespace heapatlas::tool
