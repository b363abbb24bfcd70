#include "core/base/checksum.hpp"

#include <xxhash.h>

namespace heapatlas::base {

std::uint64_t checksum(Bytes bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

}  // namespace heapatlas::base
