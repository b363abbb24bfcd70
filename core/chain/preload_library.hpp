// Malloc libraries that a process is started with: where they are, and which package has them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace heapatlas::chain {

/// A well-known malloc library.
struct KnownMalloc {
  std::string_view name;      ///< of its entry: "jemalloc"
  std::string_view library;   ///< "libjemalloc.so.2"
  std::string_view package;   ///< the Debian package that has it
  std::string_view variable;  ///< what its settings are in: "MALLOC_CONF"; may be empty
};

inline constexpr KnownMalloc known_mallocs[] = {
    {"jemalloc", "libjemalloc.so.2", "libjemalloc2", "MALLOC_CONF"},
    {"mimalloc", "libmimalloc.so.2", "libmimalloc2.0", ""},
    {"tcmalloc", "libtcmalloc_minimal.so.4", "libtcmalloc-minimal4", ""},
};

/// The path of a library: itself when it has a '/' and exists; else the first match where the
/// loader looks (LD_LIBRARY_PATH, the folder of the C library, the usual ones). The library is
/// not opened: an allocator that takes static TLS cannot be.
[[nodiscard]] std::optional<std::string> find_library(const std::string& name);

/// True when this process has the library loaded.
[[nodiscard]] bool is_loaded(const std::string& path);

/// True when malloc, as this process calls it, is the one of the library at a path.
[[nodiscard]] bool is_malloc_of_process(const std::string& path);

}  // namespace heapatlas::chain
