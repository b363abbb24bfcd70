// For tests of the suite itself: a law must find a fault, and say so in these words.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "tests/alloc/conformance/fault.hpp"

namespace heapatlas::conformance {

inline void expect_found(void (*law)(), const std::string& words) {
  const std::string found = finding(law);
  EXPECT_NE(found, "");
  EXPECT_NE(found.find(words), std::string::npos) << "found: \"" << found << "\"";
}

}  // namespace heapatlas::conformance
