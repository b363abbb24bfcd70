#include "core/base/environment.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

namespace heapatlas::base {
namespace {

TEST(Environment, what_is_added_replaces_what_stood_there) {
  setenv("HEAPATLAS_TEST_A", "old", 1);
  setenv("HEAPATLAS_TEST_AB", "kept", 1);
  const auto all = environment_with({"HEAPATLAS_TEST_A=new", "HEAPATLAS_TEST_C="});
  const auto count = [&](const char* entry) { return std::count(all.begin(), all.end(), entry); };
  EXPECT_EQ(count("HEAPATLAS_TEST_A=new"), 1);
  EXPECT_EQ(count("HEAPATLAS_TEST_A=old"), 0);
  EXPECT_EQ(count("HEAPATLAS_TEST_AB=kept"), 1);
  EXPECT_EQ(count("HEAPATLAS_TEST_C="), 1);
}

TEST(Environment, pointers_are_the_texts_and_a_null) {
  std::vector<std::string> texts = {"one", ""};
  const auto pointers = pointers_to(texts);
  ASSERT_EQ(pointers.size(), 3U);
  EXPECT_EQ(pointers[0], texts[0].data());
  EXPECT_STREQ(pointers[1], "");
  EXPECT_EQ(pointers[2], nullptr);
}

}  // namespace
}  // namespace heapatlas::base
