// What a resize of talc copies: a block that moves, once; one that stays or cannot move, nothing.
// The program is linked so that its calls of memcpy come here first.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>

#include "core/alloc/manual_source.hpp"
#include "core/alloc/resize.hpp"
#include "core/alloc/talc.hpp"

namespace {
/// Volatile: compilers know that memcpy writes to nothing else.
volatile std::size_t bytes_copied = 0;
}  // namespace

extern "C" void* __real_memcpy(void*, const void*, std::size_t);  // NOLINT: the linker's name
extern "C" void* __wrap_memcpy(void* to, const void* from, std::size_t size) {  // NOLINT: as above
  bytes_copied = bytes_copied + size;
  return __real_memcpy(to, from, size);
}

namespace heapatlas {
namespace {

struct NeverGrows : talc::Options {
  static constexpr bool grow_in_place = false;
};
struct NeverInPlace : NeverGrows {
  static constexpr bool shrink_in_place = false;
};

/// Bytes copied by a resize of a block that the rest of the heap follows.
template <class Options>
struct Resizes {
  static constexpr std::size_t size = std::size_t{1} << 14;
  alignas(4096) std::byte memory[8 * size];
  Talc<ManualSource, talc::FineBinning, Options> heap;

  Resizes() { heap.claim(memory, sizeof(memory)); }

  std::size_t copied_from(std::size_t old_size, std::size_t new_size, bool expected) {
    // Not known when compiling: a copy is a call.
    __asm__ __volatile__("" : "+r"(old_size), "+r"(new_size));
    const Layout old{old_size, 16};
    Block block = heap.allocate(old);
    for (std::size_t i = 0; i < old_size; ++i) block.ptr[i] = static_cast<std::byte>(i % 251);
    bytes_copied = 0;
    const Block resized = heapatlas::reallocate(heap, block.ptr, old, new_size);
    const std::size_t copied = bytes_copied;
    EXPECT_EQ(static_cast<bool>(resized), expected);
    const Block now = resized ? resized : block;
    const std::size_t kept = old_size < new_size ? old_size : new_size;
    for (std::size_t i = 0; i < kept; ++i)
      if (now.ptr[i] != static_cast<std::byte>(i % 251)) return ~std::size_t{0};
    heap.deallocate(now.ptr, {resized ? new_size : old_size, 16});
    EXPECT_EQ(heap.check(), nullptr);
    return copied;
  }
};

TEST(TalcResize, copies_nothing_in_place) {
  Resizes<talc::Options> in_place;
  EXPECT_EQ(in_place.copied_from(in_place.size, 2 * in_place.size, true), 0U);
  EXPECT_EQ(in_place.copied_from(2 * in_place.size, in_place.size, true), 0U);
}

TEST(TalcResize, copies_once_where_growth_in_place_is_off) {
  Resizes<NeverGrows> moves;
  EXPECT_EQ(moves.copied_from(moves.size, 2 * moves.size, true), moves.size);
  EXPECT_EQ(moves.copied_from(2 * moves.size, moves.size, true), 0U);
}

TEST(TalcResize, copies_once_where_nothing_is_done_in_place) {
  Resizes<NeverInPlace> moves;
  EXPECT_EQ(moves.copied_from(moves.size, 2 * moves.size, true), moves.size);
  EXPECT_EQ(moves.copied_from(2 * moves.size, moves.size, true), moves.size);
}

TEST(TalcResize, copies_nothing_when_there_is_no_room) {
  Resizes<NeverInPlace> moves;
  EXPECT_EQ(moves.copied_from(moves.size, 16 * moves.size, false), 0U);
  Resizes<talc::Options> in_place;
  EXPECT_EQ(in_place.copied_from(in_place.size, 16 * in_place.size, false), 0U);
}

}  // namespace
}  // namespace heapatlas
