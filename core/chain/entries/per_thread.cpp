// per_thread: a heap of slabs for each thread.
#include "core/alloc/per_thread.hpp"

#include <fmt/format.h>

#include "core/alloc/os/this_thread.hpp"
#include "core/chain/entries/entries.hpp"
#include "core/chain/entries/slab.hpp"
#include "core/chain/lexer.hpp"
#include "core/chain/overhead.hpp"

namespace heapatlas::chain {
namespace {

template <class S>
using PerThreadOf = PerThread<S, os::ThisThread>;

base::Status verify(const Link& link) {
  const Link& part = link.parts[0];
  if (part.is("slab") || part.is("slabs")) return {};
  return base::bad_input(
      fmt::format("per_thread takes slab or slabs, whose blocks any thread may free; '{}' is not",
                  part.entry->name),
      at(part.position), "share another allocator with locked(...)");
}

LinkFacts facts(const Link& link) {
  const LinkFacts& part = link.parts[0].facts;
  return bounded(facts_of<PerThreadOf<Slabs<BackingHandle>>>(part.min_alignment, part.max_alignment,
                                                             part.overhead),
                 part.max_size, part.max_live);
}

/// The slab is no allocator of its own here: its pool is shared, and each thread has its heap.
std::unique_ptr<Erased> build(const Link& link, Builder& builder) {
  const Link& slab = link.parts[0];
  const BackingHandle backing = builder.backing(slab, slab.parts[0]);
  if (slab.is("slab")) {
    return erase(link, [&] {
      return PerThreadOf<Slab<BackingHandle, os::Mutex>>(slab_class(slab), slab_options(slab),
                                                         backing);
    });
  }
  return erase(link, [&] {
    return PerThreadOf<Slabs<BackingHandle, os::Mutex>>(slabs_classes(slab), slab_options(slab),
                                                        backing);
  });
}

}  // namespace

const Entry& per_thread_entry() {
  static const Entry entry = {
      .name = "per_thread",
      .role = Role::leaf,
      .help = "a heap of slabs for each thread, blocks freed by any",
      .parameters = {{.name = "part", .type = Type::part, .help = "a slab or slabs"}},
      .cost =
          "That of the slab, and finding the thread's heap; a free from another thread is a "
          "compare-and-swap.",
      .example = "per_thread(slabs(max=1K)) | locked(talc)",
      .header = "core/alloc/per_thread.hpp",
      .facts = facts,
      .block_bytes = [](const Link& link,
                        Layout layout) { return block_bytes(link.parts[0], layout); },
      .verify = verify,
      .build = build,
      .cpp =
          [](const Link&, const std::vector<Cpp>& parts) {
            const std::string type =
                fmt::format("heapatlas::PerThread<{}, heapatlas::os::ThisThread>", parts[0].type);
            return Cpp{type,
                       fmt::format("{}({})", type, parts[0].arguments),
                       {"core/alloc/os/this_thread.hpp"}};
          },
  };
  return entry;
}

}  // namespace heapatlas::chain
