// A link of a run-time chain: any allocator behind one virtual call.
//
// Erased is the interface, ErasedOf<A> an allocator behind it, Dynamic<...> the handle that is an
// allocator again, so that the combinators of core/alloc take it as their part: a run-time chain
// is made of the very templates that a static one is made of, and places every block alike.
//
// What a type has or lacks, a run-time link has as a fact (Erased::facts). For most refinements a
// failing method and a missing one mean the same to a combinator. Three are part of the handle's
// type all the same: whether it owns (debug builds ask), whether it has a realloc of its own (a
// fallback moves a block to its *first* link only when the owner has none), and whether it may be
// shared (then a combinator counts with atomics).
//
// A handle knows the largest request that its link can serve (LinkFacts::max_size) and where its
// blocks lie, if in one region: what would be refused anyway costs a comparison, not a call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "core/alloc/arithmetic.hpp"
#include "core/alloc/concepts.hpp"
#include "core/alloc/misuse.hpp"
#include "core/alloc/resize.hpp"
#include "core/alloc/rewind.hpp"
#include "core/chain/facts.hpp"

namespace heapatlas::chain {

/// HeapVisitor behind a virtual call.
class ErasedVisitor {
 public:
  virtual void region(const Region& region) = 0;
  virtual void span(const Span& span) = 0;

 protected:
  ~ErasedVisitor() = default;
};

/// Where all blocks of a link lie; everywhere, when that is not known.
struct HomeRegion {
  std::uintptr_t begin = 0;
  std::size_t size = std::numeric_limits<std::size_t>::max();

  [[nodiscard]] bool holds(const std::byte* ptr) const noexcept {
    return address_of(ptr) - begin < size;
  }
};

/// The methods mean what core/alloc/concepts.hpp says. Allocating and freeing take a layout's parts
/// apart: compilers put a Layout together in memory before they load both registers from there,
/// which costs as much as the call. Those that need a capability which
/// facts().can lacks are misuse, save grow and shrink (which then fail), reallocate and
/// allocate_zeroed (which then follow the free functions of resize.hpp). Thread-safety is that of
/// the allocator behind it.
class Erased {
 public:
  explicit Erased(LinkFacts facts) : facts_(std::move(facts)) {}
  Erased(const Erased&) = delete;
  Erased& operator=(const Erased&) = delete;
  virtual ~Erased() = default;

  [[nodiscard]] virtual Block allocate(std::size_t size, std::size_t align) noexcept = 0;
  virtual void deallocate(std::byte* ptr, std::size_t size, std::size_t align) noexcept = 0;
  [[nodiscard]] virtual std::size_t min_alignment() const noexcept = 0;
  [[nodiscard]] virtual std::size_t max_alignment() const noexcept = 0;
  [[nodiscard]] virtual bool owns(const std::byte* ptr) const noexcept = 0;
  [[nodiscard]] virtual Block grow(std::byte* ptr, Layout old, std::size_t size) noexcept = 0;
  [[nodiscard]] virtual Block shrink(std::byte* ptr, Layout old, std::size_t size) noexcept = 0;
  [[nodiscard]] virtual Block reallocate(std::byte* ptr, Layout old, std::size_t size) noexcept = 0;
  [[nodiscard]] virtual Block resize_by_owner(std::byte* ptr, Layout old,
                                              std::size_t size) noexcept = 0;
  [[nodiscard]] virtual Block allocate_zeroed(Layout layout) noexcept = 0;
  /// Frees the block if it owns it, else false.
  [[nodiscard]] virtual bool try_deallocate(std::byte* ptr, std::size_t size,
                                            std::size_t align) noexcept = 0;
  virtual void reset() noexcept = 0;
  virtual void rewind() noexcept = 0;
  [[nodiscard]] virtual std::size_t usable_size(const std::byte* ptr) const noexcept = 0;
  virtual void deallocate(std::byte* ptr) noexcept = 0;
  virtual void walk(ErasedVisitor& visitor) const = 0;
  [[nodiscard]] virtual const char* check() const noexcept = 0;

  [[nodiscard]] const LinkFacts& facts() const noexcept { return facts_; }

  /// Of a fallback: the links that it asks in turn, those of fallbacks among its parts included.
  /// All but the last own. Empty for everything else. Borrowed.
  [[nodiscard]] const std::vector<Erased*>& row() const noexcept { return row_; }
  void set_row(std::vector<Erased*> row) noexcept { row_ = std::move(row); }

