// Errors travel as values and read as one line.
#include "core/base/error.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace heapatlas::base {
namespace {

Status refuse() {
  return bad_input("no such allocator", "position 3", "did you mean talc?");
}

Result<int> pass_on() {
  HEAPATLAS_TRY(refuse());
  return 1;
}

TEST(Error, reads_as_what_and_where) {
  EXPECT_EQ((Error{ErrorKind::bad_input, "cut short", "a.hat", ""}.line()), "cut short (a.hat)");
  EXPECT_EQ((Error{ErrorKind::bad_input, "cut short", "", ""}.line()), "cut short");
}

TEST(Error, is_one_line_whatever_names_hold) {
  EXPECT_EQ((Error{ErrorKind::bad_input, "cannot open 'a\nb'", "\t\x1b[31m\x7f", ""}.line()),
            "cannot open 'a\\nb' (\\t\\x1b[31m\\x7f)");
  EXPECT_EQ((Error{ErrorKind::bad_input, "größer", "", ""}.line()), "größer");
}

TEST(Error, is_passed_up_whole) {
  const Result<int> result = pass_on();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().what, "no such allocator");
  EXPECT_EQ(result.error().hint, "did you mean talc?");
}

TEST(Error, of_the_system_says_what_the_number_means) {
  const Status status = system_error("cannot write", ENOSPC, "out.json");
  EXPECT_EQ(status.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(status.error().line(), "cannot write: No space left on device (out.json)");
}

}  // namespace
}  // namespace heapatlas::base
