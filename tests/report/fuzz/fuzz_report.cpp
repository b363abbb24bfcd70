// libFuzzer over the bytes of a report: JSON, CBOR, either under zstd.
//
// Whatever is read must pass for a report: it can be written in every format, and is read from
// there as it was. A long run: report.fuzz CORPUS -max_total_time=600 -max_len=8000
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/report/file.hpp"

namespace {

using namespace heapatlas::report;

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ReadLimits limits{std::uint64_t{64} << 20, std::uint64_t{16} << 20};
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto document = decode(bytes, "fuzzed", limits);
  if (!document) {
    require(!document.error().what.empty());
    return 0;
  }
  for (const auto encoding : {Format::Encoding::json, Format::Encoding::cbor}) {
    const auto written = encode(*document, {encoding, false});
    require(written.has_value());
    const auto again = decode(*written, "written");
    require(again.has_value());
    // Texts that were no UTF-8 are mended once; from then on nothing changes.
    require(encode(*again, {encoding, false}).value_or("") == *written);
  }
  return 0;
}
