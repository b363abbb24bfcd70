// The checksum of files: XXH3, 64 bits. It finds accidents, not forgers.
#pragma once

#include <cstdint>

#include "core/base/bytes.hpp"

namespace heapatlas::base {

/// XXH3 of the bytes; the seed tells apart equal bytes that stand in different places.
[[nodiscard]] std::uint64_t checksum(Bytes bytes, std::uint64_t seed = 0);

}  // namespace heapatlas::base
