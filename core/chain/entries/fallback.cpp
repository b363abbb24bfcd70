#include "core/chain/entries/fallback.hpp"

#include <fmt/format.h>

#include "core/chain/entries/combinator.hpp"
#include "core/chain/entries/entries.hpp"
#include "core/chain/lexer.hpp"

namespace heapatlas::chain {
namespace {

/// A block goes back by asking the first link whether it is its own.
base::Status verify(const Link& link) {
  const Link& first = link.parts[0];
  if (first.facts.can.owns) return {};
  return base::bad_input(
      fmt::format("'{}' cannot tell which blocks are its own, so nothing may follow it",
                  first.entry->name),
      at(first.position), fmt::format("put {} last", first.entry->name));
}

/// Links that are asked in order, as one allocator: Fallback<A, Fallback<B, C>> over handles. So
/// only a link costs a call, and no fallback between them.
class Row {
 public:
  Row(const Link& root, Builder& builder) : root_(root), builder_(builder) {}

  /// From `link` on, which stands `level` fallbacks below the root; before are the handles so far.
  template <class... Before>
  std::unique_ptr<Erased> build(const Link& link, NodeId level, Before... before) {
    return with_first(handle(link.parts[0], level), [&](auto first) {
      const Link& rest = link.parts[1];
      if constexpr (sizeof...(Before) + 2 < longest) {
        if (rest.is("fallback") && !builder_.counts())
          return build(rest, level + 1, before..., first);
      }
      return with_last(handle(rest, level), [&](auto last) {
        auto row = erase(root_, [&] { return nest(before..., first, last); });
        row->set_row(std::move(links_));
        return row;
      });
    });
  }

 private:
  /// Each one more doubles the types; a longer row goes on behind one more call.
  static constexpr std::size_t longest = 4;

  struct Part {
    Erased& link;
    NodeId distance;
  };
  /// Every fallback above it, less the one that holds it, has shifted its nodes by one.
  Part handle(const Link& part, NodeId level) {
    Erased& link = builder_.build(part);
    const std::vector<Erased*>& inner = link.row();
    if (inner.empty()) links_.push_back(&link);
    links_.insert(links_.end(), inner.begin(), inner.end());
    return {link, part.id - root_.id - level};
  }

  // Whether a link may be shared makes no difference to a fallback.
  template <class Use>
  static std::unique_ptr<Erased> with_first(Part part, Use use) {
    return part.link.facts().can.reallocates
               ? use(Dynamic<true, true, false>(part.link, part.distance))
               : use(Dynamic<true, false, false>(part.link, part.distance));
  }
  template <class Use>
  static std::unique_ptr<Erased> with_last(Part part, Use use) {
    if (part.link.facts().can.owns) return with_first(part, use);
    return part.link.facts().can.reallocates
               ? use(Dynamic<false, true, false>(part.link, part.distance))
               : use(Dynamic<false, false, false>(part.link, part.distance));
  }

  template <class A, class B>
  static auto nest(A first, B second) {
    return Fallback<A, B>{first, second};
  }
  template <class A, class... Rest>
  static auto nest(A first, Rest... rest) {
    return Fallback<A, decltype(nest(rest...))>{first, nest(rest...)};
  }

  const Link& root_;
  Builder& builder_;
  std::vector<Erased*> links_;  ///< that may be asked, in turn
};

std::unique_ptr<Erased> build(const Link& link, Builder& builder) {
  return Row(link, builder).build(link, 0);
}

}  // namespace

const Entry& fallback_entry() {
  static const Entry entry = {
      .name = "fallback",
      .role = Role::combinator,
      .help = "asks the first, then the next: a | b is fallback(a, b)",
      .parameters = {{.name = "links", .type = Type::parts, .help = "who is asked, in order"}},
      .cost =
          "A question to the first link, whose block it is, for each free and resize. A block "
          "that cannot grow where it is moves to the first link that has room.",
      .example = "stalloc(blocks=1000, block=8) | system",
      .header = "core/alloc/fallback.hpp",
      .facts =
          [](const Link& link) {
            return binary_facts<Fallback, UnableOwner>(link.parts[0].facts, link.parts[1].facts,
                                                       "that of the link that answers");
          },
      .verify = verify,
      .build = build,
      .cpp =
          [](const Link&, const std::vector<Cpp>& parts) {
            const std::string type =
                fmt::format("heapatlas::Fallback<{}, {}>", parts[0].type, parts[1].type);
            return Cpp{type, fmt::format("{}{{{}, {}}}", type, parts[0].make, parts[1].make)};
          },
  };
  return entry;
}

}  // namespace heapatlas::chain
