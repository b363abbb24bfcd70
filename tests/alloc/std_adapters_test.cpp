// The standard library's containers and pointers over allocators of the family.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <list>
#include <map>
#include <memory>
#include <memory_resource>
#include <new>
#include <sstream>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/alloc/bump.hpp"
#include "core/alloc/fallback.hpp"
#include "core/alloc/free_list.hpp"
#include "core/alloc/never.hpp"
#include "core/alloc/os/mapped_bump.hpp"
#include "core/alloc/os/os.hpp"
#include "core/alloc/os/system.hpp"
#include "core/alloc/ref.hpp"
#include "core/alloc/scoped.hpp"
#include "core/alloc/stalloc.hpp"
#include "core/alloc/std/pmr.hpp"
#include "core/alloc/std/print_stalloc.hpp"
#include "core/alloc/std/replace_new.hpp"
#include "core/alloc/std/std_allocator.hpp"
#include "core/alloc/std/unique_in.hpp"
#include "core/alloc/tree_stalloc.hpp"

namespace {

/// Calls of the global operator new, which this program replaces to count them.
std::size_t news = 0;

struct CountingSystem : heapatlas::System {
  heapatlas::Block allocate(heapatlas::Layout layout) noexcept {
    ++news;
    return System::allocate(layout);
  }
};
CountingSystem counting;

}  // namespace

HEAPATLAS_REPLACE_NEW(counting);

