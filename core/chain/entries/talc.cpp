#include "core/chain/entries/talc.hpp"

#include <fmt/format.h>

#include "core/chain/entries/entries.hpp"
#include "core/chain/lexer.hpp"

namespace heapatlas::chain {
namespace {

template <class Units>
std::unique_ptr<Erased> build_with(const Link& link, Builder& builder) {
  return build_leaf<TalcSpec<OsSourceSpec, Units>, TalcSpec<SystemSourceSpec, Units>,
                    TalcSpec<ClaimSourceSpec, Units>, TalcSpec<ManualSourceSpec, Units>,
                    TalcSpec<ParentSourceSpec, Units>>(link, builder);
}

std::unique_ptr<Erased> build(const Link& link, Builder& builder) {
  if (LargeUnits::matches(link)) return build_with<LargeUnits>(link, builder);
  return SmallUnits::matches(link) ? build_with<SmallUnits>(link, builder)
                                   : build_with<SmallUnitsUncached>(link, builder);
}

base::Status verify(const Link& link) {
  if (link.size("unit") == 16 || link.flag("cache")) return {};
  return base::bad_input("talc with unit=32 keeps its cache", at(link.position),
                         "cache=false goes with unit=16");
}

/// The size of the one region of a source that has no more.
std::size_t region_bound(const Link& link) {
  const Link& source = link.parts[0];
  const bool one_region = source.is("claim") || source.is("manual");
  return one_region ? source.size("size") : LinkFacts::unbounded;
}

LinkFacts facts(const Link& link) {
  using Small = Talc<OsSource>;
  using Large = Talc<OsSource, LargeUnits::Binning, LargeUnits::Options>;
  if (LargeUnits::matches(link)) {
    return bounded(facts_of<Large>(Large::min_alignment(), Large::max_alignment(),
                                   "8 bytes, and at most 31 of rounding, a block"),
                   region_bound(link), region_bound(link));
  }
  return bounded(facts_of<Small>(Small::min_alignment(), Small::max_alignment(),
                                 "4 bytes, and at most 15 of rounding, a block"),
                 region_bound(link), region_bound(link));
}

/// A chunk: a tag and the block, in whole units.
std::size_t chunk_bytes(const Link& link, Layout layout) {
  const std::size_t tag = LargeUnits::matches(link) ? 8 : 4;
  return (CheckedSize{layout.size} + tag).rounded_up(link.size("unit")).saturated();
}

Cpp cpp(const Link& link, const std::vector<Cpp>& parts) {
  const std::string options = LargeUnits::matches(link)
                                  ? ", heapatlas::talc::WideBinning, heapatlas::talc::LargeOptions"
                              : SmallUnits::matches(link) ? ""
                                                          : ", heapatlas::talc::FineBinning, "
                                                            "heapatlas::talc::UncachedOptions";
  const std::string type = fmt::format("heapatlas::Talc<{}{}>", parts[0].type, options);
  return {type, fmt::format("{}({})", type, parts[0].make)};
}

}  // namespace

const Entry& talc_entry() {
  static const Entry entry = {
      .name = "talc",
      .role = Role::leaf,
      .help = "boundary tags and binned gaps, over any source of memory",
      .parameters =
          {
              {.name = "source",
               .type = Type::source,
               .help = "where its heaps come from",
               .default_is = "os"},
              {.name = "unit",
               .type = Type::size,
               .help = "what chunks are multiples of; 32 for blocks above 4 GiB",
               .default_is = "16",
               .least = 16,
               .most = 32,
               .power_of_two = true},
              {.name = "cache",
               .type = Type::boolean,
               .help = "whether freed small chunks wait for their size to be asked again",
               .default_is = "true"},
          },
      .cost =
          "Constant time, but for what asks the source or empties the cache. The object takes "
          "about 3 KiB, a heap 48 bytes.",
      .example = "stalloc(blocks=1000, block=8) | talc(os)",
      .header = "core/alloc/talc.hpp",
      .facts = facts,
      .block_bytes = chunk_bytes,
      .verify = verify,
      .build = build,
      .cpp = cpp,
  };
  return entry;
}

}  // namespace heapatlas::chain
