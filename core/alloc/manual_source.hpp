// manual: the source that has nothing; whoever owns the allocator claims regions for it by hand.
#pragma once

#include "core/alloc/source.hpp"

namespace heapatlas {

class ManualSource {
 public:
  [[nodiscard]] static constexpr SourceRegion acquire(std::size_t, std::size_t) noexcept {
    return {};
  }
};

static_assert(Source<ManualSource>);

}  // namespace heapatlas
