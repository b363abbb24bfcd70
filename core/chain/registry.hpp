// Every leaf, source and combinator that a chain may name, as data: `list`, `explain`, the error
// messages and the documentation are all made from it. Each has its entry in a file of its own
// under entries/; registry.cpp lists them in the order people read them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"
#include "core/chain/facts.hpp"

namespace heapatlas::chain {

class Builder;
class Erased;
struct Link;

/// What a chain may use an entry for.
enum class Role {
  leaf,        ///< an allocator that carves blocks itself
  combinator,  ///< an allocator that passes requests on to others
  source,      ///< gives regions to an allocator; no allocator itself
};

enum class Type {
  size,     ///< bytes, a whole number
  count,    ///< a whole number of something else
  boolean,  ///< true or false
  choice,   ///< one of some words
  text,     ///< a string
  part,     ///< an allocator: a chain
  parts,    ///< two allocators or more; takes every argument without a name
  source,   ///< a source of regions
};

/// One argument of an entry.
struct Parameter {
  std::string_view name;
  Type type = Type::size;
  std::string_view help = {};        ///< a few words
  std::string_view default_is = {};  ///< as chain text; empty: the argument must be given
  std::uint64_t least = 0;           ///< of a size or count, inclusive
  std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  bool power_of_two = false;                   ///< of a size or count
  std::vector<std::string_view> choices = {};  ///< of a choice

  /// "8 to 1G, a power of two", "list | tree", "a chain"
  [[nodiscard]] std::string range() const;
};

/// How a chain's process must be started: with these in its environment.
struct Preload {
  std::string library;   ///< for LD_PRELOAD
  std::string variable;  ///< "NAME=value" for the library's own settings; may be empty
};

/// How a program that includes core/alloc alone writes a link.
struct Cpp {
  std::string type;
  std::string make;  ///< an expression that gives one; of a source, its constructor's arguments
  std::vector<std::string> headers = {};  ///< to include beside the entry's own
  std::string arguments = {};             ///< of its constructor alone, for who builds on it (slab)
};

/// A leaf, combinator or source.
struct Entry {
  std::string_view name;
  Role role = Role::leaf;
  std::string_view help;  ///< one line of at most 60 characters
  std::vector<Parameter> parameters;
  std::string_view cost;     ///< of its operations, in time and memory; a sentence or two
  std::string_view example;  ///< a whole chain that uses it
  std::string_view header;   ///< what C++ includes to use it
  /// It asks malloc: of the process (`system`) or a preloaded one, and a process has only one.
  bool uses_malloc = false;
  /// Its blocks start behind those of its part: what its part knows of an address is of another.
  bool shifts_blocks = false;
  /// It needs a library that may be absent: then even its example is refused.
  bool needs_files = false;

  /// What the process must be started with; null for all but preloaded allocators.
  Preload (*preload)(const Link&) = nullptr;
  /// What a link guarantees, once its arguments are bound and its parts have their facts. Null
  /// for a source.
  LinkFacts (*facts)(const Link&) = nullptr;
  /// The most bytes that it sets aside for a block of that layout, which it may refuse; see
  /// overhead.hpp. Null for a combinator that leaves that to its parts, and for what is not known.
  std::size_t (*block_bytes)(const Link&, Layout) = nullptr;
  /// Refuses what the parameters' ranges cannot express; may be null.
  base::Status (*verify)(const Link&) = nullptr;
  /// Takes the memory and opens the libraries that build will need; may be null.
  base::Status (*prepare)(const Link&, Builder&) = nullptr;
  /// Makes the run-time form; null for a source.
  std::unique_ptr<Erased> (*build)(const Link&, Builder&) = nullptr;
  /// The C++ of a link, given that of its parts; null for what a process or a library brings.
  Cpp (*cpp)(const Link&, const std::vector<Cpp>& parts) = nullptr;

  [[nodiscard]] const Parameter* parameter(std::string_view name) const;
};

/// Every entry, in reading order: leaves, combinators, sources.
[[nodiscard]] std::span<const Entry* const> registry();

/// What a name is looked up as: some names are both (`os` maps a block, or regions for talc).
enum class Lookup { allocator, source };

/// The entry of that name, or null.
[[nodiscard]] const Entry* find_entry(std::string_view name, Lookup as);

/// The entries of that name, one or two, or an error that names the nearest.
[[nodiscard]] base::Result<std::vector<const Entry*>> entries_named(std::string_view name);

/// The entry of that name, or an error that names the nearest one, or says what the name is
/// instead.
[[nodiscard]] base::Result<const Entry*> entry_named(std::string_view name, Lookup as,
                                                     std::string where);

}  // namespace heapatlas::chain
