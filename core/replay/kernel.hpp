// The replay loop: every pass of every allocator runs this one function.
//
// What a pass adds is an observer, whose calls vanish where they are empty. The loop itself
// decodes an operation, calls the allocator, and keeps the block's address and the size last
// requested successfully in the operation's slot: the size that frees and resizes the block.
//
// A failed allocation leaves an empty slot, and what the trace does with that object is skipped
// and counted. A failed resize leaves the block as it was.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/alloc/concepts.hpp"
#include "core/alloc/resize.hpp"
#include "core/replay/operation.hpp"
#include "core/replay/workload.hpp"

namespace heapatlas::replay {

/// Where a live object's block is. An empty address: its allocation failed.
struct Slot {
  std::byte* ptr = nullptr;
  std::size_t size = 0;  ///< bytes, as last requested successfully
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

/// Asks for the cache line so many bytes behind an address; there need be no memory.
inline void prefetch(const void* from, std::size_t bytes) noexcept {
  __builtin_prefetch(reinterpret_cast<const void*>(reinterpret_cast<std::uintptr_t>(from) + bytes));
}

/// One operation: what the loop does with it. `wide_sizes` moves on past a size that was needed.
template <Allocator A, class O>
[[gnu::always_inline]] inline void run_operation(A& a, Operation op, std::size_t at,
                                                 const std::uint64_t*& wide_sizes, Slot* slots,
                                                 O& observer, Failures& failures) noexcept {
  const std::uint32_t index = op.slot();
  Slot& slot = slots[index];
  if (op.is_free()) {
    if (slot.ptr == nullptr) [[unlikely]] {
      ++failures.skipped;
      return;
    }
    const Layout layout{slot.size, op.align()};
    observer.freeing(at, index, slot.ptr, layout);
    a.deallocate(slot.ptr, layout);
    observer.finished(at);
    return;
  }
  std::size_t size = op.size();
  if (op.wide()) [[unlikely]]
    size = *wide_sizes++;
  if (op.is_resize()) [[unlikely]] {
    if (slot.ptr == nullptr) [[unlikely]] {
      ++failures.skipped;
      return;
    }
    const Layout old{slot.size, op.align()};
    observer.resizing(at, index, slot.ptr, old);
    const Block block = heapatlas::reallocate(a, slot.ptr, old, size);
    if (block) [[likely]] {
      slot = {block.ptr, size};
      observer.resized(at, index, old, block, size);
    } else {
      ++failures.resizes;
      observer.not_resized(at, index, slot.ptr, old);
    }
  } else {
    const Layout layout{size, op.align()};
    const bool zeroed = op.kind() == OperationKind::allocate_zeroed;
    const Block block = zeroed ? heapatlas::allocate_zeroed(a, layout) : a.allocate(layout);
    slot = {block.ptr, size};
    if (block) [[likely]]
      observer.granted(at, index, block, layout, zeroed);
    else
      ++failures.allocations;
  }
  observer.finished(at);
}

/// Runs the operations against the allocator. `wide_sizes` are those the operations need, in
/// order; `slots` has room for every slot they name. The caller's allocator, workload and slots
/// must not change meanwhile; nothing else is touched, and nothing is allocated but by `a`.
///
/// Whether an operation frees is what a processor foresees least of a trace, and a wrong guess is
/// found out the sooner the earlier the operation was read: so each is read while the one before
/// it runs, and the last from a copy that has one behind it. A processor that reads ahead by itself
/// stops at the end of a page; this does not. The alignment keeps the loop's place among cache
/// lines from depending on what else is linked.
template <Allocator A, class O>
[[gnu::noinline, gnu::aligned(64)]] Failures run_operations(A& a,
                                                            std::span<const Operation> operations,
                                                            const std::uint64_t* wide_sizes,
                                                            Slot* slots, O& observer) noexcept {
  Failures failures;
  if (operations.empty()) return failures;
  const std::array<Operation, 2> last{operations.back(), {}};
  const std::span<const Operation> parts[] = {operations.first(operations.size() - 1),
                                              std::span(last).first(1)};
  std::size_t first = 0;
  for (const auto part : parts) {
    const Operation* const begin = part.data();
    const Operation* const end = begin + part.size();
    Operation next = *begin;
    for (const Operation* operation = begin; operation != end;) {
      const std::size_t at = first + static_cast<std::size_t>(operation - begin);
      if (!observer.proceed(at)) return failures;
      const Operation op = next;
      next = *++operation;
      prefetch(operation, 256 * sizeof(Operation));
      run_operation(a, op, at, wide_sizes, slots, observer, failures);
    }
    first += part.size();
  }
  return failures;
}

}  // namespace heapatlas::replay
