// The specs of talc, one for each source and set of options; see spec.hpp.
#pragma once

#include "core/alloc/claim_source.hpp"
#include "core/alloc/manual_source.hpp"
#include "core/alloc/os/os_source.hpp"
#include "core/alloc/os/system_source.hpp"
#include "core/alloc/parent_source.hpp"
#include "core/alloc/talc.hpp"
#include "core/chain/entries/spec.hpp"

namespace heapatlas::chain {

/// Address space of the kernel.
struct OsSourceSpec {
  using Type = OsSource;
  template <class T>
  using Of = T;
  static bool matches(const Link& source) { return source.is("os"); }
  template <class T>
  static T make(const Link&, const Link& source, Builder&) {
    return T(source.size("reserve"), source.size("step"));
  }
};

/// Regions of the process's malloc.
struct SystemSourceSpec {
  using Type = SystemSource;
  template <class T>
  using Of = T;
  static bool matches(const Link& source) { return source.is("system"); }
  template <class T>
  static T make(const Link&, const Link& source, Builder&) {
    return T(source.size("region"));
  }
};

/// One region at the first need.
struct ClaimSourceSpec {
  using Type = ClaimSource;
  template <class T>
  using Of = T;
  static bool matches(const Link& source) { return source.is("claim"); }
  template <class T>
  static T make(const Link&, const Link& source, Builder& builder) {
    const auto memory = builder.memory(source);
    return T(memory.data(), memory.size());
  }
};

/// One region claimed by hand before anything runs.
struct ManualSourceSpec {
  using Type = ManualSource;
  template <class T>
  class Of : public T {
   public:
    Of(std::byte* memory, std::size_t size) noexcept { this->claim(memory, size); }
  };
  static bool matches(const Link& source) { return source.is("manual"); }
  template <class T>
  static T make(const Link&, const Link& source, Builder& builder) {
    const auto memory = builder.memory(source);
    return T(memory.data(), memory.size());
  }
};

/// Blocks of another chain.
struct ParentSourceSpec {
  using Type = ParentSource<BackingHandle>;
  template <class T>
  using Of = T;
  static bool matches(const Link& source) { return source.is("parent"); }
  template <class T>
  static T make(const Link& talc, const Link& source, Builder& builder) {
    return T(source.size("region"), builder.backing(talc, source.parts[0]));
  }
};

/// 16-byte units, freed small chunks kept at hand.
struct SmallUnits {
  using Options = talc::Options;
  using Binning = talc::FineBinning;
  static bool matches(const Link& link) { return link.size("unit") == 16 && link.flag("cache"); }
};

/// 16-byte units, every free coalesces at once.
struct SmallUnitsUncached {
  using Options = talc::UncachedOptions;
  using Binning = talc::FineBinning;
  static bool matches(const Link& link) { return link.size("unit") == 16 && !link.flag("cache"); }
};

/// 32-byte units, blocks of any size.
struct LargeUnits {
  using Options = talc::LargeOptions;
  using Binning = talc::WideBinning;
  static bool matches(const Link& link) { return link.size("unit") == 32; }
};

template <class SourceSpec, class Units = SmallUnits>
struct TalcSpec {
  using Type = typename SourceSpec::template Of<
      Talc<typename SourceSpec::Type, typename Units::Binning, typename Units::Options>>;

  static bool matches(const Link& link) {
    return link.is("talc") && SourceSpec::matches(link.parts[0]) && Units::matches(link);
  }
  static Type make(const Link& link, Builder& builder) {
    return SourceSpec::template make<Type>(link, link.parts[0], builder);
  }
};

}  // namespace heapatlas::chain
