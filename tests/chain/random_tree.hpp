// Syntax trees at random: every shape that the grammar can say, meaningful or not.
#pragma once

#include <limits>
#include <random>
#include <string>

#include "core/chain/ast.hpp"

namespace heapatlas::chain::testing {

class RandomTree {
 public:
  explicit RandomTree(std::uint64_t seed) : random_(seed) {}

  Node node(unsigned depth = 0) {
    Node made{below(4) == 0 ? "fallback" : name(), {}, 0};
    const unsigned count = depth >= 5 ? 0 : below(4);
    for (unsigned i = 0; i < count; ++i) {
      made.arguments.push_back({below(3) == 0 ? name() : "", value(depth), 0});
    }
    return made;
  }

 private:
  unsigned below(unsigned end) {
    return std::uniform_int_distribution<unsigned>(0, end - 1)(random_);
  }

  std::string name() {
    static const std::string letters = "abcxyzKMG_09";
    std::string text(1, letters[below(9)]);
    for (unsigned i = below(5); i > 0; --i) text += letters[below(12)];
    return text == "true" || text == "false" ? "t" : text;
  }

  Value value(unsigned depth) {
    switch (below(6)) {
      case 0:
        return Value::of(integer());
      case 1:
        return Value::of_boolean(below(2) != 0);
      case 2:
        return Value::of_string(string());
      case 3:
        return Value::of_word(name());
      default:
        return Value::of(node(depth + 1));
    }
  }

  std::uint64_t integer() {
    const std::uint64_t any = random_();
    switch (below(4)) {
      case 0:
        return below(3);
      case 1:
        return std::numeric_limits<std::uint64_t>::max();
      case 2:
        return std::uint64_t{1} << (any % 64);
      default:
        return any;
    }
  }

  std::string string() {
    static const std::string pieces[] = {"a",  " ", "\"", "\\", "\n",
                                         "\t", "|", "(",  "é",  "\xf0\x9f\x8d\x80"};
    std::string text;
    for (unsigned i = below(6); i > 0; --i) text += pieces[below(10)];
    return text;
  }

  std::mt19937_64 random_;
};

}  // namespace heapatlas::chain::testing
