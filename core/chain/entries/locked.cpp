// locked: no spec of its own for static shapes.
#include "core/alloc/locked.hpp"

#include <fmt/format.h>

#include "core/alloc/os/mutex.hpp"
#include "core/chain/entries/combinator.hpp"
#include "core/chain/entries/entries.hpp"

namespace heapatlas::chain {
namespace {

template <class A>
using LockedBySpin = Locked<A>;

std::unique_ptr<Erased> build(const Link& link, Builder& builder) {
  return builder.with_part(link, 0, [&]<class P>(P handle) {
    return link.is("mutex", "spin") ? erase(link, [&] { return Locked<P>{handle}; })
                                    : erase(link, [&] { return Locked<P, os::Mutex>{handle}; });
  });
}

}  // namespace

const Entry& locked_entry() {
  static const Entry entry = {
      .name = "locked",
      .role = Role::combinator,
      .help = "one caller at a time, so that any thread may use it",
      .parameters =
          {
              {.name = "part", .type = Type::part, .help = "what is locked"},
              {.name = "mutex",
               .type = Type::choice,
               .help = "how threads wait: spin only, or yield to the system",
               .default_is = "yield",
               .choices = {"yield", "spin"}},
          },
      .cost = "An atomic exchange and a store for each operation, when nobody else wants it.",
      .example = "locked(bump(size=64M) | system)",
      .header = "core/alloc/locked.hpp",
      .facts =
          [](const Link& link) { return unary_facts<LockedBySpin>(link.parts[0].facts, "none"); },
      .build = build,
      .cpp =
          [](const Link& link, const std::vector<Cpp>& parts) {
            const std::string type =
                fmt::format("heapatlas::Locked<{}{}>", parts[0].type,
                            link.is("mutex", "spin") ? "" : ", heapatlas::os::Mutex");
            return Cpp{
                type, fmt::format("{}{{{}}}", type, parts[0].make), {"core/alloc/os/mutex.hpp"}};
          },
  };
  return entry;
}

}  // namespace heapatlas::chain
