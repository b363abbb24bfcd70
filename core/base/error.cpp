#include "core/base/error.hpp"

#include <fmt/format.h>

#include <cstring>

namespace heapatlas::base {
namespace {

/// Names of files and the like may hold anything: a line break would make two lines of one, and an
/// escape sequence would reach the terminal.
std::string without_controls(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f) {
      out += c;
    } else {
      out += c == '\n' ? "\\n" : c == '\t' ? "\\t" : fmt::format("\\x{:02x}", byte);
    }
  }
  return out;
}

}  // namespace

std::string Error::line() const {
  return without_controls(where.empty() ? what : fmt::format("{} ({})", what, where));
}

tl::unexpected<Error> fail(ErrorKind kind, std::string what, std::string where, std::string hint) {
  return tl::unexpected<Error>(Error{kind, std::move(what), std::move(where), std::move(hint)});
}

tl::unexpected<Error> bad_input(std::string what, std::string where, std::string hint) {
  return fail(ErrorKind::bad_input, std::move(what), std::move(where), std::move(hint));
}

tl::unexpected<Error> system_error(std::string_view what, int errno_value, std::string where) {
  return fail(ErrorKind::unavailable, fmt::format("{}: {}", what, std::strerror(errno_value)),
              std::move(where));
}

}  // namespace heapatlas::base
