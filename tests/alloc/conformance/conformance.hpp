// The conformance suite: every law that an allocator of the family must keep.
//
//   HEAPATLAS_CONFORMANCE(Bump, BumpSubject, SharedBumpSubject);
//
// in a test program runs every law on every subject (subject.hpp says what a subject is). A law
// adapts to what the allocator supports; what it does not support is not asked of it.
#pragma once

#include <gtest/gtest.h>

#include "tests/alloc/conformance/contract.hpp"
#include "tests/alloc/conformance/sequences.hpp"
#include "tests/alloc/conformance/space.hpp"
#include "tests/alloc/conformance/subject.hpp"

// Requests that the machine cannot serve must fail under the address sanitizer as well.
extern "C" __attribute__((weak, used, visibility("default"))) const char* __asan_default_options() {
  return "allocator_may_return_null=1";
}

namespace heapatlas::conformance {

template <class S>
class Conformance : public testing::Test {};

TYPED_TEST_SUITE_P(Conformance);

TYPED_TEST_P(Conformance, grants) {
  EXPECT_EQ(finding(law_grants<TypeParam>), "");
}
TYPED_TEST_P(Conformance, sizes_by_alignments) {
  EXPECT_EQ(finding(law_sizes_by_alignments<TypeParam>), "");
}
TYPED_TEST_P(Conformance, every_alignment_is_served) {
  EXPECT_EQ(finding(law_every_alignment_is_served<TypeParam>), "");
}
TYPED_TEST_P(Conformance, absurd_resizes_fail) {
  EXPECT_EQ(finding(law_absurd_resizes_fail<TypeParam>), "");
}
TYPED_TEST_P(Conformance, resizes) {
  EXPECT_EQ(finding(law_resizes<TypeParam>), "");
}
TYPED_TEST_P(Conformance, zeroed_memory_is_zero) {
  EXPECT_EQ(finding(law_zeroed_memory_is_zero<TypeParam>), "");
}
TYPED_TEST_P(Conformance, owns_nothing_foreign) {
  EXPECT_EQ(finding(law_owns_nothing_foreign<TypeParam>), "");
}
TYPED_TEST_P(Conformance, self_sizing) {
  EXPECT_EQ(finding(law_self_sizing<TypeParam>), "");
}
TYPED_TEST_P(Conformance, exact_fit) {
  EXPECT_EQ(finding(law_exact_fit<TypeParam>), "");
}
TYPED_TEST_P(Conformance, no_block_is_lost) {
  EXPECT_EQ(finding(law_no_block_is_lost<TypeParam>), "");
}
TYPED_TEST_P(Conformance, coalesces) {
  EXPECT_EQ(finding(law_coalesces<TypeParam>), "");
}
TYPED_TEST_P(Conformance, reset) {
  EXPECT_EQ(finding(law_reset<TypeParam>), "");
}
TYPED_TEST_P(Conformance, every_sequence) {
  EXPECT_EQ(finding(law_every_sequence<TypeParam>), "");
}
TYPED_TEST_P(Conformance, model) {
  EXPECT_EQ(finding(law_model<TypeParam>), "");
}
TYPED_TEST_P(Conformance, failure_injection) {
  EXPECT_EQ(finding(law_failure_injection<TypeParam>), "");
}

REGISTER_TYPED_TEST_SUITE_P(Conformance, grants, sizes_by_alignments, every_alignment_is_served,
                            absurd_resizes_fail, resizes, zeroed_memory_is_zero,
                            owns_nothing_foreign, self_sizing, exact_fit, no_block_is_lost,
                            coalesces, reset, every_sequence, model, failure_injection);

}  // namespace heapatlas::conformance

/// Runs the suite on subjects; to be used in namespace heapatlas::conformance.
#define HEAPATLAS_CONFORMANCE(group, ...)                             \
  using group##Subjects = ::testing::Types<__VA_ARGS__>;              \
  INSTANTIATE_TYPED_TEST_SUITE_P(group, Conformance, group##Subjects, \
                                 ::heapatlas::conformance::SubjectNames)
