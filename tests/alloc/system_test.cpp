// system: the suite over the process's own malloc.
#include "core/alloc/os/system.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>

#include "core/alloc/resize.hpp"
#include "tests/alloc/conformance/conformance.hpp"

namespace heapatlas::conformance {
namespace {

class SystemSubject {
 public:
  static constexpr auto name = "system";
  static constexpr Facts facts{.unit = 16, .usual_size = 512};
  using Tiny = SystemSubject;
  System& allocator() { return system_; }

 private:
  System system_;
};

HEAPATLAS_CONFORMANCE(System, SystemSubject);

TEST(System, reallocate_lost_over_alignment) {
  System system;
  for (std::size_t align = 32; align <= 1 << 16; align *= 2) {
    std::array<std::byte*, 8> others{};
    Layout layout{24, align};
    Block block = system.allocate(layout);
    for (std::byte*& other : others) {
      ASSERT_TRUE(block);
      block.ptr[23] = std::byte{5};
      other = system.allocate({40, 1}).ptr;
      const std::size_t size = layout.size * 3;
      block = system.reallocate(block.ptr, layout, size);
      layout = layout.with_size(size);
      ASSERT_TRUE(block);
      EXPECT_TRUE(is_aligned(address_of(block.ptr), align));
      EXPECT_EQ(block.ptr[23], std::byte{5});
    }
    for (std::byte* other : others) system.deallocate(other, {40, 1});
    system.deallocate(block.ptr, layout);
  }
}

}  // namespace
}  // namespace heapatlas::conformance
