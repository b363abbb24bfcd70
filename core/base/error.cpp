#include "core/base/error.hpp"

#include <fmt/format.h>

#include <cstring>

namespace heapatlas::base {

std::string Error::line() const {
  return where.empty() ? what : fmt::format("{} ({})", what, where);
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
