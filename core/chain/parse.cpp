#include "core/chain/parse.hpp"

#include <fmt/format.h>

#include <utility>

#include "core/chain/lexer.hpp"

namespace heapatlas::chain {
namespace {

using Kind = Token::Kind;

/// Recursive descent with two tokens in view: `key =` is told from a value by the second.
class Parser {
 public:
  explicit Parser(std::string_view text) : lexer_(text) {}

  base::Result<Node> whole() {
    HEAPATLAS_TRY(advance());
    HEAPATLAS_TRY(advance());
    if (now_.kind == Kind::end) {
      return base::bad_input("the chain is empty", at(now_.position),
                             "heapatlas list shows the allocators");
    }
    auto node = chain(1);
    if (node && now_.kind != Kind::end) return expected("'|' or the end");
    if (!node) return node;
    // The links of 'a | b' are a level deeper in the tree than in the text.
    if (const Node* deep = beyond(*node, max_depth)) return nested_too_deep(deep->position);
    return node;
  }

 private:
  tl::unexpected<base::Error> expected(std::string_view what) const {
    return base::bad_input(fmt::format("expected {}, found {}", what, describe(now_)),
                           at(now_.position));
  }

  static tl::unexpected<base::Error> nested_too_deep(std::size_t position) {
    return base::bad_input(fmt::format("a chain is nested deeper than {}", max_depth),
                           at(position));
  }

  /// A node that more than so many levels of nodes lead to; null: none.
  static const Node* beyond(const Node& node, std::size_t levels) {
    if (levels == 0) return &node;
    for (const Argument& argument : node.arguments) {
      for (const Node& part : argument.value.node) {
        if (const Node* deep = beyond(part, levels - 1)) return deep;
      }
    }
    return nullptr;
  }

  base::Status advance() {
    now_ = std::move(next_);
    auto token = lexer_.next();
    if (!token) return tl::make_unexpected(std::move(token).error());
    next_ = std::move(*token);
    return {};
  }

  /// chain = link { "|" link }
  base::Result<Node> chain(std::size_t depth) {
    auto first = link(depth);
    if (!first || now_.kind != Kind::bar) return first;
    Node fallback{"fallback", {}, first->position};
    HEAPATLAS_TRY(count_node(now_.position));
    add_link(fallback, std::move(*first));
    while (now_.kind == Kind::bar) {
      HEAPATLAS_TRY(advance());
      auto more = link(depth);
      if (!more) return more;
      add_link(fallback, std::move(*more));
    }
    return fallback;
  }

  static void add_link(Node& fallback, Node link) {
    const std::size_t position = link.position;
    fallback.arguments.push_back({"", Value::of(std::move(link)), position});
  }

  /// link = name [ "(" arguments ")" ] | "(" chain ")"
  base::Result<Node> link(std::size_t depth) {
    if (depth > max_depth) return nested_too_deep(now_.position);
    if (now_.kind == Kind::open) {
      HEAPATLAS_TRY(advance());
      auto inner = chain(depth + 1);
      if (!inner) return inner;
      if (now_.kind != Kind::close) return expected("'|' or ')'");
      HEAPATLAS_TRY(advance());
      return inner;
    }
    if (now_.kind != Kind::name) return expected("the name of an allocator");
    HEAPATLAS_TRY(count_node(now_.position));
    Node node{std::move(now_.text), {}, now_.position};
    HEAPATLAS_TRY(advance());
    if (now_.kind == Kind::open) HEAPATLAS_TRY(arguments(node, depth));
    return node;
  }

  /// "(" [ argument { "," argument } ] ")"
  base::Status arguments(Node& node, std::size_t depth) {
    HEAPATLAS_TRY(advance());
    if (now_.kind == Kind::close) return advance();
    for (;;) {
      Argument argument;
      argument.position = now_.position;
      if (now_.kind == Kind::name && next_.kind == Kind::equals) {
        argument.key = std::move(now_.text);
        HEAPATLAS_TRY(advance());
        HEAPATLAS_TRY(advance());
      }
      auto read = value(depth + 1);
      if (!read) return tl::make_unexpected(std::move(read).error());
      argument.value = std::move(*read);
      node.arguments.push_back(std::move(argument));
      if (now_.kind == Kind::close) return advance();
      if (now_.kind != Kind::comma) return expected("',' or ')'");
      HEAPATLAS_TRY(advance());
    }
  }

  base::Result<Value> value(std::size_t depth) {
    Value read;
    switch (now_.kind) {
      case Kind::integer:
        read = Value::of(now_.integer);
        break;
      case Kind::boolean:
        read = Value::of_boolean(now_.integer != 0);
        break;
      case Kind::string:
        read = Value::of_string(std::move(now_.text));
        break;
      case Kind::name:
      case Kind::open: {
        auto node = chain(depth);
        if (!node) return tl::make_unexpected(std::move(node).error());
        return Value::of(std::move(*node));
      }
      default:
        return expected("a value: a number, true, false, a string, a word or a chain");
    }
    HEAPATLAS_TRY(advance());
    return read;
  }

  base::Status count_node(std::size_t position) {
    if (++nodes_ <= max_nodes) return {};
    return base::bad_input(fmt::format("a chain has more than {} links", max_nodes), at(position));
  }

  Lexer lexer_;
  Token now_;
  Token next_;
  std::size_t nodes_ = 0;
};

}  // namespace

base::Result<Node> parse_text(std::string_view text) {
  if (text.size() > max_text_length) {
    return base::bad_input(
        fmt::format("a chain's text is longer than {} KiB", max_text_length / 1024));
  }
  return Parser(text).whole();
}

}  // namespace heapatlas::chain
