#include "core/chain/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/chain/bind.hpp"
#include "core/chain/lexer.hpp"
#include "core/chain/named.hpp"
#include "core/chain/print.hpp"

namespace heapatlas::chain {
namespace {

/// "'bump(1M)'": how a message names a link. Where it stands is told by the error itself.
std::string quoted(const Link& link) {
  constexpr std::size_t longest = 40;
  return link.text.size() <= longest ? fmt::format("'{}'", link.text)
                                     : fmt::format("'{}(...)'", link.entry->name);
}

/// Sets the facts of a link and its parts, and lets every entry refuse what it must.
base::Status settle(Link& link) {
  for (Link& part : link.parts) HEAPATLAS_TRY(settle(part));
  if (link.entry->verify != nullptr) HEAPATLAS_TRY(link.entry->verify(link));
  if (link.entry->facts != nullptr) link.facts = link.entry->facts(link);
  return {};
}

void collect_mallocs(const Link& link, std::vector<const Link*>& found) {
  if (link.entry->uses_malloc) found.push_back(&link);
  for (const Link& part : link.parts) collect_mallocs(part, found);
}

/// A preloaded allocator is its process's malloc: it cannot stand beside another.
base::Status check_preload(const Link& root) {
  std::vector<const Link*> mallocs;
  collect_mallocs(root, mallocs);
  const auto preload = std::find_if(mallocs.begin(), mallocs.end(), [](const Link* link) {
    return link->entry->preload != nullptr;
  });
  if (preload == mallocs.end() || mallocs.size() == 1) return {};
  const Link& other = *mallocs[preload == mallocs.begin() ? 1 : 0];
  return base::bad_input(fmt::format("{} would be the malloc of its process, and so would {}",
                                     quoted(**preload), quoted(other)),
                         at(other.position),
                         "keep one of them in this chain, and give the other a chain of its own");
}

/// The innermost link that may not be shared, though all its parts may.
const Link& least_shared(const Link& link) {
  for (const Link& part : link.parts) {
    if (part.id != no_node && part.facts.threads != Threads::any) return least_shared(part);
  }
  return link;
}

base::Status check_threads(const Link& root, std::string_view job) {
  if (root.facts.threads == Threads::any) return {};
  const Link& culprit = least_shared(root);
  std::string hint = "put it into locked(...)";
  if (find_entry("locked", Lookup::allocator) == nullptr)
    hint = "choose links that any thread may use";
  for (const Parameter& parameter : culprit.entry->parameters) {
    if (parameter.name == "shared") hint = "give it shared=true, or put it into locked(...)";
  }
  return base::bad_input(
      fmt::format("{} serves one thread, and {} has several", quoted(culprit), job),
      at(culprit.position), hint);
}

/// The innermost link that is named for the largest alignment or size of a chain.
const Link& largest(const Link& link, std::size_t LinkFacts::*most) {
  for (const Link& part : link.parts) {
    if (part.id != no_node && part.facts.*most == link.facts.*most) return largest(part, most);
  }
  return link;
}

constexpr const char* add_system = "add a link that serves it, such as '| system'";

base::Status check_sizes(const Link& root, const Requirements& requirements) {
  if (requirements.max_size > root.facts.max_size) {
    const Link& best = largest(root, &LinkFacts::max_size);
    return base::bad_input(
        fmt::format("no link serves {} bytes at once, which {} needs: the largest is {}, of {}",
                    requirements.max_size, requirements.job, root.facts.max_size, quoted(best)),
        at(best.position), add_system);
  }
  if (requirements.peak_live > root.facts.max_live) {
    return base::bad_input(
        fmt::format("the chain holds at most {} bytes, and {} has {} alive at its peak",
                    root.facts.max_live, requirements.job, requirements.peak_live),
        at(root.position), add_system);
  }
  return {};
}

}  // namespace

base::Result<Chain> check(const Node& tree, const Requirements& requirements) {
  auto root = bind(tree);
  if (!root) return tl::make_unexpected(std::move(root).error());
  HEAPATLAS_TRY(settle(*root));
  HEAPATLAS_TRY(check_preload(*root));
  Chain chain(tree, std::move(*root));
  HEAPATLAS_TRY(meets(chain, requirements));
  return chain;
}

base::Status meets(const Chain& chain, const Requirements& requirements) {
  const Link& root = chain.root();
  if (requirements.max_alignment > root.facts.max_alignment) {
    const Link& best = largest(root, &LinkFacts::max_alignment);
    return base::bad_input(
        fmt::format("no link serves alignment {}, which {} needs: the largest is {}, of {}",
                    requirements.max_alignment, requirements.job, root.facts.max_alignment,
                    quoted(best)),
        at(best.position), add_system);
  }
  HEAPATLAS_TRY(check_sizes(root, requirements));
  return requirements.many_threads ? check_threads(root, requirements.job) : base::Status{};
}

base::Result<Chain> parse_and_check(std::string_view text, const Requirements& requirements,
                                    std::string_view chains_file) {
  auto tree = parse(text, chains_file);
  if (!tree) return tl::make_unexpected(std::move(tree).error());
  auto chain = check(*tree, requirements);
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  if (chain || (text[start] != '{' && text[start] != '@')) return chain;
  // The user wrote JSON or a name: positions are those of the canonical text.
  base::Error error = std::move(chain).error();
  error.where = fmt::format("{} of {:.120}", error.where, print(*tree));
  return tl::make_unexpected(std::move(error));
}

}  // namespace heapatlas::chain
