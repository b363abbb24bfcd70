// Named lines of text that wrap at the width of the terminal.
#pragma once

#include <string>
#include <string_view>

namespace heapatlas::tool {

/// text in lines of at most width cells, broken at spaces; every line after the first starts with
/// indent spaces. A word longer than a line has a line of its own.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t width, std::size_t indent);

/// Prints "  name      text" on standard output, the text wrapped at the terminal's width and
/// aligned below itself.
void print_field(std::string_view name, std::string_view text);

}  // namespace heapatlas::tool
