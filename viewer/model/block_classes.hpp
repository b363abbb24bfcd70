// Sorting blocks into at most eight classes each, by what they were born with: the link of the
// chain, size, waste, thread and call site. Eight, because a picture has no more colours that a
// reader can tell apart; three bits each, so that an index keeps all five beside a block.
//
// Sizes and waste have fixed steps. Of links, threads and sites the eight with the most bytes over
// the run have a class of their own; if there are more, seven, and the eighth is "others".
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "viewer/model/run.hpp"

namespace heapatlas::viewer {

enum class Trait : unsigned char { link, size, waste, thread, site };

/// The classes of one block by every trait: three bits each, in the order of Trait.
using Classes = std::uint16_t;
inline constexpr std::size_t max_classes = 8;

[[nodiscard]] constexpr int shift_of(Trait trait) {
  return 3 * static_cast<int>(trait);
}

/// A value. Safe to use from several threads.
class BlockClasses {
 public:
  /// Looks at every placement once.
  explicit BlockClasses(const Run& run);

  [[nodiscard]] Classes of(const Placement& block) const {
    unsigned classes = 0;
    for (const Trait trait : {Trait::link, Trait::size, Trait::waste, Trait::thread, Trait::site})
      classes |= class_of(block, trait) << shift_of(trait);
    return static_cast<Classes>(classes);
  }
  [[nodiscard]] unsigned class_of(const Placement& block, Trait trait) const {
    switch (trait) {
      case Trait::size:
        return size_class(block.requested);
      case Trait::waste:
        return waste_class(block);
      case Trait::link:
        return links_.class_of(block.node);
      case Trait::thread:
        return threads_.class_of(block.thread);
      case Trait::site:
        break;
    }
    return sites_.class_of(block.site);
  }
  /// What the classes of a trait are called, in order; at most max_classes.
  [[nodiscard]] const std::vector<std::string>& names(Trait trait) const;

 private:
  /// The classes of links, threads or sites.
  struct Owners {
    Owners(const std::vector<std::string>& all, const char* unnamed, std::vector<double> bytes);

    [[nodiscard]] unsigned class_of(std::uint32_t owner) const {
      return classes[std::min<std::size_t>(owner, classes.size() - 1)];
    }

    std::vector<std::uint8_t> classes;  ///< of each owner, and one of what has none
    std::vector<std::string> names;
  };
  /// The bytes of every link, thread and site.
  struct Bytes;
  BlockClasses(const Run& run, Bytes bytes);

  [[nodiscard]] const Owners& owners(Trait trait) const;
  [[nodiscard]] static unsigned size_class(std::uint64_t requested);
  [[nodiscard]] static unsigned waste_class(const Placement& block);

  // Upper bounds of the steps; what is above the last one is the last class.
  static constexpr std::array<std::uint64_t, 7> size_steps{16, 64, 256, 1024, 4096, 32768, 262144};
  static constexpr std::array<std::uint64_t, 7> waste_steps{0,  4,  10, 25,
                                                            50, 75, 90};  // percent of the grant

  Owners links_;
  Owners threads_;
  Owners sites_;
};

inline unsigned BlockClasses::size_class(std::uint64_t requested) {
  unsigned above = 0;  // sizes follow no pattern: without a branch
  for (const std::uint64_t step : size_steps) above += requested > step ? 1U : 0U;
  return above;
}

inline unsigned BlockClasses::waste_class(const Placement& block) {
  const std::uint64_t slack = block.granted - block.requested;
  const std::uint64_t percent = (slack * 100 + block.granted - 1) / block.granted;
  unsigned above = 0;
  for (const std::uint64_t step : waste_steps) above += percent > step ? 1U : 0U;
  return above;
}

}  // namespace heapatlas::viewer
