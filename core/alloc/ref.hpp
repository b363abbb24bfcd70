// ref(A): borrows an allocator that lives elsewhere, so that several chains can share it.
//
// Forwards what A supports and nothing more. The allocator must outlive the reference. Cost: the
// pointer.
#pragma once

#include "core/alloc/forwarding.hpp"

namespace heapatlas {

template <Allocator A>
class Ref : public Forwarding<A&> {
 public:
  explicit constexpr Ref(A& target) noexcept : Forwarding<A&>{{target}} {}

  [[nodiscard]] constexpr A& target() const noexcept { return this->part; }
};

}  // namespace heapatlas
