// The whole of a run-time chain, as its caller holds it: a handle that knows the row of links.
//
// Most chains are fallbacks at their root: links asked in turn. A call of the fallback would be an
// indirect call on the way to each of them, so the handle asks the links itself for what is done
// most, a block and its free, in the code of the caller. What else it is asked goes to the root.
//
// Invariant: allocate and deallocate do what the root's own do, link for link (core/alloc/
// fallback.hpp). A fallback has no state of its own that could miss them.
#pragma once

#include <cstddef>
#include <vector>

#include "core/chain/erased.hpp"

namespace heapatlas::chain {

/// reallocate and allocate_zeroed follow resize.hpp; reset, usable_size, deallocate without a
/// layout and owns need the capability in facts().can. Who may call it is facts().threads,
/// whatever the type says: check.hpp has seen to it.
class DynamicAllocator : public Dynamic<true, true, true> {
 public:
  explicit DynamicAllocator(Erased& root) : Dynamic(root, 0) {
    if (root.row().empty()) row_.emplace_back(root, NodeId{0});
    for (Erased* link : root.row()) row_.emplace_back(*link, NodeId{0});
    first_ = row_.data();
    last_ = &row_.back();
  }
  DynamicAllocator(const DynamicAllocator&) = delete;
  DynamicAllocator& operator=(const DynamicAllocator&) = delete;

  using Dynamic::deallocate;

  [[nodiscard]] Block allocate(Layout layout) noexcept {
    for (Place* place = first_;; ++place) {
      if (const Block block = place->allocate(layout)) [[likely]]
        return block;
      if (place == last_) return {};
    }
  }
  void deallocate(std::byte* ptr, Layout layout) noexcept {
    if constexpr (checked) return Dynamic::deallocate(ptr, layout);  // it asks more
    for (Place* place = first_; place != last_; ++place) {
      if (place->try_deallocate(ptr, layout)) return;
    }
    last_->deallocate(ptr, layout);
  }

 private:
  using Place = Dynamic<true, false, false>;

  std::vector<Place> row_;
  Place* first_;
  Place* last_;
};

static_assert(Routing<DynamicAllocator> && Resizing<DynamicAllocator> &&
              Reallocating<DynamicAllocator> && Zeroing<DynamicAllocator> &&
              SelfSizing<DynamicAllocator> && Introspectable<DynamicAllocator> &&
              Checkable<DynamicAllocator>);

}  // namespace heapatlas::chain
