// The shapes that the suite measures as one static type, as a program would hold them; a chain of
// any other shape runs with an indirect call a link.
#pragma once

#include "core/alloc/locked.hpp"
#include "core/alloc/os/mutex.hpp"
#include "core/alloc/os/this_thread.hpp"
#include "core/alloc/per_thread.hpp"
#include "core/chain/entries/bump.hpp"
#include "core/chain/entries/fallback.hpp"
#include "core/chain/entries/mapped_bump.hpp"
#include "core/chain/entries/slab.hpp"
#include "core/chain/entries/stalloc.hpp"
#include "core/chain/entries/system.hpp"
#include "core/chain/entries/talc.hpp"
#include "core/chain/shapes.hpp"

namespace heapatlas::tool::bench {

template <class Part>
struct LockedSpec {
  using Type = Locked<typename Part::Type, os::Mutex>;

  static bool matches(const chain::Link& link) {
    return link.is("locked") && link.is("mutex", "yield") && Part::matches(link.parts[0]);
  }
  static Type make(const chain::Link& link, chain::Builder& builder) {
    return Type{Part::make(link.parts[0], builder)};
  }
};

/// Blocks inside the object, as export-cpp writes so small a stalloc: nothing that a program stores
/// in its blocks can be the index, and the compiler knows it.
template <std::size_t Blocks, std::size_t BlockSize>
struct InlineStallocSpec {
  using Type = Stalloc<Blocks, BlockSize>;

  static bool matches(const chain::Link& link) {
    return chain::ShortStallocSpec::matches(link) && link.size("blocks") == Blocks &&
           link.size("block") == BlockSize;
  }
  static Type make(const chain::Link&, chain::Builder&) { return Type(); }
};

struct SlabSpec {
  using Type = Slab<chain::BackingHandle, os::Mutex>;

  static bool matches(const chain::Link& link) { return link.is("slab"); }
  static Type make(const chain::Link& link, chain::Builder& builder) {
    return Type(chain::slab_class(link), chain::slab_options(link),
                builder.backing(link, link.parts[0]));
  }
};

struct PerThreadSlabsSpec {
  using Type = PerThread<Slabs<chain::BackingHandle, os::Mutex>, os::ThisThread>;

  static bool matches(const chain::Link& link) {
    return link.is("per_thread") && link.parts[0].is("slabs");
  }
  static Type make(const chain::Link& link, chain::Builder& builder) {
    const chain::Link& slabs = link.parts[0];
    return Type(chain::slabs_classes(slabs), chain::slab_options(slabs),
                builder.backing(slabs, slabs.parts[0]));
  }
};

using OsTalcSpec = chain::TalcSpec<chain::OsSourceSpec>;

using Shapes =
    chain::Shapes<chain::SystemSpec, chain::BumpSpec, chain::MappedBumpSpec,
                  InlineStallocSpec<1000, 8>, chain::ShortStallocSpec, chain::TreeStallocSpec,
                  OsTalcSpec, LockedSpec<OsTalcSpec>, SlabSpec, PerThreadSlabsSpec,
                  chain::FallbackSpec<PerThreadSlabsSpec, OsTalcSpec>>;

}  // namespace heapatlas::tool::bench
