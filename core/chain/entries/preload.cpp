// preload and its short names: jemalloc, mimalloc, tcmalloc.
#include <fmt/format.h>

#include <cctype>

#include "core/alloc/os/system.hpp"
#include "core/chain/entries/entries.hpp"
#include "core/chain/entries/spec.hpp"
#include "core/chain/lexer.hpp"
#include "core/chain/preload_library.hpp"

namespace heapatlas::chain {
namespace {

const KnownMalloc* known(const Link& link) {
  for (const KnownMalloc& malloc : known_mallocs) {
    if (link.is(malloc.name)) return &malloc;
  }
  return nullptr;
}

std::string library_of(const Link& link) {
  const KnownMalloc* malloc = known(link);
  return malloc != nullptr ? std::string(malloc->library) : link.value("library").text;
}

Preload preload(const Link& link) {
  const std::string library = library_of(link);
  return {find_library(library).value_or(library), link.value("env").text};
}

/// Which Debian package has the library, as a hint.
std::string package_hint(const std::string& library) {
  for (const KnownMalloc& malloc : known_mallocs) {
    if (library == malloc.library)
      return fmt::format("the Debian package {} has it", malloc.package);
  }
  return "apt-file search tells which Debian package has a file";
}

base::Status verify(const Link& link) {
  const std::string library = library_of(link);
  const std::string& env = link.value("env").text;
  const std::size_t equals = env.find('=');
  if (!env.empty() && (equals == std::string::npos || !is_name(env.substr(0, equals)))) {
    return base::bad_input(fmt::format("expected NAME=value for 'env', found \"{:.40}\"", env),
                           at(link.position));
  }
  if (library.find_first_of(": ") != std::string::npos) {
    return base::bad_input("a preloaded library's name holds no space or ':'", at(link.position),
                           "LD_PRELOAD separates its libraries by them");
  }
  if (find_library(library)) return {};
  return base::fail(base::ErrorKind::unavailable,
                    fmt::format("the library {:.80} is not installed", library), at(link.position),
                    package_hint(library));
}

base::Status prepare(const Link& link, Builder&) {
  const Preload wanted = preload(link);
  if (!is_loaded(wanted.library)) {
    return base::fail(base::ErrorKind::unavailable,
                      fmt::format("this process was not started with {}", wanted.library),
                      at(link.position), fmt::format("set LD_PRELOAD={}", wanted.library));
  }
  if (is_malloc_of_process(wanted.library)) return {};
  return base::fail(base::ErrorKind::unavailable,
                    fmt::format("the library {} brings no malloc", wanted.library),
                    at(link.position));
}

/// In a process that was started with the library, its malloc is *the* malloc.
struct PreloadSpec {
  using Type = System;
  static bool matches(const Link&) { return true; }
  static Type make(const Link&, Builder&) { return System{}; }
};

Entry make_entry(std::string_view name, std::string_view help, std::string_view example) {
  Entry entry = {
      .name = name,
      .role = Role::leaf,
      .help = help,
      .parameters = {{.name = "env",
                      .type = Type::text,
                      .help = "a setting for its process, NAME=value",
                      .default_is = "\"\""}},
      .cost = "That of its malloc, realloc and free, in a process started with it.",
      .example = example,
      .header = "core/alloc/os/system.hpp",
      .uses_malloc = true,
      .needs_files = true,
      .preload = preload,
      .facts =
          [](const Link& link) {
            return leaf_facts<PreloadSpec>(link, System::min_alignment(), System::max_alignment(),
                                           "whatever the library adds");
          },
      .verify = verify,
      .prepare = prepare,
      .build = build_leaf<PreloadSpec>,
  };
  return entry;
}

}  // namespace

const Entry& preload_entry() {
  static const Entry entry = [] {
    Entry made = make_entry("preload", "a malloc library, in a process started with it",
                            "preload(\"libjemalloc.so.2\", env=\"MALLOC_CONF=narenas:1\")");
    made.parameters.insert(made.parameters.begin(),
                           {.name = "library",
                            .type = Type::text,
                            .help = "its path, or a name that the loader finds"});
    return made;
  }();
  return entry;
}

const Entry& jemalloc_entry() {
  static const Entry entry =
      make_entry("jemalloc", "preload of jemalloc", "jemalloc(env=\"MALLOC_CONF=narenas:1\")");
  return entry;
}

const Entry& mimalloc_entry() {
  static const Entry entry = make_entry("mimalloc", "preload of mimalloc", "mimalloc");
  return entry;
}

const Entry& tcmalloc_entry() {
  static const Entry entry = make_entry("tcmalloc", "preload of tcmalloc (minimal)", "tcmalloc");
  return entry;
}

}  // namespace heapatlas::chain
