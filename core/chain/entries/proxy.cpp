#include "core/alloc/proxy.hpp"

#include <fmt/format.h>

#include "core/alloc/ring_logger.hpp"
#include "core/chain/entries/combinator.hpp"
#include "core/chain/entries/entries.hpp"

namespace heapatlas::chain {
namespace {

template <class A>
using LoggedInRing = Proxy<A, RingLogger<1024>>;

}  // namespace

const Entry& proxy_entry() {
  static const Entry entry = {
      .name = "proxy",
      .role = Role::combinator,
      .help = "logs the last 1024 operations in a ring",
      .parameters = {{.name = "part", .type = Type::part, .help = "what is logged"}},
      .cost = "A store of 56 bytes an operation; 56 KiB.",
      .example = "proxy(talc)",
      .header = "core/alloc/proxy.hpp",
      .facts =
          [](const Link& link) { return unary_facts<LoggedInRing>(link.parts[0].facts, "none"); },
      .build =
          [](const Link& link, Builder& builder) {
            return builder.with_part(link, 0, [&]<class P>(P part) {
              return erase(link, [&] { return LoggedInRing<P>{part}; });
            });
          },
      .cpp =
          [](const Link&, const std::vector<Cpp>& parts) {
            const std::string type =
                fmt::format("heapatlas::Proxy<{}, heapatlas::RingLogger<1024>>", parts[0].type);
            return Cpp{
                type, fmt::format("{}{{{}}}", type, parts[0].make), {"core/alloc/ring_logger.hpp"}};
          },
  };
  return entry;
}

}  // namespace heapatlas::chain
