// failing(A): a test allocator that fails when the injector says so.
//
// Put it around the parts of a composite; law_failure_injection counts the requests that reach it
// in one script, then runs the script again once for each of them, failing that one.
#pragma once

#include <cstddef>
#include <limits>
#include <utility>

#include "core/alloc/concepts.hpp"

namespace heapatlas::conformance {

/// Counts requests, and fails the one whose turn it is.
struct Injector {
  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
  std::size_t seen = 0;
  std::size_t fails_at = none;

  /// Whether the request that is now made is to fail.
  bool strikes() noexcept { return seen++ == fails_at; }
};

inline Injector& injector() {
  static Injector instance;
  return instance;
}

template <Allocator A>
class Failing {
 public:
  static constexpr Threads threads = A::threads;
  static constexpr NodeId node_count = heapatlas::node_count<A>;

  template <class... Args>
  explicit(sizeof...(Args) > 0) Failing(Args&&... args) : part_(std::forward<Args>(args)...) {}
  Failing(const Failing&) = delete;
  Failing& operator=(const Failing&) = delete;

  [[nodiscard]] std::size_t min_alignment() const noexcept { return part_.min_alignment(); }
  [[nodiscard]] std::size_t max_alignment() const noexcept { return part_.max_alignment(); }

  [[nodiscard]] Block allocate(Layout layout) noexcept {
    return injector().strikes() ? Block{} : part_.allocate(layout);
  }
  [[nodiscard]] Block allocate_zeroed(Layout layout) noexcept requires Zeroing<A> {
    return injector().strikes() ? Block{} : part_.allocate_zeroed(layout);
  }
  void deallocate(std::byte* ptr, Layout layout) noexcept { part_.deallocate(ptr, layout); }
  [[nodiscard]] bool owns(const std::byte* ptr) const noexcept requires Owning<A> {
    return part_.owns(ptr);
  }
  [[nodiscard]] Block grow(std::byte* ptr, Layout old,
                           std::size_t size) noexcept requires Resizing<A> {
    return injector().strikes() ? Block{} : part_.grow(ptr, old, size);
  }
  [[nodiscard]] Block shrink(std::byte* ptr, Layout old,
                             std::size_t size) noexcept requires Resizing<A> {
    return injector().strikes() ? Block{} : part_.shrink(ptr, old, size);
  }
  [[nodiscard]] Block reallocate(std::byte* ptr, Layout old,
                                 std::size_t size) noexcept requires Reallocating<A> {
    return injector().strikes() ? Block{} : part_.reallocate(ptr, old, size);
  }
  void reset() noexcept requires Resettable<A> { part_.reset(); }
  template <HeapVisitor V>
  void walk(V& visitor) const requires Introspectable<A> {
    part_.walk(visitor);
  }
  [[nodiscard]] const char* check() const noexcept { return check_part(part_); }

 private:
  A part_;
};

}  // namespace heapatlas::conformance