namespace heapatlas {
namespace {

constexpr std::size_t room = 1 << 16;

/// Sizes that must fail, volatile because compilers warn of those they can see.
volatile std::size_t half_of_all = SIZE_MAX / 2;
volatile std::size_t all = SIZE_MAX;

/// One of each: the allocator, default-constructible, with memory enough for use_containers.
template <class A>
struct Held {
  alignas(4096) std::byte memory[room];
  A allocator{memory, room};
};
template <class A>
requires std::is_default_constructible_v<A>
struct Held<A> {
  A allocator;
};
struct HeldFreeList {
  alignas(4096) std::byte memory[16 * room];
  FreeList allocator{memory, sizeof memory, 4096};
};
struct HeldRef {
  Stalloc<8192, 8> heap;
  Ref<Stalloc<8192, 8>> allocator{heap};
};
struct HeldChain {
  alignas(64) std::byte memory[512];
  Fallback<Bump, Fallback<Stalloc<64, 8>, System>> allocator{Bump{memory, sizeof memory}, {}};
};
struct HeldTightChain {
  Fallback<Stalloc<16, 8>, MappedBump> allocator;
};

template <class Held>
class Containers : public testing::Test {};
using Allocators =
    testing::Types<Held<Bump>, Held<SharedBump>, Held<Scoped>, Held<Stalloc<8192, 8>>,
                   Held<TreeStalloc<8192, 8>>, Held<System>, Held<Os>, Held<MappedBump>,
                   HeldFreeList, HeldRef, HeldChain, HeldTightChain>;
TYPED_TEST_SUITE(Containers, Allocators);

/// Does with containers what a reference does without, and compares.
template <class Vector, class Map, class List>
void use_containers(Vector& numbers, Map& squares, List& words) {
  for (int i = 0; i < 100; ++i) {
    numbers.push_back(i);
    squares[i * 37 % 101] = i * i;
    if (i % 5 == 0) words.emplace_back("a string that is longer than any small-string buffer");
    if (i % 15 == 0 && !words.empty()) words.pop_front();
    if (i % 3 == 0) squares.erase(i * 37 % 101);
  }
  numbers.shrink_to_fit();
  Vector moved = std::move(numbers);
  ASSERT_EQ(moved.size(), 100U);
  for (int i = 0; i < 100; ++i) ASSERT_EQ(moved[static_cast<std::size_t>(i)], i);
  for (int i = 0; i < 100; ++i) ASSERT_EQ(squares.count(i * 37 % 101), i % 3 == 0 ? 0U : 1U);
  for (const auto& word : words) ASSERT_EQ(word.size(), 52U);
}

TYPED_TEST(Containers, work_through_a_memory_resource) {
  const auto held = std::make_unique<TypeParam>();
  PmrResource resource{held->allocator};
  std::pmr::vector<int> numbers{&resource};
  std::pmr::map<int, int> squares{&resource};
  std::pmr::list<std::pmr::string> words{&resource};
  use_containers(numbers, squares, words);
}

TYPED_TEST(Containers, work_through_a_standard_allocator) {
  using A = std::remove_reference_t<decltype(TypeParam::allocator)>;
  using String = std::basic_string<char, std::char_traits<char>, StdAllocator<char, A>>;
  const auto held = std::make_unique<TypeParam>();
  A& allocator = held->allocator;
  std::vector<int, StdAllocator<int, A>> numbers{allocator};
  std::map<int, int, std::less<>, StdAllocator<std::pair<const int, int>, A>> squares{allocator};
  std::list<String, StdAllocator<String, A>> words{allocator};
  const auto push = [&](const char* text) { words.emplace_back(text, allocator); };
  struct Words {
    decltype(push)& emplace_back;
    decltype(words)& list;
    [[nodiscard]] bool empty() const { return list.empty(); }
    void pop_front() { list.pop_front(); }
    auto begin() const { return list.begin(); }
    auto end() const { return list.end(); }
  } view{push, words};
  use_containers(numbers, squares, view);
}

TEST(PmrResource, a_vector_and_a_map_in_4_kib_on_the_stack_use_no_heap) {
  std::pmr::memory_resource* const before =
      std::pmr::set_default_resource(std::pmr::null_memory_resource());
  const std::size_t news_before = news;
  {
    Stalloc<512, 8> heap;
    PmrResource resource{heap};
    std::pmr::vector<int> numbers{&resource};
    std::pmr::map<int, std::pmr::string> names{&resource};
    for (int i = 0; i < 100; ++i) numbers.push_back(i);
    for (int i = 0; i < 10; ++i) names.emplace(i, "longer than a small-string buffer is");
    EXPECT_EQ(numbers[99], 99);
    EXPECT_EQ(names.at(9).size(), 36U);
    EXPECT_TRUE(heap.owns(reinterpret_cast<std::byte*>(numbers.data())));
    names.clear();
    numbers = std::pmr::vector<int>{&resource};
    EXPECT_TRUE(heap.is_empty());
  }
  EXPECT_EQ(news, news_before);
  std::pmr::set_default_resource(before);
}

TEST(PmrResource, no_bytes_are_one_byte_and_failure_throws) {
  Stalloc<2, 8> heap;
  PmrResource resource{heap};
  void* const nothing = resource.allocate(0, 1);
  EXPECT_NE(nothing, nullptr);
  EXPECT_THROW(static_cast<void>(resource.allocate(9, 1)), std::bad_alloc);
  EXPECT_THROW(static_cast<void>(resource.allocate(all, 1)), std::bad_alloc);
  resource.deallocate(nothing, 0, 1);
  EXPECT_TRUE(heap.is_empty());
}

TEST(PmrResource, is_equal_over_the_same_allocator_only) {
  Stalloc<2, 8> heap, other;
  const PmrResource a{heap}, b{heap}, c{other};
  EXPECT_EQ(a, b);
  EXPECT_NE(a, c);
  EXPECT_NE(a, *std::pmr::new_delete_resource());
}

TEST(StdAllocator, bytes_that_overflow_throw) {
  Never never;
  StdAllocator<double, Never> doubles{never};
  EXPECT_THROW(static_cast<void>(doubles.allocate(half_of_all)), std::bad_array_new_length);
  EXPECT_THROW(static_cast<void>(doubles.allocate(1)), std::bad_alloc);
}

using Heap = Stalloc<64, 8>;

struct Thrower {
  explicit Thrower(int& left) {
    if (left-- == 0) throw std::runtime_error("constructor");
    ++alive;
  }
  Thrower() : Thrower(left_of_arrays) {}
  ~Thrower() { --alive; }
  static inline int alive = 0;
  static inline int left_of_arrays = 0;
};

TEST(UniqueIn, owns_an_object_and_frees_it) {
  Heap heap;
  {
    const auto text = make_unique_in<std::string>(heap, 5U, 'x');
    ASSERT_TRUE(text);
    EXPECT_EQ(*text, "xxxxx");
    EXPECT_TRUE(heap.owns(reinterpret_cast<const std::byte*>(text.get())));
  }
  EXPECT_TRUE(heap.is_empty());
}

TEST(UniqueIn, a_throwing_constructor_gives_the_memory_back) {
  Heap heap;
  int none = 0;
  EXPECT_THROW(static_cast<void>(make_unique_in<Thrower>(heap, none)), std::runtime_error);
  EXPECT_TRUE(heap.is_empty());
  Thrower::left_of_arrays = 3;
  EXPECT_THROW(static_cast<void>(make_unique_in<Thrower[]>(heap, 5)), std::runtime_error);
  EXPECT_TRUE(heap.is_empty());
  EXPECT_EQ(Thrower::alive, 0);
}

TEST(UniqueIn, a_failed_make_leaves_or_hands_back_the_value) {
  Stalloc<1, 8> full;
  auto word = std::make_unique<int>(7);
  using Word = std::unique_ptr<int>;
  struct Big {
    Word word;
    std::byte room[64] = {};
  };
  EXPECT_FALSE(make_unique_in<Big>(full, Big{}));
  EXPECT_FALSE((make_unique_in<std::pair<Word, Big>>(full, std::move(word), Big{})));
  ASSERT_TRUE(word) << "the argument was not moved from";
  auto placed = place_unique_in(full, Big{std::move(word)});
  ASSERT_FALSE(placed.owner);
  ASSERT_TRUE(placed.refused);
  EXPECT_EQ(*placed.refused->word, 7);
  Heap heap;
  auto kept = place_unique_in(heap, std::move(*placed.refused));
  ASSERT_TRUE(kept.owner);
  EXPECT_FALSE(kept.refused);
  EXPECT_EQ(*kept.owner->word, 7);
}

TEST(UniqueIn, arrays_know_their_length) {
  Heap heap;
  {
    const auto numbers = make_unique_in<int[]>(heap, 20);
    ASSERT_TRUE(numbers);
    EXPECT_EQ(numbers.get_deleter().size(), 20U);
    for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(numbers[i], 0);
  }
  EXPECT_TRUE(heap.is_empty());
  EXPECT_FALSE(make_unique_in<int[]>(heap, half_of_all));
}

TEST(PrintStalloc, shows_the_free_chunks) {
  Stalloc<8, 4> list;
  TreeStalloc<8, 4> tree;
  std::ostringstream out;
  for (int i = 0; i < 3; ++i) ASSERT_NE(list.allocate_blocks(1, 1), nullptr);
  list.deallocate_blocks(list.allocate_blocks(2, 1) - 8, 1);
  ASSERT_NE(tree.allocate_blocks(8, 1), nullptr);
  out << list << '\n' << tree;
  EXPECT_EQ(out.str(),
            "stalloc of 8 blocks of 4 bytes, free: 1+1 5+3\n"
            "stalloc of 8 blocks of 4 bytes, free: nothing");
}

}  // namespace
}  // namespace heapatlas
