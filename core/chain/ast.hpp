// The syntax tree of a chain: what text and JSON both parse to, before any name is looked up.
//
// A tree is a Node; `a | b | c` is the node `fallback` with three positional arguments. A bare
// name as an argument is a *word*, whether it will turn out to be a choice (`index=list`) or an
// allocator without arguments (`talc(os)`): only the registry knows, so Value::of makes a word of
// every node without arguments, and one meaning has one tree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace heapatlas::chain {

/// What is refused as absurd before it can cost anything.
inline constexpr std::size_t max_text_length = std::size_t{64} * 1024;
inline constexpr std::size_t max_depth = 64;  ///< nested nodes
inline constexpr std::size_t max_nodes = 256;

struct Argument;

/// An allocator, source or combinator by name, with its arguments.
struct Node {
  std::string name;
  std::vector<Argument> arguments;
  std::size_t position = 0;  ///< offset of its name in the text, in bytes; not part of equality

  friend bool operator==(const Node& a, const Node& b);
};

struct Value {
  enum class Kind { integer, boolean, string, word, node };

  Kind kind = Kind::integer;
  std::uint64_t integer = 0;  ///< of an integer; 0 or 1 of a boolean
  std::string text;           ///< of a string (unquoted) or a word
  std::vector<Node> node;     ///< exactly one for kind node, else none

  [[nodiscard]] static Value of(std::uint64_t integer);
  [[nodiscard]] static Value of_boolean(bool truth);
  [[nodiscard]] static Value of_string(std::string text);
  [[nodiscard]] static Value of_word(std::string word);
  [[nodiscard]] static Value of(Node node);  ///< a word if the node has no arguments

  friend bool operator==(const Value&, const Value&) = default;
};

/// An argument in its place (key empty) or by name.
struct Argument {
  std::string key;
  Value value;
  std::size_t position = 0;  ///< offset of its first character; not part of equality

  friend bool operator==(const Argument& a, const Argument& b) {
    return a.key == b.key && a.value == b.value;
  }
};

inline bool operator==(const Node& a, const Node& b) {
  return a.name == b.name && a.arguments == b.arguments;
}

/// True for what may stand as a name or a word: a letter or '_', then letters, digits and '_';
/// but not `true` and `false`.
[[nodiscard]] bool is_name(std::string_view text);

/// True for what a string may hold: UTF-8 without control characters other than tab and newline.
[[nodiscard]] bool is_string_text(std::string_view text);

}  // namespace heapatlas::chain
