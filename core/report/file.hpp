// Reports as files and bytes: JSON or CBOR, either under zstd, of one schema (report.schema.json).
//
// Both ways stream: beside the document itself, writing holds a few buffers, reading the zstd
// frame's window. Reading trusts nothing: not a count, not a length, not the order of members;
// what it gives has passed `validate`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/bytes.hpp"
#include "core/base/error.hpp"
#include "core/report/document.hpp"

namespace heapatlas::report {

struct Format {
  enum class Encoding : unsigned char { json, cbor };
  Encoding encoding = Encoding::json;
  bool zstd = false;

  bool operator==(const Format&) const = default;
};

/// What a file's name asks for: .cbor, .cbor.zst, .json.zst; anything else is JSON.
[[nodiscard]] Format format_of(std::string_view path);

/// Writes a report whole or not at all (base::OutputFile; "-" is standard output), in the format
/// that its name asks for. Texts that are no UTF-8 are mended with U+FFFD. bad_input when a number
/// exceeds max_number or is not finite, or when a heap does not pass `validate`.
[[nodiscard]] base::Status write(const std::string& path, const Document& document);

/// The same into memory.
[[nodiscard]] base::Result<std::string> encode(const Document& document, Format format);

/// How much reading may use; a report that asks for more is refused.
struct ReadLimits {
  std::uint64_t memory_bytes;   ///< that the document takes
  std::uint64_t decoded_bytes;  ///< that come out of zstd
  std::uint64_t decoded_bytes_a_byte =
      1000;  ///< beyond the first 64 MiB, for each byte that went in
};

/// Half of this machine's memory, and as many decoded bytes.
[[nodiscard]] ReadLimits usual_limits();

/// Reads a report; the format is seen from the content. unavailable when the system refuses,
/// bad_input when it is no report, of a later version, cut short, or when a member is missing,
/// given twice, of another type or out of range, or its heap not what `validate` asks for. Members
/// that are not known are skipped: a later program may have added them.
[[nodiscard]] base::Result<Document> read(const std::string& path,
                                          const ReadLimits& limits = usual_limits());

/// The same from memory; name is what errors call it.
[[nodiscard]] base::Result<Document> decode(std::string_view bytes, const std::string& name,
                                            const ReadLimits& limits = usual_limits());

}  // namespace heapatlas::report
