#include "core/chain/lexer.hpp"

#include <fmt/format.h>

#include "core/chain/ast.hpp"

namespace heapatlas::chain {
namespace {

constexpr std::string_view name_characters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// A character as a message shows it.
std::string shown(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > ' ' && byte < 0x7f ? fmt::format("'{}'", c) : fmt::format("byte 0x{:02x}", byte);
}

unsigned unit_shift(std::string_view unit) {
  if (unit == "K") return 10;
  if (unit == "M") return 20;
  return unit == "G" ? 30 : 0;
}

}  // namespace

std::string describe(const Token& token) {
  switch (token.kind) {
    case Token::Kind::end:
      return "the end";
    case Token::Kind::name:
      return fmt::format("'{:.40}'", token.text);
    case Token::Kind::boolean:
      return token.integer != 0 ? "'true'" : "'false'";
    case Token::Kind::integer:
      return fmt::format("the number {}", token.integer);
    case Token::Kind::string:
      return "a string";
    case Token::Kind::open:
      return "'('";
    case Token::Kind::close:
      return "')'";
    case Token::Kind::comma:
      return "','";
    case Token::Kind::equals:
      return "'='";
    case Token::Kind::bar:
      return "'|'";
  }
  return {};
}

std::string at(std::size_t position) {
  return fmt::format("position {}", position + 1);
}

base::Result<Token> Lexer::next() {
  offset_ = std::min(text_.find_first_not_of(" \t\r\n", offset_), text_.size());
  if (offset_ == text_.size()) return Token{Token::Kind::end, offset_, 0, {}};
  const char c = text_[offset_];
  static constexpr std::string_view marks = "(),=|";
  static constexpr Token::Kind kinds[] = {Token::Kind::open, Token::Kind::close, Token::Kind::comma,
                                          Token::Kind::equals, Token::Kind::bar};
  if (const std::size_t mark = marks.find(c); mark != std::string_view::npos) {
    return Token{kinds[mark], offset_++, 0, {}};
  }
  if (c == '"') return string();
  if (is_digit(c)) return integer();
  if (name_characters.find(c) != std::string_view::npos) return name();
  const std::string hint = c == '@' ? "'@name' stands alone: it names a whole chain" : "";
  return base::bad_input(fmt::format("unexpected {} in a chain", shown(c)), at(offset_), hint);
}

Token Lexer::name() {
  const std::size_t start = offset_;
  offset_ = std::min(text_.find_first_not_of(name_characters, start), text_.size());
  std::string text(text_.substr(start, offset_ - start));
  if (text == "true" || text == "false") {
    return {Token::Kind::boolean, start, text == "true" ? 1U : 0U, {}};
  }
  return {Token::Kind::name, start, 0, std::move(text)};
}

base::Result<Token> Lexer::integer() {
  const std::size_t start = offset_;
  std::uint64_t value = 0;
  bool overflow = false;
  for (; offset_ < text_.size() && is_digit(text_[offset_]); ++offset_) {
    const auto digit = static_cast<std::uint64_t>(text_[offset_] - '0');
    overflow |= __builtin_mul_overflow(value, std::uint64_t{10}, &value);
    overflow |= __builtin_add_overflow(value, digit, &value);
  }
  const std::size_t unit_start = offset_;
  offset_ = std::min(text_.find_first_not_of(name_characters, unit_start), text_.size());
  const std::string_view unit = text_.substr(unit_start, offset_ - unit_start);
  if (!unit.empty()) {
    const unsigned shift = unit_shift(unit);
    if (shift == 0) {
      return base::bad_input(fmt::format("expected K, M or G after a number, found '{:.40}'", unit),
                             at(unit_start), "K, M and G are 2^10, 2^20 and 2^30");
    }
    overflow |= __builtin_mul_overflow(value, std::uint64_t{1} << shift, &value);
  }
  if (overflow) return base::bad_input("a number does not fit in 64 bits", at(start));
  return Token{Token::Kind::integer, start, value, {}};
}

base::Result<Token> Lexer::string() {
  const std::size_t start = offset_++;
  Token token{Token::Kind::string, start, 0, {}};
  for (; offset_ < text_.size(); ++offset_) {
    char c = text_[offset_];
    if (c == '"') {
      ++offset_;
      if (is_string_text(token.text)) return token;
      return base::bad_input("a string holds a control character or is not UTF-8", at(start));
    }
    if (c == '\\') {
      if (++offset_ == text_.size()) break;
      const std::size_t escape = std::string_view("\"\\nt").find(text_[offset_]);
      if (escape == std::string_view::npos) {
        return base::bad_input(
            fmt::format("unknown escape, a backslash before {}", shown(text_[offset_])),
            at(offset_ - 1), "\\\", \\\\, \\n and \\t are the escapes of a string");
      }
      c = "\"\\\n\t"[escape];
    }
    token.text += c;
  }
  return base::bad_input("a string has no closing '\"'", at(start));
}

}  // namespace heapatlas::chain
