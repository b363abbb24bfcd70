// Which bytes live blocks hold: an ordered map of disjoint extents.
//
// Cost: O(log live blocks) an operation, about 80 bytes a live block, none of it from malloc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory_resource>

#include "core/replay/mapping_resource.hpp"

namespace heapatlas::replay {

/// One thread at a time.
class LiveMap {
 public:
  struct Extent {
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    std::uint32_t slot = 0;
  };

  /// A live extent that shares a byte with [begin, end), or null.
  [[nodiscard]] const Extent* overlapping(std::uintptr_t begin, std::uintptr_t end) const noexcept {
    auto next = extents_.lower_bound(begin);
    if (next != extents_.end() && next->first < end) return &next->second;
    if (next == extents_.begin()) return nullptr;
    --next;
    return next->second.end > begin ? &next->second : nullptr;
  }

  /// The extent must overlap no other.
  void insert(const Extent& extent) { extents_.emplace(extent.begin, extent); }
  /// Forgets the extent that begins there, if any.
  void erase(std::uintptr_t begin) noexcept { extents_.erase(begin); }

 private:
  MappingResource mappings_;
  std::pmr::unsynchronized_pool_resource pool_{&mappings_};
  std::pmr::map<std::uintptr_t, Extent> extents_{&pool_};
};

}  // namespace heapatlas::replay
