// Chains that cannot work are refused before anything runs: which link, where, and what would help.
#include "core/chain/check.hpp"

#include <gtest/gtest.h>

#include <set>

#include "core/chain/print.hpp"

namespace heapatlas::chain {
namespace {

std::string error(std::string_view text, const Requirements& requirements = {}) {
  const auto chain = parse_and_check(text, requirements);
  return chain ? "no error" : chain.error().line();
}

std::string hint(std::string_view text, const Requirements& requirements = {}) {
  const auto chain = parse_and_check(text, requirements);
  return chain ? "no error" : chain.error().hint;
}

TEST(Names, unknown_ones_suggest_the_nearest) {
  EXPECT_EQ(error("bmup"), "no allocator is called 'bmup' (position 1)");
  EXPECT_EQ(hint("bmup"), "did you mean 'bump'?");
  EXPECT_EQ(hint("lokced(bump)"), "did you mean 'locked'?");
  EXPECT_EQ(hint("quite_something_else"), "heapatlas list shows every name");
  EXPECT_EQ(error("locked(bmup(size=1K))"), "no allocator is called 'bmup' (position 8)");
}

TEST(Arguments, are_bound_by_place_and_by_name) {
  const auto by_place = parse_and_check("bump(64K, true)");
  const auto by_name = parse_and_check("bump(shared=true, size=64K)");
  ASSERT_TRUE(by_place && by_name);
  for (const auto& chain : {*by_place, *by_name}) {
    EXPECT_EQ(chain.root().size("size"), 65536U);
    EXPECT_TRUE(chain.root().flag("shared"));
  }
  const auto defaults = parse_and_check("bump");
  ASSERT_TRUE(defaults);
  EXPECT_EQ(defaults->root().size("size"), std::size_t{1} << 30);
}

TEST(Arguments, that_do_not_fit_are_refused_with_their_position) {
  EXPECT_EQ(error("bump(sise=1K)"), "'bump' has no argument 'sise' (position 6)");
  EXPECT_EQ(hint("bump(sise=1K)"), "did you mean 'size'?");
  EXPECT_EQ(error("bump(1K, size=2K)"), "'size' is given twice to 'bump' (position 10)");
  EXPECT_EQ(error("bump(size=1K, size=2K)"), "'size' is given twice to 'bump' (position 15)");
  EXPECT_EQ(error("bump(1K, true, 3)"), "'bump' takes at most 2 arguments (position 16)");
  EXPECT_EQ(error("never(3)"), "'never' takes no arguments, found 3 (position 7)");
  EXPECT_EQ(error("bump(size=0)"), "size=0 is out of range (position 6)");
  EXPECT_EQ(error("bump(size=2048G)"), "size=2048G is out of range (position 6)");
  EXPECT_EQ(error("bump(size=true)"), "expected a number for 'size', found true (position 6)");
  EXPECT_EQ(error("bump(shared=1)"), "expected true | false for 'shared', found 1 (position 6)");
  EXPECT_EQ(error("locked(bump, mutex=spni)"),
            "expected yield | spin for 'mutex', found spni (position 14)");
  EXPECT_EQ(hint("locked(bump, mutex=spni)"), "did you mean 'spin'?");
  EXPECT_EQ(error("locked(bump, mutex=\"spin\")"),
            "expected yield | spin for 'mutex', found \"spin\" (position 14)");
  EXPECT_EQ(error("locked"), "'locked' needs 'part' (position 1)");
  EXPECT_EQ(error("locked(1)"), "expected a chain for 'part', found 1 (position 8)");
  EXPECT_EQ(error("bump(size=bump)"), "expected a number for 'size', found bump (position 6)");
}

TEST(Requirements, of_threads_name_the_link_that_cannot) {
  const Requirements threads{.many_threads = true, .job = "the trace a.hat"};
  EXPECT_EQ(error("bump(size=1M)", threads),
            "'bump(size=1M)' at position 1 serves one thread, and the trace a.hat has several "
            "(position 1)");
  EXPECT_EQ(hint("bump", threads), "give it shared=true, or put it into locked(...)");
  EXPECT_EQ(error("bump(shared=true)", threads), "no error");
  EXPECT_EQ(error("locked(bump)", threads), "no error");
}

TEST(Requirements, of_alignment_name_the_largest) {
  const Requirements alignment{.max_alignment = 4096, .job = "the trace a.hat"};
  EXPECT_EQ(error("never", alignment),
            "no link serves alignment 4096, which the trace a.hat needs: the largest is 1, of "
            "'never' at position 1 (position 1)");
  EXPECT_EQ(error("bump", alignment), "no error");
}

TEST(Registry, is_complete_and_its_examples_work) {
  std::set<std::pair<std::string_view, bool>> names;
  for (const Entry* entry : registry()) {
    SCOPED_TRACE(entry->name);
    EXPECT_TRUE(is_name(entry->name));
    EXPECT_TRUE(names.emplace(entry->name, entry->role == Role::source).second);
    EXPECT_FALSE(entry->help.empty());
    EXPECT_LE(entry->help.size(), 60U);
    EXPECT_FALSE(entry->cost.empty());
    const auto chain = parse_and_check(entry->example);
    ASSERT_TRUE(chain) << chain.error().line();
    EXPECT_NE(chain->text().find(entry->name), std::string::npos);
    EXPECT_EQ(chain->text(), print(chain->tree()));
    EXPECT_EQ(entry->role == Role::source, entry->build == nullptr);
    for (const Parameter& parameter : entry->parameters) {
      EXPECT_TRUE(is_name(parameter.name));
      EXPECT_FALSE(parameter.help.empty());
      EXPECT_FALSE(parameter.range().empty());
    }
  }
}

}  // namespace
}  // namespace heapatlas::chain
