// slab(layout, backing): blocks of one size, from pages that the backing gives.
//
//   auto slab = SlabBuilder(layout_of<Node>()).limit(1 << 20).growth_policy(GrowthPolicy::pow2)
//                   .finish(backing);
//   Block node = slab.local.allocate(layout_of<Node>());   // one thread at a time
//   slab.shared.deallocate(node.ptr, layout_of<Node>());   // any thread, lock-free
//
// `local` (SlabHeap) allocates and frees on one thread at a time; `shared` (SlabPool) only frees,
// from any thread. The slab itself is an allocator over both, with `shared` as its `remote()`.
// Requests larger than the block, or more aligned than its size is, fail. A block has the layout's
// size rounded up to its alignment and to 8 bytes; a page holds at least 7 of them and is 64 KiB or
// the power of two that 8 blocks need.
//
// A reset frees every block and keeps one page a class and four, spare, so that work that resets
// often does not ask the backing for each page again; `trim` gives them back as well. Reset a
// backing that is borrowed only after that.
//
// Teardown. `local.close()`: no more allocation; each page that still has live blocks stays until
// the last of them is freed through `shared`, and that free gives the page back. Destroying the
// slab gives everything back at once, live blocks included: every free must have returned before,
// and none may follow.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "core/alloc/concepts.hpp"
#include "core/alloc/ref.hpp"
#include "core/alloc/slab/heap.hpp"
#include "core/alloc/slab/pool.hpp"
#include "core/alloc/slab/walk.hpp"

namespace heapatlas {

/// The one block size of a slab.
class OneClass {
 public:
  static constexpr const char* name = "slab";
  static constexpr unsigned count = 1;
  static constexpr unsigned none = ~0U;

  /// A layout that no page can hold gives a slab that grants nothing.
  constexpr OneClass(Layout layout) noexcept {  // NOLINT: a layout says it all
    if (!layout.valid() || layout.size > largest || layout.align > largest) return;
    block_size_ =
        CheckedSize{layout.size}.rounded_up(layout.align).rounded_up(sizeof(SlabBlock)).value_or(0);
    if (block_size_ < smallest) block_size_ = smallest;
    page_size_ = std::bit_ceil(block_size_ * 8);
    if (page_size_ < SlabPage::min_page_size) page_size_ = SlabPage::min_page_size;
  }

  [[nodiscard]] constexpr std::size_t page_size() const noexcept { return page_size_; }
  [[nodiscard]] constexpr std::size_t block_size(unsigned = 0) const noexcept {
    return block_size_;
  }
  [[nodiscard]] constexpr unsigned index(Layout layout) const noexcept {
    return layout.size <= block_size_ && layout.align <= alignment() ? 0 : none;
  }
  [[nodiscard]] constexpr std::size_t min_alignment() const noexcept {
    return block_size_ == 0 ? 1 : alignment();
  }
  [[nodiscard]] constexpr std::size_t max_alignment() const noexcept { return min_alignment(); }

 private:
  static constexpr std::size_t smallest = 8;
  static constexpr std::size_t largest = std::size_t{1} << 26;

  [[nodiscard]] constexpr std::size_t alignment() const noexcept {
    return block_size_ & (~block_size_ + 1);
  }

  std::size_t block_size_ = 0;
  std::size_t page_size_ = 0;
};

/// A slab, of one class or several: a pool and one heap of it.
template <Allocator Backing, class Classes, class Mutex>
class BasicSlab {
 public:
  using Pool = SlabPool<Backing, Classes, Mutex>;
  using Heap = SlabHeap<Pool>;
  static constexpr Threads threads = Threads::remote_free;
  static constexpr NodeId node_count = 1 + heapatlas::node_count<Backing>;

  /// The backing is made in place from what follows the options.
  template <class... BackingArguments>
  explicit BasicSlab(Classes classes, SlabOptions options = {}, BackingArguments&&... backing)
      : shared(classes, options, static_cast<BackingArguments&&>(backing)...), local(shared) {}
  ~BasicSlab() { local.forget(); }

  Pool shared;  ///< frees, from any thread
  Heap local;   ///< allocates and frees, on one thread at a time

  [[nodiscard]] Pool& remote() noexcept { return shared; }

  [[nodiscard]] std::size_t min_alignment() const noexcept {
    return shared.classes().min_alignment();
  }
  [[nodiscard]] std::size_t max_alignment() const noexcept {
    return shared.classes().max_alignment();
  }
  [[nodiscard]] Block allocate(Layout layout) noexcept { return local.allocate(layout); }
  void deallocate(std::byte* ptr, Layout layout) noexcept { local.deallocate(ptr, layout); }
  void deallocate(std::byte* ptr) noexcept { local.deallocate(ptr); }
  /// Frees a block if it is of this slab; false: it is not, and nothing was done.
  [[nodiscard]] bool try_deallocate(std::byte* ptr, Layout layout) noexcept {
    if (shared.find_page(ptr) == nullptr) return false;
    local.deallocate(ptr, layout);
    return true;
  }
  [[nodiscard]] bool owns(const std::byte* ptr) const noexcept { return shared.owns(ptr); }
  [[nodiscard]] std::size_t usable_size(const std::byte* ptr) const noexcept {
    return shared.usable_size(ptr);
  }
  [[nodiscard]] Block grow(std::byte* ptr, Layout old, std::size_t new_size) noexcept {
    return shared.grow(ptr, old, new_size);
  }
  [[nodiscard]] Block shrink(std::byte* ptr, Layout old, std::size_t new_size) noexcept {
    return shared.shrink(ptr, old, new_size);
  }
  /// Frees every block, and keeps a few pages: see SlabPool. Needs quiet, as walk and check do.
  void reset() noexcept {
    local.forget();
    shared.reset();
  }
  /// Gives every empty page back to the backing.
  void trim() noexcept {
    local.trim();
    shared.trim();
  }
  template <HeapVisitor V>
  void walk(V& visitor) const {
    shared.walk(visitor);
  }
  [[nodiscard]] SlabCounters counters() const noexcept { return shared.counters(); }
  [[nodiscard]] const char* check() const noexcept {
    const char* broken = local.check();
    return broken != nullptr ? broken : shared.check();
  }
};

template <Allocator Backing, class Mutex = SpinMutex<>>
using Slab = BasicSlab<Backing, OneClass, Mutex>;

/// Says what a slab is to be; `finish` makes it over a backing that is borrowed, and must outlive
/// it.
class SlabBuilder {
 public:
  explicit constexpr SlabBuilder(Layout layout) noexcept : layout_(layout) {}

  constexpr SlabBuilder& limit(std::size_t bytes) noexcept {
    options_.limit = bytes;
    return *this;
  }
  constexpr SlabBuilder& growth_policy(GrowthPolicy growth) noexcept {
    options_.growth = growth;
    return *this;
  }
  template <Allocator Backing>
  [[nodiscard]] Slab<Ref<Backing>> finish(Backing& backing) const noexcept {
    return Slab<Ref<Backing>>{OneClass{layout_}, options_, backing};
  }

 private:
  Layout layout_;
  SlabOptions options_;
};

}  // namespace heapatlas
