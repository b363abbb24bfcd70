// The replay loop: every pass of every allocator runs this one function.
//
// What a pass adds is an observer, whose calls vanish where they are empty. The loop itself
// decodes an operation, calls the allocator, and keeps the block's address in the operation's slot.
//
// A failed allocation leaves an empty slot, and what the trace does with that object is skipped
// and counted. A failed resize leaves the block as it was: its size is kept beside the slot, for
// what is requested of it next must name the size last requested successfully.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/alloc/concepts.hpp"
#include "core/alloc/resize.hpp"
#include "core/replay/operation.hpp"
#include "core/replay/workload.hpp"

namespace heapatlas::replay {

/// What the loop keeps of live objects, by slot. The memory is the caller's, and zero at first.
struct Slots {
  /// Where the block is; null: its allocation failed.
  std::byte** blocks = nullptr;
  /// The size of a block whose last resize failed, where it is not the one that the operations
  /// say; 0 of any other. Not even read until a resize fails.
  std::size_t* kept_sizes = nullptr;
  std::size_t kept = 0;  ///< how many of them are not 0
};

/// What was not served.
struct Failures {
  std::uint64_t allocations = 0;
  std::uint64_t resizes = 0;
  std::uint64_t skipped = 0;  ///< operations on objects whose allocation had failed

  [[nodiscard]] std::uint64_t total() const noexcept { return allocations + resizes + skipped; }
};

/// What an observer may see, all of it empty here; observers derive from it and hide what they
/// need. `at` counts operations from 0.
struct Observer {
  /// An operation is about to run; false ends the pass instead.
  [[nodiscard]] static constexpr bool proceed(std::size_t /*at*/) noexcept { return true; }
  /// A block was granted.
  static constexpr void granted(std::size_t /*at*/, std::uint32_t /*slot*/, Block, Layout,
                                bool /*zeroed*/) noexcept {}
  /// A block is about to be resized.
  static constexpr void resizing(std::size_t /*at*/, std::uint32_t /*slot*/, std::byte* /*ptr*/,
                                 Layout /*old*/) noexcept {}
  /// A block was resized, and may have moved.
  static constexpr void resized(std::size_t /*at*/, std::uint32_t /*slot*/, Layout /*old*/, Block,
                                std::size_t /*new_size*/) noexcept {}
  /// A resize failed; the block must be as it was.
  static constexpr void not_resized(std::size_t /*at*/, std::uint32_t /*slot*/, std::byte* /*ptr*/,
                                    Layout /*old*/) noexcept {}
  /// A block is about to be freed.
  static constexpr void freeing(std::size_t /*at*/, std::uint32_t /*slot*/, std::byte* /*ptr*/,
                                Layout) noexcept {}
  /// An operation is over.
  static constexpr void finished(std::size_t /*at*/) noexcept {}
};

namespace detail {

/// The size last requested successfully of a slot's block, where the operations say `size`; the
/// operation makes it the past.
inline std::size_t take_size(Slots& slots, std::uint32_t slot, std::size_t size) noexcept {
  if (slots.kept == 0) [[likely]]
    return size;
  const std::size_t kept = slots.kept_sizes[slot];
  if (kept == 0) return size;
  slots.kept_sizes[slot] = 0;
  --slots.kept;
  return kept;
}

inline void keep_size(Slots& slots, std::uint32_t slot, std::size_t size) noexcept {
  slots.kept_sizes[slot] = size;
  ++slots.kept;
}

}  // namespace detail

/// Runs the operations against the allocator. `side` are their side words; `slots` has room for
/// every slot they name. The caller's allocator, workload and slots must not change meanwhile;
/// nothing else is touched, and nothing is allocated but by `a`.
template <Allocator A, class O>
[[gnu::noinline]] Failures run_operations(A& a, std::span<const Operation> operations,
                                          const std::uint64_t* side, Slots& slots,
                                          O& observer) noexcept {
  Failures failures;
  const Operation* const begin = operations.data();
  const Operation* const end = begin + operations.size();
  std::byte** const blocks = slots.blocks;
  for (const Operation* operation = begin; operation != end; ++operation) {
    const auto at = static_cast<std::size_t>(operation - begin);
    if (!observer.proceed(at)) break;
    const Operation op = *operation;
    const std::uint32_t slot = op.slot();
    std::byte*& ptr = blocks[slot];
    std::size_t size = op.size();
    if (op.wide()) [[unlikely]]
      size = *side++;
    if (op.kind() == OperationKind::free) {
      if (ptr == nullptr) [[unlikely]] {
        ++failures.skipped;
        continue;
      }
      const Layout layout{detail::take_size(slots, slot, size), op.align()};
      observer.freeing(at, slot, ptr, layout);
      a.deallocate(ptr, layout);
    } else if (op.kind() == OperationKind::resize) {
      const std::size_t old_size = *side++;
      if (ptr == nullptr) [[unlikely]] {
        ++failures.skipped;
        continue;
      }
      const Layout old{detail::take_size(slots, slot, old_size), op.align()};
      observer.resizing(at, slot, ptr, old);
      const Block block = heapatlas::reallocate(a, ptr, old, size);
      if (block) [[likely]] {
        ptr = block.ptr;
        observer.resized(at, slot, old, block, size);
      } else {
        ++failures.resizes;
        detail::keep_size(slots, slot, old.size);
        observer.not_resized(at, slot, ptr, old);
      }
    } else {
      const Layout layout{size, op.align()};
      const bool zeroed = op.kind() == OperationKind::allocate_zeroed;
      const Block block = zeroed ? heapatlas::allocate_zeroed(a, layout) : a.allocate(layout);
      ptr = block.ptr;
      if (block) [[likely]]
        observer.granted(at, slot, block, layout, zeroed);
      else
        ++failures.allocations;
    }
    observer.finished(at);
  }
  return failures;
}

}  // namespace heapatlas::replay
