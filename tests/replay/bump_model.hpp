// What a bump calls used, by its blocks: all from its beginning to its top, dead ones too.
//
// The last block alone gives its bytes back, grows and shrinks.
#pragma once

#include <cstdint>

namespace heapatlas::replay {

class BumpModel {
 public:
  struct Extent {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
  };

  /// `begin`: where the bump's memory does.
  void allocate(std::uint64_t begin, Extent block) { used_ = {begin, block.end}; }
  void free(Extent block) {
    if (block.end == used_.end) used_.end = block.begin;
  }
  /// In place.
  void resize(Extent old, Extent block) {
    if (old.end == used_.end) used_.end = block.end;
  }

  [[nodiscard]] Extent used() const { return used_; }

 private:
  Extent used_;
};

}  // namespace heapatlas::replay
