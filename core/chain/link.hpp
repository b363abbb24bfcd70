// A checked chain: every name looked up, every argument bound and in range, every link's
// guarantees known. What check.hpp makes and everything else reads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/alloc/span.hpp"
#include "core/chain/ast.hpp"
#include "core/chain/registry.hpp"

namespace heapatlas::chain {

/// One bound argument: the number of a size, count or boolean, the text of a choice or string.
/// Parts and sources are in Link::parts.
struct Bound {
  std::uint64_t number = 0;
  std::string text;
};

/// Not an allocator, so not counted: the id of a source.
inline constexpr NodeId no_node = static_cast<NodeId>(-1);

struct Link {
  const Entry* entry = nullptr;
  std::vector<Bound> values;  ///< one for each of the entry's parameters
  std::vector<Link> parts;    ///< its parts and sources, in the order of the parameters
  NodeId id = 0;              ///< as walks count: preorder over the allocators, the root is 0
  std::size_t position = 0;   ///< of its name in the chain's text
  std::string text;           ///< its canonical text
  LinkFacts facts;

  /// The value of one of the entry's parameters; the name must be one.
  [[nodiscard]] const Bound& value(std::string_view parameter) const;
  [[nodiscard]] std::size_t size(std::string_view parameter) const {
    return static_cast<std::size_t>(value(parameter).number);
  }
  [[nodiscard]] bool flag(std::string_view parameter) const { return value(parameter).number != 0; }
  [[nodiscard]] bool is(std::string_view parameter, std::string_view choice) const {
    return value(parameter).text == choice;
  }
  [[nodiscard]] bool is(std::string_view name) const { return entry->name == name; }
};

/// A chain that can work. Immutable; copies are cheap enough (a tree of strings).
class Chain {
 public:
  Chain(Node tree, Link root) : tree_(std::move(tree)), root_(std::move(root)) {}

  [[nodiscard]] const Node& tree() const noexcept { return tree_; }
  [[nodiscard]] const Link& root() const noexcept { return root_; }
  /// The canonical text.
  [[nodiscard]] const std::string& text() const noexcept { return root_.text; }
  [[nodiscard]] const LinkFacts& facts() const noexcept { return root_.facts; }
  /// Every allocator by its NodeId.
  [[nodiscard]] std::vector<const Link*> nodes() const;
  /// What the measuring process must be started with, if anything.
  [[nodiscard]] std::optional<Preload> preload() const;

 private:
  Node tree_;
  Link root_;
};

}  // namespace heapatlas::chain
