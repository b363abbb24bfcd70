// The sources of talc: os, system, claim, manual, parent.
#include <fmt/format.h>

#include "core/chain/entries/entries.hpp"
#include "core/chain/entries/limits.hpp"
#include "core/chain/entries/talc.hpp"

namespace heapatlas::chain {
namespace {

/// The largest heap that talc makes of one region with its 4-byte tags.
constexpr std::uint64_t max_region = std::uint64_t{4} << 30;

base::Status take_region(const Link& source, Builder& builder) {
  return builder.take_memory(source, source.size("size"));
}

Parameter region_parameter(std::string_view default_is) {
  return {.name = "region",
          .type = Type::size,
          .help = "how much it asks for at once, at least",
          .default_is = default_is,
          .least = 4096,
          .most = max_region};
}

/// A source of one region. Both are exported as claim: the region is claimed a moment later, and
/// placed in alike.
Entry one_region_entry(std::string_view name, std::string_view help, std::string_view example,
                       std::string_view header) {
  return {
      .name = name,
      .role = Role::source,
      .help = help,
      .parameters = {{.name = "size",
                      .type = Type::size,
                      .help = "how large the region is",
                      .least = 4096,
                      .most = max_region}},
      .cost = "None.",
      .example = example,
      .header = header,
      .prepare = take_region,
      .cpp =
          [](const Link& link, const std::vector<Cpp>&) {
            return Cpp{"heapatlas::Mapped<heapatlas::ClaimSource>",
                       fmt::format("std::size_t{{{}}}", link.size("size")),
                       {"core/alloc/claim_source.hpp", "core/alloc/os/mapped.hpp"}};
          },
  };
}

}  // namespace

const Entry& os_source_entry() {
  static const Entry entry = {
      .name = "os",
      .role = Role::source,
      .help = "address space of the kernel, committed on demand",
      .parameters =
          {
              {.name = "reserve",
               .type = Type::size,
               .help = "address space of a region",
               .default_is = "2G",
               .least = 65536,
               .most = max_heap_size},
              {.name = "step",
               .type = Type::size,
               .help = "how much it commits at once, at least",
               .default_is = "256K",
               .least = 4096,
               .most = max_region},
          },
      .cost = "A system call for each step up or down, and one for a region.",
      .example = "talc(os(reserve=1G))",
      .header = "core/alloc/os/os_source.hpp",
      .cpp =
          [](const Link& link, const std::vector<Cpp>&) {
            return Cpp{"heapatlas::OsSource", fmt::format("std::size_t{{{}}}, std::size_t{{{}}}",
                                                          link.size("reserve"), link.size("step"))};
          },
  };
  return entry;
}

const Entry& system_source_entry() {
  static const Entry entry = {
      .name = "system",
      .role = Role::source,
      .help = "regions of the process's malloc",
      .parameters = {region_parameter("1M")},
      .cost = "A malloc for each region.",
      .example = "talc(system(region=4M))",
      .header = "core/alloc/os/system_source.hpp",
      .uses_malloc = true,
      .cpp =
          [](const Link& link, const std::vector<Cpp>&) {
            return Cpp{"heapatlas::SystemSource",
                       fmt::format("std::size_t{{{}}}", link.size("region"))};
          },
  };
  return entry;
}

const Entry& claim_source_entry() {
  static const Entry entry =
      one_region_entry("claim", "one region, claimed when it is first needed",
                       "talc(claim(size=64M)) | system", "core/alloc/claim_source.hpp");
  return entry;
}

const Entry& manual_source_entry() {
  static const Entry entry =
      one_region_entry("manual", "one region, claimed by hand at the start",
                       "talc(manual(size=64M)) | system", "core/alloc/manual_source.hpp");
  return entry;
}

const Entry& parent_source_entry() {
  static const Entry entry = {
      .name = "parent",
      .role = Role::source,
      .help = "regions that are blocks of another chain",
      .parameters = {{.name = "part", .type = Type::part, .help = "the chain"},
                     region_parameter("1M")},
      .cost = "An allocation of the chain for each region; an empty region goes back.",
      .example = "talc(parent(mapped_bump(size=4G) | system, region=4M))",
      .header = "core/alloc/parent_source.hpp",
      .cpp =
          [](const Link& link, const std::vector<Cpp>& parts) {
            return Cpp{fmt::format("heapatlas::ParentSource<{}>", parts[0].type),
                       fmt::format("std::size_t{{{}}}, heapatlas::MadeBy{{[] {{ return {}; }}}}",
                                   link.size("region"), parts[0].make)};
          },
  };
  return entry;
}

}  // namespace heapatlas::chain
