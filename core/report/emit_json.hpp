// Writes JSON value by value: indented by one space a level, save lists of numbers, which run on in
// lines of about a hundred characters. No document is held.
//
// The caller opens, names and closes in a valid order; it says how many values each container will
// hold, as CBOR wants it.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "core/report/output.hpp"

namespace heapatlas::report {

class JsonEmitter {
 public:
  explicit JsonEmitter(Output& output) : output_(output) {}

  void open_object(std::size_t) { open('{', false); }
  void close_object() { close('}'); }
  void open_array(std::size_t) { open('[', false); }
  /// A list of numbers, nulls and short texts.
  void open_column(std::size_t) { open('[', true); }
  void close_array() { close(']'); }

  void key(std::string_view name) {
    separate();
    quoted(name);
    put(": ");
    after_key_ = true;
  }

  void null() { word("null"); }
  void boolean(bool value) { word(value ? "true" : "false"); }
  void number(std::uint64_t value) {
    const fmt::format_int text(value);
    word({text.data(), text.size()});
  }
  void real(double value) {
    char text[32];
    const auto end = fmt::format_to(text, "{}", value);
    word({text, static_cast<std::size_t>(end - text)});
  }
  void text(std::string_view value) {
    separate();
    quoted(value);
  }

  /// After the last value.
  void finish() { output_.put('\n'); }

 private:
  struct Level {
    bool empty = true;
    bool column = false;
  };
  static constexpr std::size_t line_bytes = 100;

  void put(std::string_view text) {
    output_.put(text);
    line_ += text.size();
  }

  void word(std::string_view text) {
    separate();
    put(text);
  }

  /// What is no UTF-8 becomes U+FFFD.
  void quoted(std::string_view text) {
    put(nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  }

  void open(char bracket, bool column) {
    separate();
    put({&bracket, 1});
    levels_.push_back({true, column});
  }

  void close(char bracket) {
    const Level level = levels_.back();
    levels_.pop_back();
    if (!level.empty && !level.column) new_line();
    put({&bracket, 1});
  }

  void new_line() {
    static constexpr std::string_view spaces = "                                ";
    output_.put('\n');
    output_.put(spaces.substr(0, levels_.size()));
    line_ = levels_.size();
  }

  /// Puts what stands between the value ahead and the next one.
  void separate() {
    if (after_key_ || levels_.empty()) {
      after_key_ = false;
      return;
    }
    Level& level = levels_.back();
    if (!level.empty) put(",");
    if (!level.column || line_ >= line_bytes) new_line();
    level.empty = false;
  }

  Output& output_;
  std::vector<Level> levels_;
  std::size_t line_ = 0;  ///< bytes in it so far
  bool after_key_ = false;
};

}  // namespace heapatlas::report
