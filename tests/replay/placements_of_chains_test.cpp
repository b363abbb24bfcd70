// For every chain and bundled trace: at random instants, the bytes that live blocks cover by the
// placements are the used bytes of a walk taken there, block by block where the walk knows single
// blocks, and the series have the same sums.
#include <cctype>
#include <memory>
#include <random>
#include <tuple>

#include "core/chain/examples.hpp"
#include "tests/replay/heap_judge.hpp"
#include "tests/replay/heap_laws.hpp"
#include "tests/replay/heap_of.hpp"

namespace heapatlas::replay {
namespace {

std::vector<std::string> chains() {
  std::vector<std::string> chains;
  for (const chain::Example& example : chain::examples()) chains.emplace_back(example.text);
  // What no example has.
  for (const char* more :
       {"os", "sized(talc)", "sized(bump(size=64M)) | system", "stats(talc)",
        "slab(size=48) | talc", "never | talc", "scoped(size=1M) | talc", "sized(system)"})
    chains.emplace_back(more);
  return chains;
}

std::vector<std::uint64_t> random_events(std::uint64_t events, unsigned count) {
  std::mt19937_64 random{20};
  std::vector<std::uint64_t> at;
  for (unsigned i = 0; i < count; ++i) at.push_back(random() % events);
  return at;
}

/// A trace as the tests of its chains share it: the latest one that was asked for.
struct Recordable {
  explicit Recordable(const std::string& name)
      : trace{name},
        heaps{std::string(TRACES) + "/" + name + ".hat"},
        instants{random_events(heaps.index().events(), 100)},
        alignments{heaps.alignments()} {}

  static Recordable& of(const std::string& trace) {
    static std::unique_ptr<Recordable> latest;
    if (!latest || latest->trace != trace) latest = std::make_unique<Recordable>(trace);
    return *latest;
  }

  std::string trace;
  HeapsOf heaps;
  std::vector<std::uint64_t> instants;
  std::vector<std::size_t> alignments;
};

class PlacementsOfChains : public testing::TestWithParam<std::tuple<const char*, std::string>> {};

TEST_P(PlacementsOfChains, agree_with_walks_and_series) {
  const auto& [trace, chain] = GetParam();
  SCOPED_TRACE(chain);
  Recordable& recordable = Recordable::of(trace);
  const Subject subject = recordable.heaps.record(chain, recordable.instants);
  ASSERT_FALSE(subject.collected.trouble.has_value()) << subject.collected.trouble->what;
  ASSERT_FALSE(subject.verification.has_value()) << subject.verification->fault->what;
  ASSERT_TRUE(subject.heap.has_value());
  EXPECT_GE(subject.heap->snapshots.size(), 102U);
  HeapJudge(*subject.heap, laws_of(subject.chain), recordable.alignments).judge();
}

/// The number keeps apart chains that a name cannot tell apart.
std::string name_of(const testing::TestParamInfo<PlacementsOfChains::ParamType>& info) {
  std::string name = std::get<1>(info.param) + "_" + std::to_string(info.index);
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

#define HEAPATLAS_TRACE(name, file)                                                              \
  INSTANTIATE_TEST_SUITE_P(name, PlacementsOfChains,                                             \
                           testing::Combine(testing::Values(file), testing::ValuesIn(chains())), \
                           name_of)
HEAPATLAS_TRACE(cc1plus, "cc1plus");
HEAPATLAS_TRACE(python, "python");
HEAPATLAS_TRACE(redis_server, "redis-server");
HEAPATLAS_TRACE(rsyslogd, "rsyslogd");
HEAPATLAS_TRACE(sqlite3, "sqlite3");
#undef HEAPATLAS_TRACE

}  // namespace
}  // namespace heapatlas::replay
