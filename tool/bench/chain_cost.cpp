// What a run-time chain costs over the same chain as one static type: a benchmark to run by hand.
//
//   chain_cost                       nanoseconds, by Google Benchmark; --benchmark_... as usual
//   chain_cost --once WORKLOAD       one iteration of each form, for callgrind:
//                                    valgrind --tool=callgrind --toggle-collect=run_dynamic ...
//
// The chain is four deep. Each workload keeps some blocks alive and replaces one at random with
// another of a random size, so that the links answer as its sizes say: the first one alone, all
// four, or nearly always the last one, behind three that refuse. Static and dynamic take turns
// within an iteration, and their difference is the median of the iterations': what disturbs the
// machine disturbs both.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>
#include <string_view>
#include <vector>

#include "core/alloc/fallback.hpp"
#include "core/alloc/os/mapped.hpp"
#include "core/alloc/os/mutex.hpp"
#include "core/alloc/os/os.hpp"
#include "core/alloc/os/os_source.hpp"
#include "core/alloc/slabs.hpp"
#include "core/alloc/stalloc.hpp"
#include "core/alloc/talc.hpp"
#include "core/chain/chain.hpp"

namespace heapatlas {
namespace {

constexpr const char* chain_text =
    "stalloc(blocks=1000, block=8) | slab(size=64) | slabs(max=512) | talc";
constexpr std::size_t replacements = 4'000;

using Small = Mapped<StallocOver<std::uint16_t>>;
using Nodes = Slab<Os, os::Mutex>;
using Medium = Slabs<Os, os::Mutex>;
using Large = Talc<OsSource, talc::FineBinning, talc::Options>;
using StaticChain = Fallback<Small, Fallback<Nodes, Fallback<Medium, Large>>>;

/// One iteration: which block is replaced with how many bytes, in order.
struct Work {
  struct Step {
    std::uint32_t slot;
    std::uint32_t size;
  };
  std::size_t slots;
  std::size_t align;
  std::vector<Step> steps;

  Work(std::size_t live, std::size_t least, std::size_t most, std::size_t alignment)
      : slots(live), align(alignment) {
    std::mt19937 random(1);
    std::uniform_int_distribution<std::uint32_t> size(static_cast<std::uint32_t>(least),
                                                      static_cast<std::uint32_t>(most));
    for (std::size_t i = 0; i < replacements; ++i)
      steps.push_back({static_cast<std::uint32_t>(random() % live), size(random)});
  }
  [[nodiscard]] double operations() const { return 2.0 * static_cast<double>(steps.size()); }
};

template <class A>
[[gnu::always_inline]] inline void replace(A& allocator, const Work& work, std::vector<Block>& live,
                                           std::vector<std::size_t>& sizes) {
  for (const Work::Step& step : work.steps) {
    allocator.deallocate(live[step.slot].ptr, {sizes[step.slot], work.align});
    sizes[step.slot] = step.size;
    live[step.slot] = allocator.allocate({step.size, work.align});
    *live[step.slot].ptr = std::byte{1};
  }
}

}  // namespace

// Their names are what callgrind is told to count.
extern "C" {
[[gnu::noinline]] void run_static(StaticChain& chain, const Work& work, std::vector<Block>& live,
                                  std::vector<std::size_t>& sizes) {
  replace(chain, work, live, sizes);
}
[[gnu::noinline]] void run_dynamic(chain::DynamicAllocator& chain, const Work& work,
                                   std::vector<Block>& live, std::vector<std::size_t>& sizes) {
  replace(chain, work, live, sizes);
}
}

namespace {

/// Of this thread, in nanoseconds: what a busy machine takes away does not count.
double processor_time() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

/// An allocator with a workload's blocks alive in it.
template <class A>
class Heap {
 public:
  Heap(A& allocator, const Work& work)
      : allocator_(allocator), work_(work), live_(work.slots), sizes_(work.slots) {
    for (std::size_t i = 0; i < work.slots; ++i) {
      sizes_[i] = work.steps[i % work.steps.size()].size;
      live_[i] = allocator.allocate({sizes_[i], work.align});
    }
  }
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;
  ~Heap() {
    for (std::size_t i = 0; i < live_.size(); ++i)
      allocator_.deallocate(live_[i].ptr, {sizes_[i], work_.align});
  }
  /// Nanoseconds of processor time of one iteration.
  template <class Run>
  double time(Run run) {
    const double start = processor_time();
    run(allocator_, work_, live_, sizes_);
    return processor_time() - start;
  }

 private:
  A& allocator_;
  const Work& work_;
  std::vector<Block> live_;
  std::vector<std::size_t> sizes_;
};

/// Calls use(static chain, dynamic chain).
template <class Use>
void with_both(Use use) {
  const auto checked = chain::parse_and_check(chain_text);
  if (!checked) std::abort();
  StaticChain fixed{Small{8000, 8},
                    {Nodes{OneClass{{64, 8}}}, {Medium{SizeClasses{8, 512}}, Large{OsSource{}}}}};
  const auto built = chain::with_allocator<chain::Shapes<>>(
      *checked, {.force_dynamic = true},
      [&](chain::DynamicAllocator& dynamic, const chain::BuildFacts&) { use(fixed, dynamic); });
  if (!built) std::abort();
}

double median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

void measure(benchmark::State& state, const Work& work) {
  with_both([&](StaticChain& fixed, chain::DynamicAllocator& dynamic) {
    Heap static_heap(fixed, work);
    Heap dynamic_heap(dynamic, work);
    std::vector<double> statics;
    std::vector<double> dynamics;
    std::vector<double> differences;
    for (auto _ : state) {
      statics.push_back(static_heap.time(run_static) / work.operations());
      dynamics.push_back(dynamic_heap.time(run_dynamic) / work.operations());
      differences.push_back(dynamics.back() - statics.back());
      state.SetIterationTime(dynamics.back() * work.operations() * 1e-9);
    }
    state.counters["static_ns"] = median(statics);
    state.counters["dynamic_ns"] = median(dynamics);
    state.counters["difference_ns"] = median(differences);
  });
}

struct Workload {
  const char* name;
  Work work;
};

const Workload workloads[] = {
    {"first_link_answers", Work(50, 1, 64, 8)},
    {"all_links_answer", Work(2'000, 1, 2'000, 8)},
    {"last_link_answers", Work(500, 600, 2'000, 8)},
};

/// False: there is no such workload.
bool run_once(std::string_view name) {
  const Workload* const found =
      std::find_if(std::begin(workloads), std::end(workloads),
                   [&](const Workload& workload) { return workload.name == name; });
  if (found == std::end(workloads)) return false;
  with_both([&](StaticChain& fixed, chain::DynamicAllocator& dynamic) {
    Heap static_heap(fixed, found->work);
    Heap dynamic_heap(dynamic, found->work);
    static_heap.time(run_static);
    dynamic_heap.time(run_dynamic);
  });
  std::printf("%.0f operations\n", found->work.operations());
  return true;
}

void register_all() {
  for (const Workload& workload : workloads) {
    benchmark::RegisterBenchmark(workload.name, [&workload](benchmark::State& state) {
      measure(state, workload.work);
    })->UseManualTime();
  }
}

}  // namespace
}  // namespace heapatlas

int main(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[1]) == "--once")
    return heapatlas::run_once(argv[2]) ? 0 : 2;
  heapatlas::register_all();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  std::printf("%s\n", heapatlas::chain_text);
  benchmark::RunSpecifiedBenchmarks();
}
