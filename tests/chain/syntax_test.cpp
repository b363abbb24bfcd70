// Text to tree and back: what the grammar takes, what it refuses and how it says so.
#include <gtest/gtest.h>

#include "core/chain/parse.hpp"
#include "core/chain/print.hpp"
#include "tests/chain/random_tree.hpp"

namespace heapatlas::chain {
namespace {

std::string canonical(std::string_view text) {
  const auto node = parse_text(text);
  return node ? print(*node) : "error: " + node.error().line();
}

TEST(Syntax, prints_canonically) {
  EXPECT_EQ(canonical("system"), "system");
  EXPECT_EQ(canonical("  stalloc ( blocks = 1000,block=8 )|system "),
            "stalloc(blocks=1000, block=8) | system");
  EXPECT_EQ(canonical("os()"), "os");
  EXPECT_EQ(canonical("fallback(a, b, c(1))"), "a | b | c(1)");
  EXPECT_EQ(canonical("fallback(a)"), "fallback(a)");
  EXPECT_EQ(canonical("fallback(a, 1)"), "fallback(a, 1)");
  EXPECT_EQ(canonical("fallback(x=a, b)"), "fallback(x=a, b)");
  EXPECT_EQ(canonical("((a))"), "a");
  EXPECT_EQ(canonical("a | (b | c) | d"), "a | (b | c) | d");
  EXPECT_EQ(canonical("(a | b) | c"), "(a | b) | c");
  EXPECT_EQ(canonical("talc(parent(a|b),x=(c|d))"), "talc(parent(a | b), x=c | d)");
  EXPECT_EQ(canonical("f(true, false, \"a\\\"b\\\\\\n\\t\")"),
            "f(true, false, \"a\\\"b\\\\\\n\\t\")");
}

TEST(Syntax, units_are_powers_of_1024) {
  EXPECT_EQ(canonical("f(1K, 1024K, 2048M, 1536, 0, 0G)"), "f(1K, 1M, 2G, 1536, 0, 0)");
  EXPECT_EQ(canonical("f(17179869183G)"), "f(17179869183G)");
  EXPECT_EQ(canonical("f(18446744073709551615)"), "f(18446744073709551615)");
}

TEST(Syntax, errors_name_position_and_what_was_expected) {
  const auto error = [](std::string_view text) {
    const auto node = parse_text(text);
    return node ? "no error" : node.error().line();
  };
  EXPECT_EQ(error(""), "the chain is empty (position 1)");
  EXPECT_EQ(error("  "), "the chain is empty (position 3)");
  EXPECT_EQ(error("a |"), "expected the name of an allocator, found the end (position 4)");
  EXPECT_EQ(error("| a"), "expected the name of an allocator, found '|' (position 1)");
  EXPECT_EQ(error("a || b"), "expected the name of an allocator, found '|' (position 4)");
  EXPECT_EQ(error("a(1"), "expected ',' or ')', found the end (position 4)");
  EXPECT_EQ(error("a(1,)"),
            "expected a value: a number, true, false, a string, a word or a chain, found ')' "
            "(position 5)");
  EXPECT_EQ(error("a)"), "expected '|' or the end, found ')' (position 2)");
  EXPECT_EQ(error("(a"), "expected '|' or ')', found the end (position 3)");
  EXPECT_EQ(error("a b"), "expected '|' or the end, found 'b' (position 3)");
  EXPECT_EQ(error("a(b=)"),
            "expected a value: a number, true, false, a string, a word or a chain, found ')' "
            "(position 5)");
  EXPECT_EQ(error("a(b=c=d)"), "expected ',' or ')', found '=' (position 6)");
  EXPECT_EQ(error("12"), "expected the name of an allocator, found the number 12 (position 1)");
  EXPECT_EQ(error("true"), "expected the name of an allocator, found 'true' (position 1)");
  EXPECT_EQ(error("\"a\""), "expected the name of an allocator, found a string (position 1)");
  EXPECT_EQ(error("a(1KB)"), "expected K, M or G after a number, found 'KB' (position 4)");
  EXPECT_EQ(error("a(-1)"), "unexpected '-' in a chain (position 3)");
  EXPECT_EQ(error("a(1.5)"), "unexpected '.' in a chain (position 4)");
  EXPECT_EQ(error(std::string_view("a\0b", 3)), "unexpected byte 0x00 in a chain (position 2)");
  EXPECT_EQ(error("a(\"b"), "a string has no closing '\"' (position 3)");
  EXPECT_EQ(error("a(\"b\\"), "a string has no closing '\"' (position 3)");
  EXPECT_EQ(error("a(\"\\x\")"), "unknown escape, a backslash before 'x' (position 4)");
  EXPECT_EQ(error("a(\"\x01\")"),
            "a string holds a control character or is not UTF-8 (position 3)");
  EXPECT_EQ(error("a(\"\xc0\x80\")"),
            "a string holds a control character or is not UTF-8 (position 3)");
}

TEST(Syntax, numbers_beyond_64_bits_are_refused_not_wrapped) {
  for (const char* text : {"a(18446744073709551616)", "a(99999999999999999999999)",
                           "a(17179869184G)", "a(18446744073709551615K)"}) {
    const auto node = parse_text(text);
    ASSERT_FALSE(node) << text;
    EXPECT_EQ(node.error().line(), "a number does not fit in 64 bits (position 3)") << text;
  }
}

std::string repeated(std::string_view piece, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += piece;
  return text;
}

TEST(Syntax, absurd_depth_and_length_are_refused) {
  const auto what = [](const std::string& text) {
    const auto node = parse_text(text);
    return node ? "no error" : node.error().what;
  };
  const std::string deep = "a chain is nested deeper than 64";
  EXPECT_EQ(what(repeated("(", 60'000)), deep);
  EXPECT_EQ(what(repeated("a(", 30'000)), deep);
  EXPECT_EQ(what(repeated("a(", 200) + "1" + repeated(")", 200)), deep);
  EXPECT_EQ(what(repeated("a(", 63) + "b" + repeated(")", 63)), "no error");
  // A fallback's links are a level deeper than it: such a chain's JSON was refused.
  EXPECT_EQ(what(repeated("a(b | ", 33) + "c" + repeated(")", 33)), deep);
  EXPECT_EQ(what(repeated("a(b | ", 32) + "c" + repeated(")", 32)), "no error");
  EXPECT_EQ(what(repeated("a|", 30'000) + "a"), "a chain has more than 256 links");
  EXPECT_EQ(what(repeated("a|", 200) + "a"), "no error");
  EXPECT_EQ(what(std::string(max_text_length + 1, 'a')), "a chain's text is longer than 64 KiB");
  EXPECT_EQ(what("a(\"" + std::string(max_text_length, 'a')),
            "a chain's text is longer than 64 KiB");
}

TEST(Syntax, a_value_knows_where_it_stands) {
  const auto node = parse_text("a | bb(1, k=cc(2))");
  ASSERT_TRUE(node);
  const Node& link = node->arguments[1].value.node.front();
  EXPECT_EQ(link.position, 4U);
  EXPECT_EQ(link.arguments[0].position, 7U);
  EXPECT_EQ(link.arguments[1].position, 10U);
  EXPECT_EQ(link.arguments[1].value.node.front().position, 12U);
}

TEST(Syntax, every_tree_survives_its_text) {
  for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
    const Node tree = testing::RandomTree(seed).node();
    const std::string text = print(tree);
    const auto again = parse_text(text);
    ASSERT_TRUE(again) << text << ": " << again.error().line();
    ASSERT_TRUE(*again == tree) << text;
    ASSERT_EQ(print(*again), text);
  }
}

TEST(Syntax, damaged_text_is_refused_or_has_a_canonical_form) {
  std::mt19937_64 random(7);
  for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
    std::string text = print(testing::RandomTree(seed % 500).node());
    for (int edits = 0; edits < 3; ++edits) {
      const std::size_t place = random() % (text.size() + 1);
      if (random() % 2 == 0) {
        text.insert(place, 1, "(),=|\"\\ aK9\xff"[random() % 12]);
      } else {
        text.erase(place, random() % 3);
      }
    }
    const auto node = parse_text(text);
    if (!node) {
      ASSERT_FALSE(node.error().where.empty()) << text;
      continue;
    }
    const auto again = parse_text(print(*node));
    ASSERT_TRUE(again) << text;
    ASSERT_TRUE(*again == *node) << text;
  }
}

}  // namespace
}  // namespace heapatlas::chain
