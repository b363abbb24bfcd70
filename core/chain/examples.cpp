#include "core/chain/examples.hpp"

namespace heapatlas::chain {
namespace {

constexpr Example all_examples[] = {
    {"bump(size=64M)", "the fastest there is, as long as it lasts"},
    {"bump(size=64M, shared=true)", "the same, for any number of threads"},
    {"locked(bump(size=64M))", "a lock around an allocator for one thread"},
};

}  // namespace

std::span<const Example> examples() {
  return all_examples;
}

}  // namespace heapatlas::chain
