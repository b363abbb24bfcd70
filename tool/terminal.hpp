// What the terminal can show, and how numbers are written for people.
//
// Every number carries its unit. Colour is used when the stream is a terminal, NO_COLOR is unset
// and TERM is not "dumb".
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace heapatlas::tool {

enum class Colour { red, green, yellow, cyan, bold, dim };

/// True when the stream is a terminal.
[[nodiscard]] bool is_terminal(std::FILE* stream);

/// Columns of the terminal on the stream; 80 when it is none.
[[nodiscard]] std::size_t terminal_width(std::FILE* stream);

/// text in colour where the stream shows colours, else as it is.
[[nodiscard]] std::string painted(std::string_view text, Colour colour, std::FILE* stream);

/// "1.50", "12.0", "350": three significant digits, never fewer digits than the whole part has.
[[nodiscard]] std::string three_digits(double value);

/// "512 B", "1.50 KiB", "12.0 MiB": three significant digits, powers of 1024.
[[nodiscard]] std::string human_bytes(std::uint64_t bytes);

/// "1,234,567"
[[nodiscard]] std::string human_count(std::uint64_t count);

/// "350 ns", "1.20 us", "3.00 s"
[[nodiscard]] std::string human_time(std::chrono::nanoseconds time);

/// A bar of the given width in eighths of a cell, its fraction in 0..1.
[[nodiscard]] std::string bar(double fraction, std::size_t width);

/// A table with aligned columns: the first column to the left, the others to the right.
class Table {
 public:
  explicit Table(std::vector<std::string> heads) : rows_{std::move(heads)} {}
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  /// The table as text, one line a row, the heads underlined.
  [[nodiscard]] std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// A progress line on standard error, drawn at most ten times a second and only on a terminal;
/// it erases itself when it ends.
class Progress {
 public:
  Progress(std::string label, bool quiet);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// done of total units; detail says what is going on.
  void update(std::uint64_t done, std::uint64_t total, std::string_view detail = {});

 private:
  std::string label_;
  bool shown_;
  std::chrono::steady_clock::time_point drawn_{};
};

}  // namespace heapatlas::tool