  [[nodiscard]] HomeRegion region() const noexcept { return region_; }
  void set_region(HomeRegion region) noexcept { region_ = region; }

 private:
  LinkFacts facts_;
  std::vector<Erased*> row_;
  HomeRegion region_;
};

/// A capability that the chain lacks was used.
[[noreturn]] inline void stop_on_missing(const char* rule) noexcept {
  stop_on_misuse("a run-time chain", nullptr, rule);
}

/// An allocator behind the interface, made in place.
template <Allocator A>
class ErasedOf final : public Erased {
 public:
  /// make() returns the allocator by value; it is never moved.
  template <class Make>
  ErasedOf(LinkFacts facts, Make&& make)
      : Erased(std::move(facts)), allocator_(std::forward<Make>(make)()) {}

  [[nodiscard]] Block allocate(std::size_t size, std::size_t align) noexcept override {
    return allocator_.allocate({size, align});
  }
  void deallocate(std::byte* ptr, std::size_t size, std::size_t align) noexcept override {
    allocator_.deallocate(ptr, {size, align});
  }
  [[nodiscard]] std::size_t min_alignment() const noexcept override {
    return allocator_.min_alignment();
  }
  [[nodiscard]] std::size_t max_alignment() const noexcept override {
    return allocator_.max_alignment();
  }
  [[nodiscard]] bool owns(const std::byte* ptr) const noexcept override {
    if constexpr (Owning<A>) return allocator_.owns(ptr);
    stop_on_missing("it cannot tell what it owns");
  }
  [[nodiscard]] Block grow(std::byte* ptr, Layout old, std::size_t size) noexcept override {
    if constexpr (Resizing<A>) return allocator_.grow(ptr, old, size);
    return {};
  }
  [[nodiscard]] Block shrink(std::byte* ptr, Layout old, std::size_t size) noexcept override {
    if constexpr (Resizing<A>) return allocator_.shrink(ptr, old, size);
    return {};
  }
  [[nodiscard]] Block reallocate(std::byte* ptr, Layout old, std::size_t size) noexcept override {
    return heapatlas::reallocate(allocator_, ptr, old, size);
  }
  [[nodiscard]] Block resize_by_owner(std::byte* ptr, Layout old,
                                      std::size_t size) noexcept override {
    return heapatlas::resize_by_owner(allocator_, ptr, old, size);
  }
  [[nodiscard]] Block allocate_zeroed(Layout layout) noexcept override {
    return heapatlas::allocate_zeroed(allocator_, layout);
  }
  [[nodiscard]] bool try_deallocate(std::byte* ptr, std::size_t size,
                                    std::size_t align) noexcept override {
    if constexpr (Routing<A>) {
      return allocator_.try_deallocate(ptr, {size, align});
    } else {
      if (!owns(ptr)) return false;
      allocator_.deallocate(ptr, {size, align});
      return true;
    }
  }
  void reset() noexcept override {
    if constexpr (Resettable<A>) return allocator_.reset();
    stop_on_missing("it cannot be reset");
  }
  void rewind() noexcept override { heapatlas::rewind(allocator_); }
  [[nodiscard]] std::size_t usable_size(const std::byte* ptr) const noexcept override {
    // Looked at only; the concept lets an allocator ask for a mutable pointer.
    if constexpr (SelfSizing<A>) return allocator_.usable_size(const_cast<std::byte*>(ptr));
    stop_on_missing("it does not know the size of a block");
  }
  void deallocate(std::byte* ptr) noexcept override {
    if constexpr (SelfSizing<A>) return allocator_.deallocate(ptr);
    stop_on_missing("it needs the size of the block that it frees");
  }
  void walk(ErasedVisitor& visitor) const override {
    if constexpr (Introspectable<A>) {
      allocator_.walk(visitor);
    } else {
      visitor.region(Region{});
    }
  }
  [[nodiscard]] const char* check() const noexcept override { return check_part(allocator_); }

 private:
  A allocator_;
};

/// A handle on an Erased that is an Allocator again; copies share it. Which of its methods may be
/// called, facts() says.
template <bool HasOwns, bool HasReallocate, bool IsShared>
class Dynamic {
 public:
  static constexpr Threads threads = IsShared ? Threads::any : Threads::one;
  /// 0, so that whatever combinator holds the handle shifts its nodes by 1; see walk.
  static constexpr NodeId node_count = 0;

