// The well-known shapes: chains that are compiled as one static type.
//
// A shape is a spec (entries/spec.hpp) for a whole chain: it says which links it matches and makes
// the composed allocator. Every shape costs each caller of with_allocator an instantiation of its
// callable, so the list is short: what people measure most.
#pragma once

#include "core/chain/entries/bump.hpp"
#include "core/chain/entries/fallback.hpp"
#include "core/chain/entries/stalloc.hpp"
#include "core/chain/entries/system.hpp"
#include "core/chain/entries/talc.hpp"

namespace heapatlas::chain {

/// A list of shapes; the first that matches is used.
template <class... S>
struct Shapes {};

using WellKnownShapes =
    Shapes<SystemSpec, BumpSpec, FallbackSpec<BumpSpec, SystemSpec>,
           FallbackSpec<ShortStallocSpec, SystemSpec>, FallbackSpec<LongStallocSpec, SystemSpec>,
           FallbackSpec<TreeStallocSpec, SystemSpec>, TalcSpec<OsSourceSpec>,
           FallbackSpec<ShortStallocSpec, TalcSpec<OsSourceSpec>>>;

}  // namespace heapatlas::chain
