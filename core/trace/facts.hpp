// The header and the index of a .hat file as bytes: fields of a tag, a length and a value.
//
// A reader skips tags that it does not know, so a later writer may add facts without a new version
// of the format.
#pragma once

#include <optional>

#include "core/base/bytes.hpp"
#include "core/base/error.hpp"
#include "core/trace/info.hpp"

namespace heapatlas::trace {

/// What the index holds.
struct Index {
  Totals totals;
  Losses losses;
};

void write_info(const TraceInfo& info, base::ByteWriter& out);
/// bad_input when the bytes are malformed or out of range.
[[nodiscard]] base::Result<TraceInfo> read_info(base::Bytes bytes);

void write_index(const Index& index, base::ByteWriter& out);
[[nodiscard]] base::Result<Index> read_index(base::Bytes bytes);

}  // namespace heapatlas::trace
