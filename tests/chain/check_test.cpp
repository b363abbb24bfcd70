// Chains that cannot work are refused before anything runs: which link, where, and what would help.
#include "core/chain/check.hpp"

#include <gtest/gtest.h>

#include <algorithm>
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

TEST(Arguments, of_slabs_that_leave_no_size_are_refused_with_both) {
  EXPECT_EQ(error("slabs(max=4)"),
            "slabs needs min to be at most max, and 8 is above 4 (position 1)");
  EXPECT_EQ(error("slabs(min=0)"), "min=0 is out of range (position 7)");
}

TEST(Requirements, of_threads_name_the_link_that_cannot) {
  const Requirements threads{.many_threads = true, .job = "the trace a.hat"};
  EXPECT_EQ(error("bump(size=1M)", threads),
            "'bump(size=1M)' serves one thread, and the trace a.hat has several "
            "(position 1)");
  EXPECT_EQ(hint("bump", threads), "give it shared=true, or put it into locked(...)");
  EXPECT_EQ(error("bump(shared=true)", threads), "no error");
  EXPECT_EQ(error("locked(bump)", threads), "no error");
}

TEST(Requirements, of_alignment_name_the_largest) {
  const Requirements alignment{.max_alignment = 4096, .job = "the trace a.hat"};
  EXPECT_EQ(error("never", alignment),
            "no link serves alignment 4096, which the trace a.hat needs: the largest is 1, of "
            "'never' (position 1)");
  EXPECT_EQ(error("bump", alignment), "no error");
}

