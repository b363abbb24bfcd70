// How an entry says which C++ type a leaf's arguments choose.
//
// A *spec* is a struct with
//   using Type = ...;                          the allocator
//   static bool matches(const Link&);          true when the link's arguments choose this type
//   static Type make(const Link&, Builder&);   the allocator, in the memory that prepare took
// Run-time chains build a leaf from the spec that matches, static shapes (shapes.hpp) from the
// same one: so both are made alike.
#pragma once

#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include "core/chain/builder.hpp"

namespace heapatlas::chain {

/// Builds a leaf from the spec that matches; one must.
template <class... Specs>
[[nodiscard]] std::unique_ptr<Erased> build_leaf(const Link& link, Builder& builder) {
  std::unique_ptr<Erased> built;
  const auto try_spec = [&]<class Spec>() {
    if (!Spec::matches(link)) return false;
    built = erase(link, [&] { return Spec::make(link, builder); });
    return true;
  };
  if (!(try_spec.template operator()<Specs>() || ...)) std::abort();
  return built;
}

/// The facts of a type, with those that only a link's arguments tell.
template <Allocator A>
[[nodiscard]] LinkFacts facts_of(std::size_t min_alignment, std::size_t max_alignment,
                                 std::string overhead) {
  LinkFacts facts;
  facts.can = capabilities_of<A>;
  facts.threads = A::threads;
  facts.min_alignment = min_alignment;
  facts.max_alignment = max_alignment;
  facts.overhead = std::move(overhead);
  return facts;
}

/// The facts of a link with the bounds of its sizes; see LinkFacts.
[[nodiscard]] inline LinkFacts bounded(LinkFacts facts, std::size_t max_size,
                                       std::size_t max_live) {
  facts.max_size = max_size;
  facts.max_live = max_live;
  return facts;
}

/// Entry::block_bytes of what only pads blocks to their alignment.
[[nodiscard]] inline std::size_t padded_block(const Link&, Layout layout) {
  return layout.size + layout.align - 1;
}

/// The facts of a leaf whose arguments choose one of several types.
template <class... Specs>
[[nodiscard]] LinkFacts leaf_facts(const Link& link, std::size_t min_alignment,
                                   std::size_t max_alignment, std::string overhead) {
  LinkFacts facts;
  facts.min_alignment = min_alignment;
  facts.max_alignment = max_alignment;
  facts.overhead = std::move(overhead);
  const auto try_spec = [&]<class Spec>() {
    if (!Spec::matches(link)) return false;
    facts.can = capabilities_of<typename Spec::Type>;
    facts.threads = Spec::Type::threads;
    return true;
  };
  if (!(try_spec.template operator()<Specs>() || ...)) std::abort();
  return facts;
}

}  // namespace heapatlas::chain
