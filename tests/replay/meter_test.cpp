#include "core/replay/meter.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <sstream>

namespace heapatlas::replay {
namespace {

std::uint64_t sum(const char* text, std::vector<std::pair<std::uintptr_t, std::size_t>> own = {}) {
  SmapsSum smaps;
  for (const auto& [begin, size] : own) EXPECT_TRUE(smaps.exclude(begin, size));
  smaps.restart();
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) smaps.line(line);
  return smaps.bytes();
}

constexpr const char* smaps_text =
    "55d0c0000000-55d0c0021000 rw-p 00000000 00:00 0                          [heap]\n"
    "Size:                132 kB\n"
    "Rss:                  10 kB\n"
    "Anonymous:            10 kB\n"
    "7f0000000000-7f0000100000 rw-p 00000000 00:00 0 \n"
    "Rss:                 100 kB\n"
    "Anonymous:           100 kB\n"
    "7f0000100000-7f0000200000 rw-s 00000000 00:01 5                          /memfd:arena "
    "(deleted)\n"
    "Rss:                1000 kB\n"
    "Anonymous:             0 kB\n"
    "7f1000000000-7f1000200000 r-xp 00000000 fe:00 77                         /usr/lib/libc.so.6\n"
    "Rss:               20000 kB\n"
    "Anonymous:             0 kB\n"
    "7f1000200000-7f1000202000 rw-p 00200000 fe:00 77                         /usr/lib/libc.so.6\n"
    "Rss:                   8 kB\n"
    "Anonymous:             4 kB\n"
    "7ffc00000000-7ffc00021000 rw-p 00000000 00:00 0                          [stack]\n"
    "Rss:              300000 kB\n"
    "Anonymous:        300000 kB\n";

TEST(SmapsSum, counts_what_an_allocator_could_have_caused) {
  EXPECT_EQ(sum(smaps_text), (10U + 100 + 1000 + 4) * 1024);
}

TEST(SmapsSum, leaves_out_the_mappings_of_the_harness) {
  EXPECT_EQ(sum(smaps_text, {{0x7f0000000000, 0x100000}}), (10U + 1000 + 4) * 1024);
  EXPECT_EQ(sum(smaps_text, {{0x7f0000000000, 0x100001}}), (10U + 4) * 1024);
}

TEST(SmapsSum, has_room_for_so_many_ranges_and_says_when_it_is_full) {
  SmapsSum smaps;
  for (std::size_t i = 0; i < SmapsSum::max_ranges; ++i) EXPECT_TRUE(smaps.exclude(i, 1));
  EXPECT_FALSE(smaps.exclude(100, 1));
}

class Mapping {
 public:
  Mapping(std::size_t size, int flags) : size_{size} {
    memory_ = mmap(nullptr, size, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);
    EXPECT_NE(memory_, MAP_FAILED);
  }
  ~Mapping() { munmap(memory_, size_); }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  void touch(std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; i += 4096) static_cast<volatile char*>(memory_)[i] = 1;
  }
  [[nodiscard]] void* memory() const { return memory_; }

 private:
  std::size_t size_;
  void* memory_;
};

constexpr std::size_t mib = std::size_t{1} << 20;

TEST(ResidentMeter, sees_touched_pages_and_only_those) {
  static ResidentMeter meter;
  (void)meter.read();
  const auto before = meter.read();
  if (!before) GTEST_SKIP() << "this system shows no smaps";
  Mapping mapping(64 * mib, MAP_PRIVATE);
  EXPECT_LT(*meter.read() - *before, mib / 4);
  mapping.touch(8 * mib);
  const std::uint64_t grown = *meter.read() - *before;
  EXPECT_GE(grown, 8 * mib);
  EXPECT_LT(grown, 8 * mib + mib / 4);
}

TEST(ResidentMeter, does_not_see_an_excluded_mapping) {
  static ResidentMeter meter;
  Mapping mapping(8 * mib, MAP_SHARED);
  ASSERT_TRUE(meter.exclude(mapping.memory(), 8 * mib));
  (void)meter.read();
  const auto before = meter.read();
  if (!before) GTEST_SKIP() << "this system shows no smaps";
  mapping.touch(8 * mib);
  EXPECT_LT(*meter.read() - *before, mib / 4);
}

}  // namespace
}  // namespace heapatlas::replay
