// Errors as values, carried to the edge; only the command line turns them into text and an exit
// status.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace heapatlas::base {

/// What kind of failure it was; the command line maps it to an exit status.
enum class ErrorKind {
  bad_input,    ///< a file, a chain or an argument is not what it must be
  unavailable,  ///< the system refused: no such file, no permission, disk full
  cancelled,    ///< the user interrupted the work
};

/// One failure, told in one line: "what (where)", and a hint where one helps.
struct Error {
  ErrorKind kind = ErrorKind::bad_input;
  std::string what;   ///< what went wrong, in lower case, no full stop
  std::string where;  ///< a file, an offset, a position in a chain; may be empty
  std::string hint;   ///< what would help; may be empty

  /// "what (where)"
  [[nodiscard]] std::string line() const;
};

template <class T>
using Result = tl::expected<T, Error>;

using Status = Result<void>;

/// An error result; converts to any Result<T>.
[[nodiscard]] tl::unexpected<Error> fail(ErrorKind kind, std::string what, std::string where = {},
                                         std::string hint = {});

/// A bad_input error result.
[[nodiscard]] tl::unexpected<Error> bad_input(std::string what, std::string where = {},
                                              std::string hint = {});

/// An unavailable error result whose text ends with what errno_value means.
[[nodiscard]] tl::unexpected<Error> system_error(std::string_view what, int errno_value,
                                                 std::string where = {});

}  // namespace heapatlas::base

/// Passes an error up: evaluates a Result and returns its error from the enclosing function.
#define HEAPATLAS_TRY(expression)                                            \
  do {                                                                       \
    if (auto heapatlas_try_result = (expression); !heapatlas_try_result)     \
      return ::tl::make_unexpected(std::move(heapatlas_try_result).error()); \
  } while (false)