TEST(Requirements, of_sizes_name_the_largest_and_what_is_held) {
  const Requirements sizes{.max_size = 5000, .peak_live = 100'000, .job = "a.hat"};
  EXPECT_EQ(error("slab(size=64) | slabs(max=1K)", sizes),
            "no link serves 5000 bytes at once, which a.hat needs: the largest is 1024, of "
            "'slabs(max=1K)' (position 17)");
  EXPECT_EQ(error("slabs | bump(size=64K)", sizes), "no error");
  EXPECT_EQ(error("stalloc(blocks=1000, block=8) | bump(size=64K)", sizes),
            "the chain holds at most 73536 bytes, and a.hat has 100000 alive at its peak "
            "(position 1)");
  EXPECT_EQ(error("limit(talc, bytes=64K)", sizes),
            "the chain holds at most 65536 bytes, and a.hat has 100000 alive at its peak "
            "(position 1)");
  EXPECT_EQ(hint("talc(claim(size=64K))", sizes), "add a link that serves it, such as '| system'");
  EXPECT_EQ(error("never", sizes),
            "no link serves 5000 bytes at once, which a.hat needs: the largest is 0, of 'never' "
            "(position 1)");
  for (const char* chain : {"talc", "slabs | system", "bump(size=1K) | os", "mapped_bump",
                            "slabs | segregate(64, stalloc, talc)", "locked(bump(size=1K) | talc)",
                            "sized(talc)", "bump(size=128K)"})
    EXPECT_EQ(error(chain, sizes), "no error") << chain;
}

TEST(Positions, are_of_the_canonical_text_where_the_user_wrote_another) {
  EXPECT_EQ(error(R"({"name": "fallback", "args": ["bump", "sytem"]})"),
            "no allocator is called 'sytem' (position 8 of bump | sytem)");
}

bool has_entry(const Link& link, const Entry& entry) {
  return link.entry == &entry ||
         std::any_of(link.parts.begin(), link.parts.end(),
                     [&](const Link& part) { return has_entry(part, entry); });
}

TEST(Chain, that_asks_a_link_for_what_it_cannot_tell_is_refused) {
  EXPECT_EQ(error("system | bump"),
            "'system' cannot tell which blocks are its own, so nothing may follow it (position 1)");
  EXPECT_EQ(hint("system | bump"), "put system last");
  EXPECT_EQ(error("bump | os | system"),
            "'os' cannot tell which blocks are its own, so nothing may follow it (position 8)");
  EXPECT_EQ(error("(bump | system) | os"),
            "'fallback' cannot tell which blocks are its own, so nothing may follow it "
            "(position 2)");
  EXPECT_EQ(error("locked(bump | os) | system"),
            "'locked' cannot tell which blocks are its own, so nothing may follow it "
            "(position 1)");
  EXPECT_EQ(error("fallback(bump)"), "'fallback' needs two chains or more (position 1)");
  EXPECT_EQ(error("fallback"), "'fallback' needs two chains or more (position 1)");
  EXPECT_EQ(error("fallback(bump, x=os)"),
            "'fallback' takes its chains without names (position 16)");
  EXPECT_EQ(error("fallback(bump, 3)"), "expected a chain for 'links', found 3 (position 16)");
  EXPECT_EQ(error("bump | locked(os) | (never | system)"),
            "'locked' cannot tell which blocks are its own, so nothing may follow it (position 8)");
}

TEST(Chain, numbers_its_links_as_a_walk_does) {
  const auto chain = parse_and_check("bump(size=1K) | locked(stalloc(8, 8)) | system");
  ASSERT_TRUE(chain);
  std::vector<std::string> names;
  for (const Link* link : chain->nodes()) {
    EXPECT_EQ(link->id, names.size());
    names.push_back(link->text);
  }
  const std::vector<std::string> expected = {"bump(size=1K) | locked(stalloc(8, 8)) | system",
                                             "bump(size=1K)",
                                             "locked(stalloc(8, 8)) | system",
                                             "locked(stalloc(8, 8))",
                                             "stalloc(8, 8)",
                                             "system"};
  EXPECT_EQ(names, expected);
}

TEST(Stalloc, takes_what_its_index_can_hold) {
  EXPECT_EQ(error("stalloc(blocks=65536, block=4)"),
            "with more than 65535 blocks stalloc's list needs blocks of 8 bytes or more "
            "(position 1)");
  EXPECT_EQ(error("stalloc(blocks=65535, block=4)"), "no error");
  EXPECT_EQ(error("stalloc(blocks=65536, block=4, index=tree)"), "no error");
  EXPECT_EQ(error("stalloc(blocks=4294967295, block=512M)"),
            "stalloc of 4294967295 blocks of 512M bytes is larger than 1024G (position 1)");
  EXPECT_EQ(error("stalloc(block=24)"), "block=24 is out of range (position 9)");
  EXPECT_EQ(hint("stalloc(block=24)"),
            "'block' is how large a block is (4 to 512M bytes, a power of two)");
  EXPECT_EQ(error("stalloc(blocks=0)"), "blocks=0 is out of range (position 9)");
}

TEST(Source, and_allocator_of_one_name_are_told_apart_by_place) {
  EXPECT_EQ(error("talc(os)"), "no error");
  EXPECT_EQ(error("os"), "no error");
  EXPECT_EQ(error("talc(bump)"),
            "'bump' is an allocator and cannot stand as a source of memory (position 6)");
  EXPECT_EQ(hint("talc(bump)"), "parent(bump) makes a source of it");
  EXPECT_EQ(error("talc(parent(bump))"), "no error");
  EXPECT_EQ(error("parent(bump)"),
            "'parent' is a source of memory and cannot stand as an allocator (position 1)");
  EXPECT_EQ(error("bump | claim(size=1M)"),
            "'claim' is a source of memory and cannot stand as an allocator (position 8)");
  EXPECT_EQ(error("talc(so)"), "no source is called 'so' (position 6)");
  EXPECT_EQ(hint("talc(sytem)"), "did you mean 'system'?");
  EXPECT_EQ(error("talc(manual)"), "'manual' needs 'size' (position 6)");
  EXPECT_EQ(error("talc(3)"), "expected a source for 'source', found 3 (position 6)");
  EXPECT_EQ(error("talc(unit=24)"), "unit=24 is out of range (position 6)");
}

TEST(PerThread, takes_what_divides) {
  EXPECT_EQ(error("per_thread(slabs) | system", {.many_threads = true}), "no error");
  EXPECT_EQ(error("per_thread(bump)"),
            "per_thread takes slab or slabs, whose blocks any thread may free; 'bump' is not "
            "(position 12)");
  EXPECT_EQ(error("per_thread(slabs) | talc", {.many_threads = true}),
            "'talc' serves one thread, and the job has several (position 21)");
}

TEST(Preload, is_the_malloc_of_a_process_and_there_is_one) {
  const std::string self = "preload(\"/proc/self/exe\")";  // any file that exists
  EXPECT_EQ(error(self), "no error");
  EXPECT_EQ(error("bump | " + self), "no error");
  EXPECT_EQ(error("fallback(stalloc, fallback(bump, " + self + "))"), "no error");
  EXPECT_EQ(error("preload(\"libnothere.so.1\")"),
            "the library libnothere.so.1 is not installed (position 1)");
  EXPECT_EQ(error("preload(\"/proc/self/exe\", env=\"x\")"),
            "expected NAME=value for 'env', found \"x\" (position 1)");
  const auto chain = parse_and_check("bump | preload(\"/proc/self/exe\", env=\"A=b c\")");
  ASSERT_TRUE(chain);
  ASSERT_TRUE(chain->preload());
  EXPECT_EQ(chain->preload()->library, "/proc/self/exe");
  EXPECT_EQ(chain->preload()->variable, "A=b c");
  EXPECT_FALSE(parse_and_check("bump | system")->preload());
  EXPECT_EQ(error("talc(system) | " + self),
            "'preload(\"/proc/self/exe\")' would be the malloc of its process, and "
            "so would 'system' (position 6)");
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
    if (!chain && entry->needs_files) {
      EXPECT_EQ(chain.error().kind, base::ErrorKind::unavailable) << chain.error().line();
      continue;
    }
    ASSERT_TRUE(chain) << chain.error().line();
    EXPECT_TRUE(has_entry(chain->root(), *entry));
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
