// The suite itself: it must pass an honest allocator, and find every defect of units.hpp.
#include <gtest/gtest.h>

#include "tests/alloc/conformance/conformance.hpp"
#include "tests/alloc/conformance/judge.hpp"
#include "tests/alloc/conformance/units.hpp"

namespace heapatlas::conformance {
namespace {

using HonestUnits = UnitsSubject<Defect::none>;
HEAPATLAS_CONFORMANCE(Units, HonestUnits);

template <Defect D>
using Broken = UnitsSubject<D>;

TEST(ConformanceSuite, finds_an_allocator_that_refuses_everything) {
  expect_found(law_grants<Broken<Defect::refuses_everything>>, "refused one byte");
}
TEST(ConformanceSuite, finds_overlapping_blocks) {
  expect_found(law_model<Broken<Defect::overlaps>>, "overlaps the live block");
}
TEST(ConformanceSuite, finds_wrong_alignment) {
  expect_found(law_sizes_by_alignments<Broken<Defect::ignores_alignment>>, "is not aligned");
  expect_found(law_every_sequence<Broken<Defect::ignores_alignment>>, "is not aligned");
}
TEST(ConformanceSuite, finds_grants_smaller_than_requests) {
  expect_found(law_sizes_by_alignments<Broken<Defect::grants_too_little>>, "requested");
}
TEST(ConformanceSuite, finds_lost_memory) {
  expect_found(law_exact_fit<Broken<Defect::loses_last_unit_of_a_free>>, "used span");
  expect_found(law_model<Broken<Defect::loses_last_unit_of_a_free>>, "claims 1");
}
TEST(ConformanceSuite, finds_lying_ownership) {
  expect_found(law_owns_nothing_foreign<Broken<Defect::owns_everything>>, "null");
  expect_found(law_owns_nothing_foreign<Broken<Defect::owns_its_end>>, "end pointer");
  expect_found(law_grants<Broken<Defect::denies_ownership>>, "denies its own");
}
TEST(ConformanceSuite, finds_failures_that_cost_memory) {
  expect_found(law_sizes_by_alignments<Broken<Defect::failure_takes_a_unit>>, "claims 1");
}
TEST(ConformanceSuite, finds_a_refused_exact_fit) {
  expect_found(law_exact_fit<Broken<Defect::refuses_exact_fit>>, "refused the exact fit");
}
TEST(ConformanceSuite, finds_sizes_that_wrap) {
  expect_found(law_sizes_by_alignments<Broken<Defect::size_wraps>>, "above the capacity");
}
TEST(ConformanceSuite, finds_resizes_that_break_blocks) {
  expect_found(law_model<Broken<Defect::grows_into_neighbour>>, "overlaps the live block");
  expect_found(law_resizes<Broken<Defect::grows_by_moving>>, "in place");
  expect_found(law_resizes<Broken<Defect::reallocate_loses_bytes>>, "changed while it was live");
  expect_found(law_model<Broken<Defect::moving_shrink_copies_old_size>>,
               "changed while it was live");
  expect_found(law_model<Broken<Defect::failed_reallocate_frees>>, "walk");
}
TEST(ConformanceSuite, finds_memory_that_is_not_zeroed) {
  expect_found(law_zeroed_memory_is_zero<Broken<Defect::zeroed_is_not_zero>>, "is not 0");
}
TEST(ConformanceSuite, finds_a_reset_that_forgets_memory) {
  expect_found(law_reset<Broken<Defect::reset_keeps_a_unit>>, "used span");
}
TEST(ConformanceSuite, finds_walks_that_break_the_law) {
  expect_found(law_grants<Broken<Defect::walk_leaves_a_gap>>, "spans end at");
  expect_found(law_grants<Broken<Defect::walk_descends>>, "nothing covers");
  expect_found(law_grants<Broken<Defect::walk_calls_live_free>>, "not used");
  expect_found(law_grants<Broken<Defect::walk_miscounts_blocks>>, "claims 2");
  expect_found(law_grants<Broken<Defect::walk_reports_freed_as_used>>, "none live");
  expect_found(law_coalesces<Broken<Defect::walk_splits_free_memory>>, "free spans");
}
TEST(ConformanceSuite, listens_to_check) {
  expect_found(law_model<Broken<Defect::check_complains>>, "the fifth unit");
}
TEST(ConformanceSuite, finds_faults_of_unsized_frees) {
  expect_found(law_self_sizing<Broken<Defect::usable_size_too_small>>, "usable_size");
  expect_found(law_self_sizing<Broken<Defect::unsized_free_keeps_a_unit>>, "claims 1");
}

}  // namespace
}  // namespace heapatlas::conformance
