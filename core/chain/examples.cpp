#include "core/chain/examples.hpp"

namespace heapatlas::chain {
namespace {

constexpr Example all_examples[] = {
    {"system", "the malloc of the process, as every chain is compared with"},
    {"stalloc(blocks=1000, block=8) | system", "8 KB without headers, then malloc"},
    {"stalloc(blocks=1M, block=16, index=tree)", "a large headerless heap that stays fast"},
    {"bump(size=64M) | system", "the fastest there is, until 64 MiB are gone"},
    {"bump(size=64M, shared=true) | system", "the same, for any number of threads"},
    {"mapped_bump(size=4G)", "a bump whose memory comes as it is needed"},
    {"talc", "a general allocator on memory of the kernel"},
    {"talc(cache=false)", "the same, every free coalesces at once: least fragmentation"},
    {"talc(unit=32)", "the same, with 32-byte units for very large blocks"},
    {"talc(system(region=1M))", "a general allocator on regions of malloc"},
    {"talc(claim(size=16M)) | system", "a fixed heap of 16 MiB, then malloc"},
    {"stalloc(blocks=1000, block=8) | talc(os)", "small blocks without headers, then talc"},
    {"slabs(max=1K) | talc(os)", "size classes for small blocks, talc for the rest"},
    {"slab(size=64) | slabs(min=65, max=1K) | talc", "nodes of 64 bytes get pages of their own"},
    {"slabs(backing=talc(os)) | os", "pages of slabs cut from talc, large blocks mapped"},
    {"per_thread(slabs(max=1K)) | locked(talc)", "a heap for each thread: fit for many of them"},
    {"segregate(512, slabs(max=512), talc)", "two worlds by size: no asking whose a block is"},
    {"free_list(block=64, size=1M) | system", "nodes of one size, last in, first out"},
    {"limit(talc, bytes=64M) | system", "talc for the first 64 MiB that are live"},
    {"locked(talc)", "a lock makes it fit for threads"},
    {"locked(slabs(max=1K) | talc)", "two allocators under one lock"},
    {"locked(bump(size=1M), mutex=spin) | system", "a lock around the first link only"},
    {"talc(parent(mapped_bump(size=8G), region=4M))", "talc cuts up what a bump hands out"},
    {"stalloc(blocks=4K, block=16, index=tree) | slabs(max=512) | "
     "talc(claim(size=64M)) | mapped_bump(size=1G) | os",
     "five deep: small, medium, large, too much, huge"},
};

}  // namespace

std::span<const Example> examples() {
  return all_examples;
}

}  // namespace heapatlas::chain
