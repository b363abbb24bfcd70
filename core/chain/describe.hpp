// What a link guarantees, in words for people.
#pragma once

#include <string>
#include <string_view>

#include "core/chain/facts.hpp"

namespace heapatlas::chain {

/// "owns, resizes in place, resets", or "nothing beyond allocate and free".
[[nodiscard]] std::string describe(const Capabilities& can);

/// "one thread", "one thread; any may free", "any thread".
[[nodiscard]] std::string_view describe(Threads threads);

/// "at least 8, at most 4K", "at least 8, any on request".
[[nodiscard]] std::string describe_alignment(const LinkFacts& facts);

/// The C++ name of a capability's member, for JSON: "owns", "resizes"...
[[nodiscard]] std::string_view name_of(bool Capabilities::*capability);

}  // namespace heapatlas::chain
