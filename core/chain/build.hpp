// A checked chain as a working allocator in this process.
//
//   const auto chain = parse_and_check("stalloc(blocks=1000, block=8) | system");
//   HEAPATLAS_TRY(with_allocator(*chain, {}, [&](auto& allocator, const BuildFacts& facts) {
//     Block block = allocator.allocate({64, 8});
//     ...
//   }));
//
// A chain of a well-known shape runs as one static type, with no indirect call; any other (and
// any, when asked) as a DynamicAllocator, with one virtual call a link. Both place every block at
// the same offset.
#pragma once

#include <utility>

#include "core/base/error.hpp"
#include "core/chain/builder.hpp"
#include "core/chain/dynamic_allocator.hpp"
#include "core/chain/shapes.hpp"

namespace heapatlas::chain {

struct BuildOptions {
  bool force_dynamic = false;  ///< never a static shape
  Counts* counts = nullptr;    ///< counts what each link does; the chain is then dynamic
};

/// What was built.
struct BuildFacts {
  const Chain& chain;
  bool is_static;  ///< compiled as one type
};

namespace detail {

template <class... S, class F>
bool with_shape(Shapes<S...>, const Chain& chain, Builder& builder, F& f) {
  [[maybe_unused]] const auto try_shape = [&]<class Shape>() {  // unused for an empty list
    if (!Shape::matches(chain.root())) return false;
    typename Shape::Type allocator = Shape::make(chain.root(), builder);
    f(allocator, BuildFacts{chain, true});
    return true;
  };
  return (try_shape.template operator()<S>() || ...);
}

}  // namespace detail

/// Builds the chain, calls f(allocator, facts), takes it down. The allocator lives for the call
/// only, at one address; f is instantiated for every shape of the list and DynamicAllocator. Fails,
/// f not called, when memory or a library that the chain needs cannot be had.
template <class Shapes = WellKnownShapes, class F>
base::Status with_allocator(const Chain& chain, const BuildOptions& options, F&& f) {
  Builder builder(options.counts);
  HEAPATLAS_TRY(builder.prepare(chain.root()));
  const bool dynamic = options.force_dynamic || options.counts != nullptr;
  if (!dynamic && detail::with_shape(Shapes{}, chain, builder, f)) return {};
  DynamicAllocator allocator(builder.build(chain.root()));
  f(allocator, BuildFacts{chain, false});
  return {};
}

/// True when with_allocator builds the chain as one static type.
[[nodiscard]] inline bool is_well_known(const Chain& chain) {
  return [&]<class... S>(Shapes<S...>) {
    return (S::matches(chain.root()) || ...);
  }(WellKnownShapes{});
}

/// Counters for with_allocator, one for each link of the chain.
[[nodiscard]] inline Counts counts_for(const Chain& chain) {
  return Counts(chain.nodes().size());
}

}  // namespace heapatlas::chain
