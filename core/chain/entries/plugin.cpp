#include <fmt/format.h>

#include <memory>

#include "core/chain/builder.hpp"
#include "core/chain/entries/entries.hpp"
#include "core/chain/entries/limits.hpp"
#include "core/chain/entries/spec.hpp"
#include "core/chain/lexer.hpp"
#include "core/chain/plugin_allocator.hpp"

namespace heapatlas::chain {
namespace {

base::Result<PluginLibrary> open(const Link& link) {
  const std::string& prefix = link.value("prefix").text;
  if (!is_name(prefix)) {
    return base::bad_input(fmt::format("'{:.40}' cannot start the name of a C function", prefix),
                           at(link.position), "a prefix is letters, digits and '_'");
  }
  auto library = open_plugin(link.value("path").text, prefix);
  if (library) return library;
  base::Error error = std::move(library).error();
  error.where = fmt::format("{}, {}", error.where, at(link.position));
  return tl::make_unexpected(std::move(error));
}

base::Status verify(const Link& link) {
  HEAPATLAS_TRY(open(link));
  return {};
}

base::Status prepare(const Link& link, Builder& builder) {
  const auto library = open(link);
  if (!library) return tl::make_unexpected(library.error());
  void* const self = library->create(link.size("heap"));
  if (self == nullptr) {
    return base::fail(base::ErrorKind::unavailable, "the plugin could not make its heap",
                      link.value("path").text);
  }
  builder.keep(link, std::make_shared<PluginHeap>(*library, self));
  return {};
}

/// Calls use<has_realloc, has_calloc, is_shared>().
template <class Use>
auto with_type(const PluginLibrary& library, bool shared, Use use) {
  const auto with = [&]<bool has_realloc, bool has_calloc>() {
    return shared ? use.template operator()<has_realloc, has_calloc, true>()
                  : use.template operator()<has_realloc, has_calloc, false>();
  };
  if (library.realloc != nullptr) {
    return library.calloc != nullptr ? with.template operator()<true, true>()
                                     : with.template operator()<true, false>();
  }
  return library.calloc != nullptr ? with.template operator()<false, true>()
                                   : with.template operator()<false, false>();
}

LinkFacts facts(const Link& link) {
  const auto library = open(link);  // verify has seen that it opens
  const auto of_type = []<bool has_realloc, bool has_calloc, bool is_shared>() {
    using Type = PluginAllocator<has_realloc, has_calloc, is_shared>;
    return facts_of<Type>(Type::min_alignment(), Type::max_alignment(),
                          "whatever the library adds");
  };
  return with_type(library.value_or(PluginLibrary{}), link.flag("shared"), of_type);
}

std::unique_ptr<Erased> build(const Link& link, Builder& builder) {
  const auto& heap = builder.kept<PluginHeap>(link);
  return with_type(heap.library(), link.flag("shared"),
                   [&]<bool has_realloc, bool has_calloc, bool is_shared>() {
                     return erase(link, [&] {
                       return PluginAllocator<has_realloc, has_calloc, is_shared>(heap);
                     });
                   });
}

}  // namespace

const Entry& plugin_entry() {
  static const Entry entry = {
      .name = "plugin",
      .role = Role::leaf,
      .help = "an allocator of a C library, through plugin.h",
      .parameters =
          {
              {.name = "path", .type = Type::text, .help = "the shared library"},
              {.name = "prefix",
               .type = Type::text,
               .help = "what its functions' names start with"},
              {.name = "heap",
               .type = Type::size,
               .help = "how much memory it is told to use",
               .default_is = "128M",
               .least = 1,
               .most = max_heap_size},
              {.name = "shared",
               .type = Type::boolean,
               .help = "whether any thread may call it",
               .default_is = "false"},
          },
      .cost = "An indirect call, and what the library does.",
      .example = "plugin(\"libexample.so\", prefix=\"example\", heap=128M)",
      .header = "core/chain/plugin.h",
      .needs_files = true,
      .facts = facts,
      .verify = verify,
      .prepare = prepare,
      .build = build,
  };
  return entry;
}

}  // namespace heapatlas::chain
