// Objects in an allocator of the family, owned by std::unique_ptr.
//
//   UniqueIn<Node, Pool> node = make_unique_in<Node>(pool, key, value);
//   if (!node) ...                                // no memory; key and value are as they were
//   auto placed = place_unique_in(pool, std::move(big));
//   if (placed.refused) ... *placed.refused ...   // no memory; the value handed back
//
// The pointer borrows the allocator, which must outlive it; its object is destroyed and its memory
// freed as with any unique_ptr, and `release` lets go of both. When a constructor throws, the
// memory is given back and the exception goes on. Cost: a pointer beside the object's (and a count
// for arrays).
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "core/alloc/concepts.hpp"

namespace heapatlas {

/// Destroys an object and frees its memory in the allocator it came from.
template <class T, Allocator A>
class DeleteIn {
 public:
  DeleteIn() noexcept = default;
  explicit DeleteIn(A& allocator) noexcept : allocator_(&allocator) {}

  void operator()(T* object) const noexcept {
    std::destroy_at(object);
    allocator_->deallocate(reinterpret_cast<std::byte*>(object), layout_of<T>());
  }

 private:
  A* allocator_ = nullptr;
};

/// The same for an array, whose length the deleter knows.
template <class T, Allocator A>
class DeleteIn<T[], A> {
 public:
  DeleteIn() noexcept = default;
  DeleteIn(A& allocator, std::size_t count) noexcept : allocator_(&allocator), count_(count) {}

  [[nodiscard]] std::size_t size() const noexcept { return count_; }

  void operator()(T* first) const noexcept {
    std::destroy_n(first, count_);
    allocator_->deallocate(reinterpret_cast<std::byte*>(first), layout_of<T>(count_));
  }

 private:
  A* allocator_ = nullptr;
  std::size_t count_ = 0;
};

template <class T, Allocator A>
using UniqueIn = std::unique_ptr<T, DeleteIn<T, A>>;

namespace detail {

/// Memory that is given back unless it is kept: for constructors that throw.
template <Allocator A>
class Memory {
 public:
  Memory(A& allocator, Layout layout) noexcept
      : allocator_(allocator), layout_(layout), block_(allocator.allocate(layout)) {}
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory() {
    if (block_) allocator_.deallocate(block_.ptr, layout_);
  }
  [[nodiscard]] std::byte* get() const noexcept { return block_.ptr; }
  void keep() noexcept { block_ = {}; }

 private:
  A& allocator_;
  Layout layout_;
  Block block_;
};

}  // namespace detail

/// An object made from arguments. Empty when there is no memory: then no argument was touched.
template <class T, Allocator A, class... Args>
requires(!std::is_array_v<T>)
    [[nodiscard]] UniqueIn<T, A> make_unique_in(A& allocator, Args&&... args) {
  detail::Memory<A> memory{allocator, layout_of<T>()};
  if (memory.get() == nullptr) return {};
  T* const object = ::new (static_cast<void*>(memory.get())) T(std::forward<Args>(args)...);
  memory.keep();
  return UniqueIn<T, A>{object, DeleteIn<T, A>{allocator}};
}

/// An array of count (>= 1) value-initialised objects. Empty when there is no memory. When a
/// constructor throws, those made before are destroyed.
template <class T, Allocator A>
requires std::is_unbounded_array_v<T>
[[nodiscard]] UniqueIn<T, A> make_unique_in(A& allocator, std::size_t count) {
  using Element = std::remove_extent_t<T>;
  detail::Memory<A> memory{allocator, layout_of<Element>(count)};
  if (memory.get() == nullptr) return {};
  auto* const first = reinterpret_cast<Element*>(memory.get());
  std::uninitialized_value_construct_n(first, count);
  memory.keep();
  return UniqueIn<T, A>{first, DeleteIn<T, A>{allocator, count}};
}

/// What became of a value: one of the two holds it.
template <class T, Allocator A>
struct Placed {
  UniqueIn<T, A> owner;
  std::optional<T> refused;
};

/// Moves a value into memory of the allocator; hands it back when there is none.
template <class T, Allocator A>
[[nodiscard]] Placed<T, A> place_unique_in(A& allocator, T value) {
  UniqueIn<T, A> owner = make_unique_in<T>(allocator, std::move(value));
  if (owner) return {std::move(owner), std::nullopt};
  return {nullptr, std::optional<T>{std::move(value)}};
}

}  // namespace heapatlas
