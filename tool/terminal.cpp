#include "tool/terminal.hpp"

#include <fmt/color.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>

namespace heapatlas::tool {
namespace {

bool shows_colour(std::FILE* stream) {
  const char* terminal = std::getenv("TERM");
  return is_terminal(stream) && std::getenv("NO_COLOR") == nullptr && terminal != nullptr &&
         std::strcmp(terminal, "dumb") != 0;
}

/// Cells a text takes on the terminal: its UTF-8 characters (none of ours is wide), less its
/// colours.
std::size_t cells(std::string_view text) {
  std::size_t count = 0;
  bool in_colour = false;  // ESC [ ... m
  for (const char c : text) {
    if (c == '\x1b') in_colour = true;
    if (!in_colour && (static_cast<unsigned char>(c) & 0xC0) != 0x80) ++count;
    if (c == 'm') in_colour = false;
  }
  return count;
}

}  // namespace

bool is_terminal(std::FILE* stream) {
  return isatty(fileno(stream)) != 0;
}

std::size_t terminal_width(std::FILE* stream) {
  winsize size{};
  if (ioctl(fileno(stream), TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

std::string painted(std::string_view text, Colour colour, std::FILE* stream) {
  if (!shows_colour(stream)) return std::string(text);
  switch (colour) {
    case Colour::red:
      return fmt::format(fmt::fg(fmt::terminal_color::red), "{}", text);
    case Colour::green:
      return fmt::format(fmt::fg(fmt::terminal_color::green), "{}", text);
    case Colour::yellow:
      return fmt::format(fmt::fg(fmt::terminal_color::yellow), "{}", text);
    case Colour::cyan:
      return fmt::format(fmt::fg(fmt::terminal_color::cyan), "{}", text);
    case Colour::bold:
      return fmt::format(fmt::emphasis::bold, "{}", text);
    case Colour::dim:
      return fmt::format(fmt::emphasis::faint, "{}", text);
  }
  return std::string(text);
}

std::string three_digits(double value) {
  return value < 9.995   ? fmt::format("{:.2f}", value)
         : value < 99.95 ? fmt::format("{:.1f}", value)
                         : fmt::format("{:.0f}", value);
}

std::string human_bytes(std::uint64_t bytes) {
  static constexpr std::array units = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  if (bytes < 1024) return fmt::format("{} B", bytes);
  double value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  for (; value >= 999.5 && unit + 1 < units.size(); ++unit) value /= 1024;
  return fmt::format("{} {}", three_digits(value), units[unit]);
}

std::string human_count(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string human_time(std::chrono::nanoseconds time) {
  const auto ns = static_cast<double>(time.count());
  if (ns < 1000) return fmt::format("{} ns", time.count());
  if (ns < 999.5e3) return three_digits(ns / 1e3) + " us";
  if (ns < 999.5e6) return three_digits(ns / 1e6) + " ms";
  return three_digits(ns / 1e9) + " s";
}

std::string bar(double fraction, std::size_t width) {
  static constexpr std::array parts = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const double eighths = std::clamp(fraction, 0.0, 1.0) * static_cast<double>(width) * 8;
  const auto whole = static_cast<std::size_t>(std::lround(eighths));
  std::string text;
  for (std::size_t i = 0; i < whole / 8; ++i) text += "█";
  return text + parts[whole % 8];
}

std::string Table::text() const {
  std::vector<std::size_t> widths;
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], cells(row[i]));
  }
  std::string out;
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    std::string line;
    for (std::size_t i = 0; i < rows_[r].size(); ++i) {
      const std::string& cell = rows_[r][i];
      const std::string pad(widths[i] - cells(cell), ' ');
      line += (i == 0 ? "" : "  ") + (i == 0 ? cell + pad : pad + cell);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
    if (r != 0) continue;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (i != 0) out += "  ";
      for (std::size_t c = 0; c < widths[i]; ++c) out += "─";
    }
    out += "\n";
  }
  return out;
}

Progress::Progress(std::string label, bool quiet)
    : label_(std::move(label)), shown_(!quiet && is_terminal(stderr)) {}

Progress::~Progress() {
  if (shown_) fmt::print(stderr, "\r\x1b[K");
}

void Progress::update(std::uint64_t done, std::uint64_t total, std::string_view detail) {
  if (!shown_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now - drawn_ < std::chrono::milliseconds(100)) return;
  drawn_ = now;
  const double fraction = total == 0 ? 0 : static_cast<double>(done) / static_cast<double>(total);
  const std::string line =
      fmt::format("{} {:<24} {:3.0f}%  {}", label_, bar(fraction, 24), 100 * fraction, detail);
  fmt::print(stderr, "\r\x1b[K{}", line);
  std::fflush(stderr);
}

}  // namespace heapatlas::tool
