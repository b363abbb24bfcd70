// Chain text as tokens, each with its position.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/error.hpp"

namespace heapatlas::chain {

struct Token {
  enum class Kind { end, name, boolean, integer, string, open, close, comma, equals, bar };

  Kind kind = Kind::end;
  std::size_t position = 0;
  std::uint64_t integer = 0;  ///< of an integer, its unit applied; 0 or 1 of a boolean
  std::string text;           ///< of a name, or of a string without its quotes and escapes
};

/// What a token is called in a message: "'talc'", "','", "the end".
[[nodiscard]] std::string describe(const Token& token);

/// "position 7": offsets count from 0, people from 1.
[[nodiscard]] std::string at(std::size_t position);

/// Reads one token after another. The text must outlive the lexer.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  /// The next token, Kind::end at the end of the text (any number of times).
  [[nodiscard]] base::Result<Token> next();

 private:
  [[nodiscard]] base::Result<Token> integer();
  [[nodiscard]] base::Result<Token> string();
  [[nodiscard]] Token name();

  std::string_view text_;
  std::size_t offset_ = 0;
};

}  // namespace heapatlas::chain
