// A trace's portrait: everything `heapatlas info` tells, as text for people and as JSON.
#pragma once

#include <optional>
#include <string>

#include "core/trace/info.hpp"
#include "core/trace/profile.hpp"
#include "core/trace/reader.hpp"

namespace heapatlas::tool {

struct Portrait {
  std::string path;
  trace::TraceInfo info;
  trace::Profile profile;
  std::optional<trace::Losses> losses;  ///< unknown when the index is gone
  trace::Recovery recovery;
};

/// For standard output, at most width columns wide.
[[nodiscard]] std::string portrait_text(const Portrait& portrait, std::size_t width);

/// The same, as one JSON document with a line end.
[[nodiscard]] std::string portrait_json(const Portrait& portrait);

}  // namespace heapatlas::tool