  /// distance: how many nodes after the combinator that holds it; 0 for a root.
  Dynamic(Erased& target, NodeId distance) noexcept
      : target_(&target),
        max_size_(target.facts().max_size),
        region_(target.region()),
        shift_(distance == 0 ? 0 : distance - 1) {}

  [[nodiscard]] const LinkFacts& facts() const noexcept { return target_->facts(); }

  [[nodiscard]] Block allocate(Layout layout) noexcept {
    return layout.size > max_size_ ? Block{} : target_->allocate(layout.size, layout.align);
  }
  void deallocate(std::byte* ptr, Layout layout) noexcept {
    target_->deallocate(ptr, layout.size, layout.align);
  }
  [[nodiscard]] std::size_t min_alignment() const noexcept { return target_->min_alignment(); }
  [[nodiscard]] std::size_t max_alignment() const noexcept { return target_->max_alignment(); }
  [[nodiscard]] bool owns(const std::byte* ptr) const noexcept requires HasOwns {
    return region_.holds(ptr) && target_->owns(ptr);
  }
  [[nodiscard]] Block grow(std::byte* ptr, Layout old, std::size_t size) noexcept {
    return target_->grow(ptr, old, size);
  }
  [[nodiscard]] Block shrink(std::byte* ptr, Layout old, std::size_t size) noexcept {
    return target_->shrink(ptr, old, size);
  }
  [[nodiscard]] Block reallocate(std::byte* ptr, Layout old,
                                 std::size_t size) noexcept requires HasReallocate {
    return target_->reallocate(ptr, old, size);
  }
  [[nodiscard]] Block resize_by_owner(std::byte* ptr, Layout old,
                                      std::size_t size) noexcept requires HasReallocate {
    return target_->resize_by_owner(ptr, old, size);
  }
  [[nodiscard]] Block allocate_zeroed(Layout layout) noexcept {
    return target_->allocate_zeroed(layout);
  }
  /// One call where owns and deallocate would be two; none for a block that cannot be its own.
  [[nodiscard]] bool try_deallocate(std::byte* ptr, Layout layout) noexcept requires HasOwns {
    return layout.size <= max_size_ && region_.holds(ptr) &&
           target_->try_deallocate(ptr, layout.size, layout.align);
  }
  void reset() noexcept { target_->reset(); }
  void rewind() noexcept { target_->rewind(); }
  [[nodiscard]] std::size_t usable_size(const std::byte* ptr) const noexcept {
    return target_->usable_size(ptr);
  }
  void deallocate(std::byte* ptr) noexcept { target_->deallocate(ptr); }
  template <HeapVisitor V>
  void walk(V& visitor) const {
    Adapter<V> adapter(visitor, shift_);
    target_->walk(adapter);
  }
  [[nodiscard]] const char* check() const noexcept { return target_->check(); }

 private:
  template <class V>
  class Adapter final : public ErasedVisitor {
   public:
    Adapter(V& visitor, NodeId shift) noexcept : shifted_(visitor, shift) {}
    void region(const Region& region) override { shifted_.region(region); }
    void span(const Span& span) override { shifted_.span(span); }

   private:
    ShiftedVisitor<V> shifted_;
  };

  Erased* target_;
  std::size_t max_size_;
  HomeRegion region_;
  NodeId shift_;
};

/// What an allocator that gets its memory from another holds: one type for all, as such a backing
/// is called by one thread at a time and asked for nothing but blocks.
using BackingHandle = Dynamic<false, false, false>;

/// Calls use(handle) with the handle whose type fits the link; distance as for Dynamic.
template <class Use>
decltype(auto) with_handle(Erased& link, NodeId distance, Use&& use) {
  const Capabilities& can = link.facts().can;
  const bool shared = link.facts().threads == Threads::any;
  const auto with = [&]<bool owns, bool reallocates>() -> decltype(auto) {
    return shared ? use(Dynamic<owns, reallocates, true>(link, distance))
                  : use(Dynamic<owns, reallocates, false>(link, distance));
  };
  if (can.owns) {
    return can.reallocates ? with.template operator()<true, true>()
                           : with.template operator()<true, false>();
  }
  return can.reallocates ? with.template operator()<false, true>()
                         : with.template operator()<false, false>();
}

/// What an allocator can do, whether its type says so or its facts.
template <Allocator A>
[[nodiscard]] const Capabilities& capabilities(const A& allocator) noexcept {
  if constexpr (requires { allocator.facts(); }) {
    return allocator.facts().can;
  } else {
    return capabilities_of<A>;
  }
}

}  // namespace heapatlas::chain
