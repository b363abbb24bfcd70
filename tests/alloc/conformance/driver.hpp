// Drives one fresh subject beside the model: every operation is judged as it happens.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>

#include "core/alloc/concepts.hpp"
#include "core/alloc/resize.hpp"
#include "tests/alloc/conformance/fault.hpp"
#include "tests/alloc/conformance/model.hpp"
#include "tests/alloc/conformance/recording.hpp"
#include "tests/alloc/conformance/subject.hpp"
#include "tests/alloc/conformance/walk.hpp"

namespace heapatlas::conformance {

template <Subject S>
class Driver {
 public:
  using A = AllocatorOf<S>;
  static constexpr Facts facts = S::facts;

  Driver() : subject_(new S), allocator_(subject_->allocator()) { recording_fault().clear(); }
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  [[nodiscard]] A& allocator() { return allocator_; }
  [[nodiscard]] const Model& model() const { return model_; }

  /// Whether operations are followed by check(), a walk and its laws. On by default.
  void set_auditing(bool on) { auditing_ = on; }

  /// The largest alignment up to 4096 that may be granted.
  [[nodiscard]] std::size_t max_alignment() const {
    return std::min<std::size_t>(allocator_.max_alignment(), 4096);
  }

  bool allocate(Layout layout) {
    return take(layout, [&] { return allocator_.allocate(layout); });
  }

  bool allocate_zeroed(Layout layout) {
    return take(layout, [&] {
      const Block block = heapatlas::allocate_zeroed(allocator_, layout);
      if (block) verify_zeroed(block, 0);
      return block;
    });
  }

  void deallocate(Model::Handle handle) {
    const Live live = model_.at(handle);
    model_.remove(handle);
    allocator_.deallocate(live.ptr, live.layout);
    snapshot_.reset();
    audit();
  }

  /// Frees by address alone.
  void deallocate_unsized(Model::Handle handle) requires SelfSizing<A> {
    const Live live = model_.at(handle);
    model_.remove(handle);
    allocator_.deallocate(live.ptr);
    snapshot_.reset();
    audit();
  }

  /// Grows or shrinks strictly in place.
  bool resize_in_place(Model::Handle handle, std::size_t new_size) requires Resizing<A> {
    const Live live = model_.at(handle);
    return change(handle, new_size, [&] {
      const Block block = new_size >= live.layout.size
                              ? allocator_.grow(live.ptr, live.layout, new_size)
                              : allocator_.shrink(live.ptr, live.layout, new_size);
      if (block && block.ptr != live.ptr) fail("a block moved from ", live.ptr, " in place");
      return block;
    });
  }

  bool reallocate(Model::Handle handle, std::size_t new_size) {
    const Live live = model_.at(handle);
    return change(handle, new_size, [&] {
      return heapatlas::reallocate(allocator_, live.ptr, live.layout, new_size);
    });
  }

  bool reallocate_zeroed(Model::Handle handle, std::size_t new_size) {
    const Live live = model_.at(handle);
    return change(handle, new_size, [&] {
      const Block block = heapatlas::reallocate_zeroed(allocator_, live.ptr, live.layout, new_size);
      if (block) verify_zeroed(block, live.layout.size);
      return block;
    });
  }

  void reset() requires Resettable<A> {
    model_.clear();
    allocator_.reset();
    snapshot_.reset();
    audit();
  }

  void deallocate_all() {
    while (!model_.empty()) deallocate(model_.size() - 1);
  }

  /// Judges the allocator as it stands, at any time.
  void audit() {
    if (!recording_fault().empty()) fail(recording_fault());
    if (!auditing_) return;
    if constexpr (Checkable<A>) {
      if (const char* broken = allocator_.check()) fail("check(): ", broken);
    }
    if constexpr (Introspectable<A>) {
      snapshot_ = take_snapshot(allocator_);
      verify_walk(*snapshot_, model_, node_count<A>, node_count<A> == 1, facts.reclaims);
    }
  }

  /// The walk after the last audited operation; empty when there was none.
  [[nodiscard]] const std::optional<Snapshot>& snapshot() const { return snapshot_; }

  /// Ends a run: every pattern is verified, everything freed, the subject destroyed.
  void finish() {
    model_.verify_all();
    deallocate_all();
    subject_.reset();
    if (!recording_fault().empty()) fail(recording_fault());
  }

 private:
  template <class Ask>
  bool take(Layout layout, Ask&& ask) {
    note_state();
    const Block block = ask();
    if (!block) return failed(block);
    if (layout.align > allocator_.max_alignment())
      fail("granted alignment ", layout.align, " above max_alignment");
    if (layout.size > facts.capacity) fail("granted ", layout.size, " bytes above the capacity");
    model_.add(block, layout, allocator_.min_alignment());
    return succeeded(block);
  }

  template <class Ask>
  bool change(Model::Handle handle, std::size_t new_size, Ask&& ask) {
    note_state();
    const Block block = ask();
    if (!block) {
      Model::verify(model_.at(handle));
      return failed(block);
    }
    if (new_size > facts.capacity) fail("granted ", new_size, " bytes above the capacity");
    model_.resize(handle, block, new_size, allocator_.min_alignment());
    return succeeded(block);
  }

  /// Remembers the heap before an operation that may fail.
  void note_state() {
    if constexpr (Introspectable<A>) {
      if (auditing_ && !snapshot_) snapshot_ = take_snapshot(allocator_);
    }
  }

  bool succeeded([[maybe_unused]] Block block) {
    if constexpr (Owning<A>) {
      if (!allocator_.owns(block.ptr)) fail("owns() denies its own block at ", block.ptr);
      if (!allocator_.owns(block.ptr + block.size - 1))
        fail("owns() denies the last byte of its own block at ", block.ptr);
    }
    snapshot_.reset();
    audit();
    return true;
  }

  bool failed(Block block) {
    if (block.size != 0) fail("a failure grants ", block.size, " bytes");
    const std::optional<Snapshot> before = std::move(snapshot_);
    snapshot_.reset();
    audit();
    if (facts.failure_keeps_walk && before && snapshot_ && !(*before == *snapshot_))
      fail("a failed request changed what walk reports");
    return false;
  }

  static void verify_zeroed(Block block, std::size_t from) {
    const std::size_t end = std::min(block.size, from + filled_bytes);
    for (std::size_t i = from; i < end; ++i)
      if (block.ptr[i] != std::byte{0}) fail("byte ", i, " of a zeroed block is not 0");
  }

  std::unique_ptr<S> subject_;
  A& allocator_;
  Model model_;
  std::optional<Snapshot> snapshot_;
  bool auditing_ = true;
};

}  // namespace heapatlas::conformance
