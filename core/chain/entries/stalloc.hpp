// The specs of stalloc; see spec.hpp.
#pragma once

#include <cstdint>
#include <limits>

#include "core/alloc/stalloc.hpp"
#include "core/alloc/tree_stalloc.hpp"
#include "core/chain/entries/spec.hpp"

namespace heapatlas::chain {

/// A list index whose numbers are as narrow as the count of blocks allows.
template <class Number>
struct ListStallocSpec {
  using Type = StallocOver<Number>;
  static constexpr bool narrow = sizeof(Number) == sizeof(std::uint16_t);

  static bool matches(const Link& link) {
    return link.is("stalloc") && link.is("index", "list") &&
           (link.size("blocks") <= std::numeric_limits<std::uint16_t>::max()) == narrow;
  }
  static Type make(const Link& link, Builder& builder) {
    const auto memory = builder.memory(link);
    return Type(memory.data(), memory.size(), link.size("block"));
  }
};

/// The tree's tables stand behind the blocks.
struct TreeStallocSpec {
  using Type = TreeStallocOver;

  static bool matches(const Link& link) { return link.is("stalloc") && link.is("index", "tree"); }
  static Type make(const Link& link, Builder& builder) {
    const auto memory = builder.memory(link);
    const std::size_t blocks_size = link.size("blocks") * link.size("block");
    return Type(memory.data(), blocks_size, link.size("block"), memory.data() + blocks_size);
  }
};

using ShortStallocSpec = ListStallocSpec<std::uint16_t>;
using LongStallocSpec = ListStallocSpec<std::uint32_t>;

}  // namespace heapatlas::chain
