// Bytes to the document: a parser's events go to a stack of frames (frames.hpp); nothing else is
// held of the file.
#include <unistd.h>

#include <new>
#include <nlohmann/json.hpp>

#include "core/report/cbor_parser.hpp"
#include "core/report/events.hpp"
#include "core/report/file.hpp"

namespace heapatlas::report {
namespace {

using Json = nlohmann::json;

/// CBOR begins with a map here, or with the tag that says it is CBOR; no JSON begins so.
bool looks_like_cbor(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return (byte & 0xE0) == 0xA0 || byte == 0xD9;
}

base::Result<Document> read_input(Input& input, const ReadLimits& limits) {
  Document document;
  Events events(input, document, limits);
  const bool cbor = input.more() && looks_like_cbor(input.front());
  const bool parsed = cbor ? CborParser(input, events).parse()
                           : Json::sax_parse(InputIterator(input), InputIterator(), &events);
  if (input.error()) return tl::make_unexpected(*input.error());
  if (!parsed || !events.complete()) return base::bad_input(events.fault(), input.name());
  return document;
}

/// The library's own exceptions end here.
base::Result<Document> guarded(Input& input, const ReadLimits& limits) {
  try {
    return read_input(input, limits);
  } catch (const std::bad_alloc&) {
    return base::fail(base::ErrorKind::unavailable, "not enough memory for this report",
                      input.name());
  }
}

}  // namespace

ReadLimits usual_limits() {
  const auto pages = static_cast<std::uint64_t>(std::max(::sysconf(_SC_PHYS_PAGES), 1L));
  const auto page = static_cast<std::uint64_t>(std::max(::sysconf(_SC_PAGESIZE), 4096L));
  return {pages * page / 2, pages * page / 2};
}

base::Result<Document> read(const std::string& path, const ReadLimits& limits) {
  const auto file = base::InputFile::open(path);
  if (!file) return tl::make_unexpected(file.error());
  Input input(*file, limits);
  return guarded(input, limits);
}

base::Result<Document> decode(std::string_view bytes, const std::string& name,
                              const ReadLimits& limits) {
  Input input(bytes, name, limits);
  return guarded(input, limits);
}

}  // namespace heapatlas::report
