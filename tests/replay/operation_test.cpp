#include "core/replay/operation.hpp"

#include <gtest/gtest.h>

namespace heapatlas::replay {
namespace {

TEST(Operation, keeps_every_field_at_its_limits) {
  for (const auto kind : {OperationKind::allocate, OperationKind::allocate_zeroed,
                          OperationKind::resize, OperationKind::free})
    for (const std::uint32_t slot : {0U, 1U, 12345U, Operation::max_slots - 1})
      for (const unsigned align_log2 : {0U, 4U, 12U, Operation::max_align_log2})
        for (const std::uint64_t size : {1ULL, 24ULL, 0x7FFFFFFEULL}) {
          const Operation operation{kind, slot, align_log2, size};
          EXPECT_EQ(operation.kind(), kind);
          EXPECT_EQ(operation.slot(), slot);
          EXPECT_EQ(operation.align(), std::size_t{1} << align_log2);
          EXPECT_EQ(operation.is_free(), kind == OperationKind::free);
          if (operation.is_free()) continue;
          EXPECT_EQ(operation.is_resize(), kind == OperationKind::resize);
          EXPECT_EQ(operation.size(), size);
          EXPECT_FALSE(operation.wide());
        }
}

TEST(Operation, a_size_of_two_gibibytes_or_more_is_wide) {
  for (const std::uint64_t size :
       {0x7FFFFFFFULL, 0x80000000ULL, 0xFFFFFFFFULL, 0x100000000ULL, 1ULL << 47})
    EXPECT_TRUE((Operation{OperationKind::allocate, 7, 4, size}.wide()));
}

}  // namespace
}  // namespace heapatlas::replay
