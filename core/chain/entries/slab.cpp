// slab and slabs: blocks of one size, or of size classes, from pages of a backing.
#include "core/alloc/slab.hpp"

#include <fmt/format.h>

#include "core/alloc/os/mutex.hpp"
#include "core/alloc/slabs.hpp"
#include "core/chain/entries/entries.hpp"
#include "core/chain/entries/slab.hpp"
#include "core/chain/lexer.hpp"
#include "core/chain/overhead.hpp"

namespace heapatlas::chain {
namespace {

constexpr std::string_view growths[] = {"fixed", "linear", "pow2"};

/// What slab and slabs share.
std::vector<Parameter> with_shared(std::vector<Parameter> own) {
  own.push_back({.name = "backing",
                 .type = Type::part,
                 .help = "where its pages come from",
                 .default_is = "os"});
  own.push_back({.name = "limit",
                 .type = Type::size,
                 .help = "bytes of pages held at most; 0 for no limit",
                 .default_is = "0"});
  own.push_back({.name = "growth",
                 .type = Type::choice,
                 .help = "pages asked for at once: one, one more each time, twice as many",
                 .default_is = "fixed",
                 .choices = {std::begin(growths), std::end(growths)}});
  return own;
}

base::Status verify_slabs(const Link& link) {
  const std::size_t min = link.size("min");
  const std::size_t max = link.size("max");
  if (min <= max) return {};
  return base::bad_input(
      fmt::format("slabs needs min to be at most max, and {} is above {}", min, max),
      at(link.position));
}

std::string cpp_options(const Link& link) {
  const std::string limit =
      link.size("limit") == 0 ? std::string("~std::size_t{0}") : std::to_string(link.size("limit"));
  return fmt::format("heapatlas::SlabOptions{{{}, heapatlas::GrowthPolicy::{}}}", limit,
                     link.value("growth").text);
}

std::string cpp_backing(const std::vector<Cpp>& parts) {
  return fmt::format("heapatlas::MadeBy{{[] {{ return {}; }}}}", parts[0].make);
}

}  // namespace

SlabOptions slab_options(const Link& link) {
  SlabOptions options;
  if (link.size("limit") != 0) options.limit = link.size("limit");
  options.growth = link.is("growth", "linear") ? GrowthPolicy::linear
                   : link.is("growth", "pow2") ? GrowthPolicy::pow2
                                               : GrowthPolicy::fixed;
  return options;
}

const Entry& slab_entry() {
  static const Entry entry = {
      .name = "slab",
      .role = Role::leaf,
      .help = "blocks of one size, from pages of a backing",
      .parameters = with_shared({
          {.name = "size",
           .type = Type::size,
           .help = "the largest block it serves",
           .least = 1,
           .most = std::uint64_t{1} << 26},
          {.name = "align",
           .type = Type::size,
           .help = "the largest alignment it serves, at least",
           .default_is = "8",
           .least = 1,
           .most = 4096,
           .power_of_two = true},
      }),
      .cost =
          "A few instructions. A page of 64 KiB or of 8 blocks; a free from another thread is "
          "a compare-and-swap.",
      .example = "slab(size=64) | system",
      .header = "core/alloc/slab.hpp",
      .facts =
          [](const Link& link) {
            const OneClass one_class = slab_class(link);
            return bounded(
                facts_of<Slab<BackingHandle>>(
                    one_class.min_alignment(), one_class.max_alignment(),
                    fmt::format("what a request is smaller than {} bytes", one_class.block_size())),
                one_class.block_size(), slab_options(link).limit);
          },
      .block_bytes = [](const Link& link, Layout) { return slab_class(link).block_size(); },
      .build =
          [](const Link& link, Builder& builder) {
            return erase(link, [&] {
              return Slab<BackingHandle, os::Mutex>(slab_class(link), slab_options(link),
                                                    builder.backing(link, link.parts[0]));
            });
          },
      .cpp =
          [](const Link& link, const std::vector<Cpp>& parts) {
            const std::string type =
                fmt::format("heapatlas::Slab<{}, heapatlas::os::Mutex>", parts[0].type);
            const std::string arguments = fmt::format(
                "heapatlas::OneClass(heapatlas::Layout{{{}, {}}}), {}, {}", link.size("size"),
                link.size("align"), cpp_options(link), cpp_backing(parts));
            return Cpp{type,
                       fmt::format("{}({})", type, arguments),
                       {"core/alloc/os/mutex.hpp"},
                       arguments};
          },
  };
  return entry;
}

const Entry& slabs_entry() {
  static const Entry entry = {
      .name = "slabs",
      .role = Role::leaf,
      .help = "a slab for every small size",
      .parameters = with_shared({
          {.name = "min",
           .type = Type::size,
           .help = "smaller requests are served as if this large",
           .default_is = "8",
           .least = 1,
           .most = SizeClasses::largest},
          {.name = "max",
           .type = Type::size,
           .help = "larger requests fail",
           .default_is = "8K",
           .least = 1,
           .most = SizeClasses::largest},
      }),
      .cost = "A few instructions. A page of 64 KiB for each size class in use.",
      .example = "slabs(max=1K) | talc(os)",
      .header = "core/alloc/slabs.hpp",
      .facts =
          [](const Link& link) {
            const SizeClasses classes = slabs_classes(link);
            // A block may grow to all of its class, beyond max.
            const unsigned largest = SizeClasses::class_of(link.size("max"));
            return bounded(facts_of<Slabs<BackingHandle>>(
                               classes.min_alignment(), classes.max_alignment(),
                               "at most 7 bytes, or a fifth of the block, of rounding"),
                           SizeClasses::block_size(largest), slab_options(link).limit);
          },
      .block_bytes =
          [](const Link& link, Layout layout) {
            const unsigned found = slabs_classes(link).index(layout);
            return found == SizeClasses::none ? block_refused : SizeClasses::block_size(found);
          },
      .verify = verify_slabs,
      .build =
          [](const Link& link, Builder& builder) {
            return erase(link, [&] {
              return Slabs<BackingHandle, os::Mutex>(slabs_classes(link), slab_options(link),
                                                     builder.backing(link, link.parts[0]));
            });
          },
      .cpp =
          [](const Link& link, const std::vector<Cpp>& parts) {
            const std::string type =
                fmt::format("heapatlas::Slabs<{}, heapatlas::os::Mutex>", parts[0].type);
            const std::string arguments =
                fmt::format("heapatlas::SizeClasses({}, {}), {}, {}", link.size("min"),
                            link.size("max"), cpp_options(link), cpp_backing(parts));
            return Cpp{type,
                       fmt::format("{}({})", type, arguments),
                       {"core/alloc/os/mutex.hpp"},
                       arguments};
          },
  };
  return entry;
}

}  // namespace heapatlas::chain
