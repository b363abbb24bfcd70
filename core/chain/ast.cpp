#include "core/chain/ast.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace heapatlas::chain {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Bytes of the UTF-8 sequence that starts the text, 0 when it is none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const unsigned char second = byte(1);
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool no_scalar = (lead == 0xED && second > 0x9F) || (lead == 0xF4 && second > 0x8F);
  return overlong || no_scalar ? 0 : length;
}

}  // namespace

Value Value::of(std::uint64_t integer) {
  return {Kind::integer, integer, {}, {}};
}

Value Value::of_boolean(bool truth) {
  return {Kind::boolean, truth ? 1U : 0U, {}, {}};
}

Value Value::of_string(std::string text) {
  return {Kind::string, 0, std::move(text), {}};
}

Value Value::of_word(std::string word) {
  return {Kind::word, 0, std::move(word), {}};
}

Value Value::of(Node node) {
  if (node.arguments.empty()) return of_word(std::move(node.name));
  Value value{Kind::node, 0, {}, {}};
  value.node.push_back(std::move(node));
  return value;
}

bool is_name(std::string_view text) {
  return !text.empty() && is_letter(text.front()) && text != "true" && text != "false" &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_letter(c) || is_digit(c); });
}

bool is_string_text(std::string_view text) {
  while (!text.empty()) {
    const char c = text.front();
    const bool control = (c >= 0 && c < ' ' && c != '\t' && c != '\n') || c == '\x7f';
    const std::size_t length = control ? 0 : utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace heapatlas::chain
