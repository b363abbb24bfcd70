// How a law of the conformance suite says that an allocator broke it.
//
// A law is a function that throws a Fault; `finding` turns it into text. So the same law serves a
// test that expects an allocator to keep it and a test that expects a broken allocator to be found.
#pragma once

#include <sstream>
#include <stdexcept>
#include <string>

namespace heapatlas::conformance {

struct Fault : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Throws a Fault whose text is the parts, printed one after another.
template <class... Parts>
[[noreturn]] void fail(const Parts&... parts) {
  std::ostringstream text;
  (text << ... << parts);
  throw Fault(text.str());
}

/// What a law found: "" when it holds.
template <class Law>
[[nodiscard]] std::string finding(Law&& law) {
  try {
    law();
  } catch (const Fault& fault) {
    return fault.what();
  }
  return "";
}

}  // namespace heapatlas::conformance
