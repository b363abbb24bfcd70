// What a combinator guarantees over given parts, read from its type.
//
// A combinator has a capability always, never, or when its parts have it. Which of the three is
// seen by asking its type over archetypes: parts with every capability and parts with none. So an
// entry says nothing that the C++ type does not.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "core/chain/builder.hpp"
#include "core/chain/facts.hpp"

namespace heapatlas::chain {

/// An allocator with every capability or (but for what `owns` says) none. Declared, never used.
template <bool everything, Threads who = Threads::one, bool can_own = everything>
class Archetype {
 public:
  static constexpr Threads threads = who;
  Archetype(const Archetype&) = delete;
  Archetype& operator=(const Archetype&) = delete;
  Block allocate(Layout) noexcept;
  void deallocate(std::byte*, Layout) noexcept;
  std::size_t min_alignment() const noexcept;
  std::size_t max_alignment() const noexcept;
  bool owns(const std::byte*) const noexcept requires can_own;
  Block grow(std::byte*, Layout, std::size_t) noexcept requires everything;
  Block shrink(std::byte*, Layout, std::size_t) noexcept requires everything;
  Block reallocate(std::byte*, Layout, std::size_t) noexcept requires everything;
  Block allocate_zeroed(Layout) noexcept requires everything;
  void reset() noexcept requires everything;
  std::size_t usable_size(const std::byte*) const noexcept requires everything;
  void deallocate(std::byte*) noexcept requires everything;
  template <HeapVisitor V>
  void walk(V&) const requires everything;
  const char* check() const noexcept requires everything;
  Archetype& remote() noexcept requires(who == Threads::remote_free);
};

using Able = Archetype<true>;
using Unable = Archetype<false>;
using UnableOwner = Archetype<false, Threads::one, true>;

/// The facts of C<part> by the facts of the part; alignments are the part's.
template <template <class> class C>
[[nodiscard]] LinkFacts unary_facts(const LinkFacts& part, std::string overhead) {
  LinkFacts facts = part;
  facts.overhead = std::move(overhead);
  for (const auto capability : every_capability) {
    facts.can.*capability = part.can.*capability ? capabilities_of<C<Able>>.*capability
                                                 : capabilities_of<C<Unable>>.*capability;
  }
  facts.threads = part.threads == Threads::one ? C<Able>::threads
                  : part.threads == Threads::remote_free
                      ? C<Archetype<true, Threads::remote_free>>::threads
                      : C<Archetype<true, Threads::any>>::threads;
  return facts;
}

/// The facts of C<first, second>: alignments from the least minimum to the greatest maximum, sizes
/// up to the greatest. UnableFirst: the least able first part that C takes.
template <template <class, class> class C, class UnableFirst>
[[nodiscard]] LinkFacts binary_facts(const LinkFacts& first, const LinkFacts& second,
                                     std::string overhead) {
  LinkFacts facts;
  facts.min_alignment = std::min(first.min_alignment, second.min_alignment);
  facts.max_alignment = std::max(first.max_alignment, second.max_alignment);
  facts.max_size = std::max(first.max_size, second.max_size);
  facts.max_live = (CheckedSize{first.max_live} + second.max_live).saturated();
  facts.overhead = std::move(overhead);
  for (const auto capability : every_capability) {
    const bool table[2][2] = {
        {capabilities_of<C<UnableFirst, Unable>>.*capability,
         capabilities_of<C<UnableFirst, Able>>.*capability},
        {capabilities_of<C<Able, Unable>>.*capability, capabilities_of<C<Able, Able>>.*capability}};
    facts.can.*capability = table[first.can.*capability][second.can.*capability];
  }
  using Shared = Archetype<true, Threads::any>;
  const bool shared = first.threads == Threads::any && second.threads == Threads::any;
  facts.threads = shared ? C<Shared, Shared>::threads : C<Able, Able>::threads;
  return facts;
}

}  // namespace heapatlas::chain
