// The JSON form is the same tree, and files of named chains.
#include "core/chain/json.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/chain/named.hpp"
#include "core/chain/parse.hpp"
#include "core/chain/print.hpp"
#include "tests/chain/random_tree.hpp"

namespace heapatlas::chain {
namespace {

TEST(Json, is_the_documented_form) {
  const auto node = parse_text("stalloc(blocks=8, true) | talc(os, \"x\")");
  ASSERT_TRUE(node);
  EXPECT_EQ(to_json(*node).dump(),
            R"({"args":[{"args":[{"key":"blocks","value":8},true],"name":"stalloc"},)"
            R"({"args":["os",{"string":"x"}],"name":"talc"}],"name":"fallback"})");
}

TEST(Json, every_tree_survives_it) {
  for (std::uint64_t seed = 0; seed < 5'000; ++seed) {
    const Node tree = testing::RandomTree(seed).node();
    const std::string text = to_json(tree).dump();
    const auto again = parse_json(text);
    ASSERT_TRUE(again) << text << ": " << again.error().line();
    ASSERT_TRUE(*again == tree) << text;
  }
}

TEST(Json, errors_name_the_place) {
  const auto error = [](std::string_view text) {
    const auto node = parse_json(text);
    return node ? "no error" : node.error().line();
  };
  EXPECT_EQ(error("{"), "not JSON (the JSON chain, byte 2)");
  EXPECT_EQ(error("[]"), "expected an object with a member \"name\" (the JSON chain)");
  EXPECT_EQ(error("{}"),
            "expected a member \"name\" with the name of an allocator (the JSON chain)");
  EXPECT_EQ(error(R"({"name": "a b"})"),
            "expected a member \"name\" with the name of an allocator (the JSON chain)");
  EXPECT_EQ(error(R"({"name": "a", "arg": []})"), "unknown member \"arg\" (the JSON chain)");
  EXPECT_EQ(error(R"({"name": "a", "args": 1})"), "expected an array of arguments (/args)");
  EXPECT_EQ(error(R"({"name": "a", "args": [{"key": "k"}]})"),
            "expected a member \"value\" (/args/0)");
  EXPECT_EQ(error(R"({"name": "a", "args": [{"name": "b", "args": [-1]}]})"),
            "expected a whole number, true, false, a word, a string object or a chain "
            "(/args/0/args/0)");
  EXPECT_EQ(error(R"({"name": "a", "args": [{"string": "\u0001"}]})"),
            "expected a string without control characters (/args/0/string)");
  EXPECT_EQ(error("{\"name\": \"a\", \"args\": [{\"string\": \"\xff\"}]}"),
            "not JSON (the JSON chain, byte 36)");
}

TEST(Json, absurd_depth_is_refused) {
  std::string deep;
  for (int i = 0; i < 2'000; ++i) deep += R"({"name":"a","args":[)";
  for (int i = 0; i < 2'000; ++i) deep += "]}";
  const auto node = parse_json(deep);
  ASSERT_FALSE(node);
  EXPECT_EQ(node.error().what, "nested deeper than 64");
  EXPECT_FALSE(parse_json(std::string(60'000, '[')));
}

TEST(NamedChains, hold_text_and_json) {
  const auto chains = parse_named(R"({"format": "heapatlas.chains/1", "chains":
      {"a": "x | y", "b": {"name": "z", "args": [1024]}}})",
                                  "chains.json");
  ASSERT_TRUE(chains) << chains.error().line();
  EXPECT_EQ(print(chains->at("a")), "x | y");
  EXPECT_EQ(print(chains->at("b")), "z(1K)");
}

TEST(NamedChains, errors_name_file_and_chain) {
  const auto error = [](std::string_view text) {
    const auto chains = parse_named(text, "f.json");
    return chains ? "no error" : chains.error().line();
  };
  EXPECT_EQ(error("PK"), "not JSON (f.json, byte 1)");
  EXPECT_EQ(error("[]"), "expected a member \"format\": \"heapatlas.chains/1\" (f.json)");
  EXPECT_EQ(error(R"({"format": "heapatlas.chains/2"})"),
            "expected a member \"format\": \"heapatlas.chains/1\" (f.json)");
  EXPECT_EQ(error(R"({"format": "heapatlas.chains/1", "chains": []})"),
            "expected an object \"chains\" of chains by name (f.json)");
  EXPECT_EQ(error(R"({"format": "heapatlas.chains/1", "chains": {"a": "x |"}})"),
            "expected the name of an allocator, found the end (f.json, chain 'a', position 4)");
}

TEST(NamedChains, are_looked_up_by_name) {
  const std::string path = ::testing::TempDir() + "heapatlas-chains-test.json";
  std::FILE* const file = std::fopen(path.c_str(), "w");
  ASSERT_NE(file, nullptr);
  std::fputs(R"({"format": "heapatlas.chains/1", "chains": {"production": "x | y"}})", file);
  std::fclose(file);
  const auto found = parse("@production", path);
  ASSERT_TRUE(found) << found.error().line();
  EXPECT_EQ(print(*found), "x | y");
  const auto typo = parse("@producton", path);
  ASSERT_FALSE(typo);
  EXPECT_EQ(typo.error().what, "no chain is named 'producton'");
  EXPECT_EQ(typo.error().hint, "did you mean 'production'?");
  std::remove(path.c_str());
  EXPECT_FALSE(parse("@production", path));
  EXPECT_FALSE(parse("@production", ::testing::TempDir()));
}

}  // namespace
}  // namespace heapatlas::chain
