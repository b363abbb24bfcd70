// The report document as JSON.
#pragma once

#include <string>
#include <string_view>

#include "core/base/error.hpp"
#include "core/report/document.hpp"

namespace heapatlas::report {

/// The document as JSON text, indented by one space, in UTF-8 (bytes of a trace's texts that are
/// none become U+FFFD). bad_input when a number exceeds max_number or is not finite.
[[nodiscard]] base::Result<std::string> to_json(const Document& document);

/// The document of a JSON text; name is what errors call it. bad_input when it is no JSON, no
/// report, of a later version, or when a member is missing, of another type or out of range.
/// Members that it does not know are ignored: a later program may have added them.
[[nodiscard]] base::Result<Document> from_json(std::string_view text, const std::string& name);

/// Reads a report from a file.
[[nodiscard]] base::Result<Document> read(const std::string& path);

}  // namespace heapatlas::report
