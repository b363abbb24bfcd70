#include "core/chain/describe.hpp"

#include <fmt/format.h>

#include <cstdint>

#include "core/chain/ast.hpp"
#include "core/chain/print.hpp"

namespace heapatlas::chain {
namespace {

struct Words {
  bool Capabilities::*capability;
  std::string_view name;
  std::string_view words;
};

constexpr Words all_words[] = {
    {&Capabilities::owns, "owns", "knows its own blocks"},
    {&Capabilities::resizes, "resizes", "resizes in place"},
    {&Capabilities::reallocates, "reallocates", "has its own realloc"},
    {&Capabilities::zeroes, "zeroes", "knows zeroed memory"},
    {&Capabilities::resets, "resets", "resets"},
    {&Capabilities::self_sizing, "self_sizing", "knows block sizes"},
    {&Capabilities::walks, "walks", "walks its heap"},
    {&Capabilities::checks, "checks", "checks itself"},
};

}  // namespace

std::string describe(const Capabilities& can) {
  std::string text;
  for (const Words& words : all_words) {
    if (!(can.*words.capability)) continue;
    if (!text.empty()) text += ", ";
    text += words.words;
  }
  return text.empty() ? "nothing beyond allocate and free" : text;
}

std::string_view describe(Threads threads) {
  switch (threads) {
    case Threads::one:
      return "one thread";
    case Threads::remote_free:
      return "one thread; any may free";
    case Threads::any:
      return "any thread";
  }
  return {};
}

std::string describe_alignment(const LinkFacts& facts) {
  constexpr std::size_t boundless = std::size_t{1} << 47;
  if (facts.min_alignment > facts.max_alignment) return "none: it grants no block";
  const auto text = [](std::size_t size) { return print(Value::of(std::uint64_t{size})); };
  return fmt::format("at least {}, {}", text(facts.min_alignment),
                     facts.max_alignment >= boundless ? std::string("any on request")
                                                      : "at most " + text(facts.max_alignment));
}

std::string_view name_of(bool Capabilities::*capability) {
  for (const Words& words : all_words) {
    if (words.capability == capability) return words.name;
  }
  return {};
}

}  // namespace heapatlas::chain
