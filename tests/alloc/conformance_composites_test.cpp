// The suite itself: what it finds when a combinator mistreats its parts.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>

#include "core/alloc/memory.hpp"
#include "tests/alloc/conformance/conformance.hpp"
#include "tests/alloc/conformance/judge.hpp"
#include "tests/alloc/conformance/units.hpp"

namespace heapatlas::conformance {
namespace {

enum class Misrouting {
  none,
  frees_granted_size,
  forgets_alignment,
  frees_elsewhere,
  keeps_a_block
};

/// Two parts side by side: small blocks in the first, the rest in the second.
template <Misrouting M>
class Pair {
 public:
  using Part = Recording<Failing<Units<Defect::none>>>;
  static constexpr Threads threads = Threads::one;
  static constexpr NodeId node_count = 3;

  Pair(std::byte* first, std::byte* second) : first_(first), second_(second) {}
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;

  std::size_t min_alignment() const noexcept { return first_.min_alignment(); }
  std::size_t max_alignment() const noexcept { return first_.max_alignment(); }
  Block allocate(Layout layout) noexcept {
    if (M == Misrouting::forgets_alignment) layout.align = 1;
    return part_of(layout).allocate(layout);
  }
  void deallocate(std::byte* ptr, Layout layout) noexcept {
    Part& part = part_of(layout);
    if (M == Misrouting::frees_granted_size) layout.size = (layout.size + 15) / 16 * 16;
    if (M == Misrouting::keeps_a_block && layout.size == 77) return;
    if (M == Misrouting::frees_elsewhere && layout.size > 1)
      return part_of(layout.with_size(layout.size / 2)).deallocate(ptr, layout);
    part.deallocate(ptr, layout);
  }
  template <HeapVisitor V>
  void walk(V& visitor) const {
    walk_part(first_, visitor, 1);
    walk_part(second_, visitor, 2);
  }

 private:
  Part& part_of(Layout layout) noexcept { return layout.size <= 64 ? first_ : second_; }
  Part first_;
  Part second_;
};

template <Misrouting M>
class PairSubject {
 public:
  static constexpr auto name = "pair";
  static constexpr Facts facts{.capacity = 1024, .unit = 16, .coalesces = false};
  Pair<M>& allocator() { return pair_; }

 private:
  alignas(4096) std::byte first_[1024];
  alignas(4096) std::byte second_[1024];
  Pair<M> pair_{first_, second_};
};

using HonestPair = PairSubject<Misrouting::none>;
HEAPATLAS_CONFORMANCE(Composites, HonestPair);

TEST(ConformanceSuite, finds_misrouted_frees) {
  expect_found(law_model<PairSubject<Misrouting::frees_granted_size>>, "another layout");
  expect_found(law_model<PairSubject<Misrouting::frees_elsewhere>>, "never granted");
  expect_found(law_sizes_by_alignments<PairSubject<Misrouting::forgets_alignment>>,
               "another layout");
}
TEST(ConformanceSuite, finds_blocks_that_a_composite_keeps) {
  expect_found(law_model<PairSubject<Misrouting::keeps_a_block>>, "");
}

/// Borrows a part, and when growing by moving forgets that the part may fail.
class Careless {
 public:
  using Part = Failing<Units<Defect::none>>;
  static constexpr Threads threads = Threads::one;
  explicit Careless(std::byte* memory) : part_(memory) {}
  Careless(const Careless&) = delete;
  Careless& operator=(const Careless&) = delete;

  std::size_t min_alignment() const noexcept { return 1; }
  std::size_t max_alignment() const noexcept { return part_.max_alignment(); }
  Block allocate(Layout layout) noexcept { return part_.allocate(layout); }
  void deallocate(std::byte* ptr, Layout layout) noexcept { part_.deallocate(ptr, layout); }
  Block reallocate(std::byte* ptr, Layout old, std::size_t new_size) noexcept {
    const Block moved = part_.allocate(old.with_size(new_size));
    if (!moved) zero_bytes(ptr, 1);
    if (!moved) return {};
    copy_bytes(moved.ptr, ptr, std::min(old.size, new_size));
    part_.deallocate(ptr, old);
    return moved;
  }

 private:
  Part part_;
};

class CarelessSubject {
 public:
  static constexpr auto name = "careless";
  static constexpr Facts facts{.capacity = 1024, .unit = 16, .usual_size = 16};
  Careless& allocator() { return careless_; }

 private:
  alignas(4096) std::byte memory_[1024];
  Careless careless_{memory_};
};

TEST(ConformanceSuite, finds_what_breaks_when_a_part_fails) {
  expect_found(law_failure_injection<CarelessSubject>, "changed while it was live");
}

}  // namespace
}  // namespace heapatlas::conformance
