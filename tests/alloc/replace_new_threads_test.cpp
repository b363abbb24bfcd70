// A whole program, GoogleTest and its threads too, on operator new over a composite of the family.
#include "core/alloc/std/replace_new.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "core/alloc/fallback.hpp"
#include "core/alloc/locked.hpp"
#include "core/alloc/os/os.hpp"
#include "core/alloc/sized.hpp"
#include "core/alloc/stalloc.hpp"

namespace {

using Links = heapatlas::Fallback<heapatlas::Stalloc<1 << 16, 16>, heapatlas::Os>;
constinit heapatlas::Sized<heapatlas::Locked<Links>> heap{};

bool from_heap(const void* ptr) {
  return heap.part.part.first.owns(static_cast<const std::byte*>(ptr));
}

}  // namespace

HEAPATLAS_REPLACE_NEW(heap);

namespace heapatlas {
namespace {

struct alignas(256) Aligned {
  std::byte bytes[256];
};

TEST(ReplaceNew, serves_every_form) {
  const auto one = std::make_unique<int>(7);
  const auto many = std::make_unique<int[]>(100);
  const auto aligned = std::make_unique<Aligned>();
  const auto aligned_many = std::make_unique<Aligned[]>(3);
  const std::unique_ptr<int> quiet{new (std::nothrow) int(3)};
  const std::unique_ptr<Aligned> quiet_aligned{new (std::nothrow) Aligned};
  EXPECT_TRUE(from_heap(one.get()));
  EXPECT_TRUE(from_heap(many.get()));
  EXPECT_TRUE(from_heap(aligned.get()));
  EXPECT_TRUE(from_heap(aligned_many.get()));
  EXPECT_TRUE(from_heap(quiet.get()));
  EXPECT_TRUE(is_aligned(address_of(one.get()), __STDCPP_DEFAULT_NEW_ALIGNMENT__));
  EXPECT_TRUE(is_aligned(address_of(aligned.get()), 256));
  EXPECT_TRUE(is_aligned(address_of(quiet_aligned.get()), 256));
  EXPECT_TRUE(is_aligned(address_of(aligned_many.get() + 2), 256));
}

TEST(ReplaceNew, no_bytes_are_a_block_and_null_is_freed) {
  void* const a = ::operator new(0);
  void* const b = ::operator new(0);
  EXPECT_NE(a, b);
  ::operator delete(a);
  ::operator delete (b, std::size_t{0});
  ::operator delete(nullptr);
}

TEST(ReplaceNew, what_does_not_fit_comes_from_the_next_link) {
  const auto large = std::make_unique<std::byte[]>(8 << 20);
  EXPECT_FALSE(from_heap(large.get()));
  EXPECT_TRUE(is_aligned(address_of(large.get()), __STDCPP_DEFAULT_NEW_ALIGNMENT__));
}

int handler_calls = 0;

TEST(ReplaceNew, failure_calls_the_handler_and_throws) {
  [[maybe_unused]] void* volatile kept = nullptr;  // an unused call may be left out
  volatile std::size_t absurd = std::numeric_limits<std::size_t>::max() / 4;
  EXPECT_THROW(kept = ::operator new(absurd), std::bad_alloc);
  EXPECT_EQ(::operator new(absurd, std::nothrow), nullptr);
  std::set_new_handler([] {
    if (++handler_calls == 3) std::set_new_handler(nullptr);
  });
  EXPECT_THROW(kept = ::operator new(absurd), std::bad_alloc);
  EXPECT_EQ(handler_calls, 3);
  std::set_new_handler([] { throw std::bad_alloc(); });
  EXPECT_EQ(::operator new(absurd, std::nothrow), nullptr);
  std::set_new_handler(nullptr);
}

TEST(ReplaceNew, serves_threads) {
  std::vector<std::thread> threads;
  std::vector<std::map<int, std::string>> results(4);
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&results, t] {
      auto& words = results[static_cast<std::size_t>(t)];
      for (int i = 0; i < 2000; ++i) {
        words[i % 97] = std::string(static_cast<std::size_t>(16 + i % 50), 'x');
        if (i % 3 == 0) words.erase(i % 31);
      }
    });
  for (std::thread& thread : threads) thread.join();
  for (const auto& words : results)
    for (const auto& [key, word] : words) EXPECT_EQ(word.find_first_not_of('x'), word.npos) << key;
  results.clear();
  EXPECT_EQ(heap.check(), nullptr);
}

}  // namespace
}  // namespace heapatlas
