// Allocators of C libraries in a chain: whole ones, thin ones, broken ones.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/chain/chain.hpp"
#include "tests/chain/operations.hpp"

namespace heapatlas::chain {
namespace {

std::string leaf(std::string_view prefix, std::string_view more = "") {
  return fmt::format("plugin(\"{}\", prefix=\"{}\"{})", EXAMPLE_PLUGIN, prefix, more);
}

std::vector<testing::Place> run(const std::string& text) {
  const auto chain = parse_and_check(text);
  if (!chain) throw std::runtime_error(chain.error().line());
  std::vector<testing::Place> log;
  const auto status = with_allocator(*chain, {}, [&](auto& allocator, const BuildFacts&) {
    log = testing::run_operations(allocator, 5);
  });
  if (!status) throw std::runtime_error(status.error().line());
  return log;
}

TEST(Plugin, has_what_its_library_exports) {
  const auto whole = parse_and_check(leaf("stack"));
  ASSERT_TRUE(whole) << whole.error().line();
  EXPECT_TRUE(whole->facts().can.reallocates);
  EXPECT_TRUE(whole->facts().can.zeroes);
  EXPECT_FALSE(whole->facts().can.owns);
  EXPECT_EQ(whole->facts().threads, Threads::one);
  const auto thin = parse_and_check(leaf("thin", ", shared=true"));
  ASSERT_TRUE(thin) << thin.error().line();
  EXPECT_FALSE(thin->facts().can.reallocates);
  EXPECT_FALSE(thin->facts().can.zeroes);
  EXPECT_EQ(thin->facts().threads, Threads::any);
}

TEST(Plugin, keeps_what_is_written_into_its_blocks) {
  EXPECT_FALSE(run(leaf("stack")).empty());
  EXPECT_FALSE(run(leaf("thin")).empty());
  EXPECT_FALSE(run("stalloc(blocks=100, block=8) | " + leaf("stack", ", heap=16K")).empty());
}

TEST(Plugin, that_breaks_its_blocks_is_found_out) {
  EXPECT_TRUE(run(leaf("broken")).empty());
}

TEST(Plugin, that_cannot_be_had_is_refused) {
  const auto error = [](const std::string& text) {
    const auto chain = parse_and_check(text);
    return chain ? "no error" : chain.error().what;
  };
  EXPECT_EQ(error(leaf("part")), "the library exports no function 'part_free'");
  EXPECT_EQ(error(leaf("nobody")), "the library exports no function 'nobody_create'");
  EXPECT_EQ(error(leaf("a b")), "'a b' cannot start the name of a C function");
  EXPECT_EQ(error("plugin(\"/nowhere/x.so\", prefix=\"x\")").substr(0, 23),
            "cannot open the plugin:");
  EXPECT_EQ(error(leaf("stack") + " | system"),
            "'plugin' cannot tell which blocks are its own, so nothing may follow it");
}

TEST(Plugin, that_cannot_make_its_heap_is_an_error_when_it_is_built) {
  const auto chain = parse_and_check(leaf("poor"));
  ASSERT_TRUE(chain);
  bool ran = false;
  const auto status = with_allocator(*chain, {}, [&](auto&, const BuildFacts&) { ran = true; });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().what, "the plugin could not make its heap");
  EXPECT_FALSE(ran);
}

}  // namespace
}  // namespace heapatlas::chain
