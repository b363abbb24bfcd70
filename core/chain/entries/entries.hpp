// The list of every entry of the registry; each is made in the file of its name.
#pragma once

#include <vector>

#include "core/chain/registry.hpp"

namespace heapatlas::chain {

[[nodiscard]] const Entry& bump_entry();
[[nodiscard]] const Entry& claim_source_entry();
[[nodiscard]] const Entry& fallback_entry();
[[nodiscard]] const Entry& free_list_entry();
[[nodiscard]] const Entry& jemalloc_entry();
[[nodiscard]] const Entry& limit_entry();
[[nodiscard]] const Entry& locked_entry();
[[nodiscard]] const Entry& manual_source_entry();
[[nodiscard]] const Entry& mapped_bump_entry();
[[nodiscard]] const Entry& mimalloc_entry();
[[nodiscard]] const Entry& never_entry();
[[nodiscard]] const Entry& os_entry();
[[nodiscard]] const Entry& os_source_entry();
[[nodiscard]] const Entry& parent_source_entry();
[[nodiscard]] const Entry& per_thread_entry();
[[nodiscard]] const Entry& plugin_entry();
[[nodiscard]] const Entry& preload_entry();
[[nodiscard]] const Entry& proxy_entry();
[[nodiscard]] const Entry& scoped_entry();
[[nodiscard]] const Entry& segregate_entry();
[[nodiscard]] const Entry& sized_entry();
[[nodiscard]] const Entry& slab_entry();
[[nodiscard]] const Entry& slabs_entry();
[[nodiscard]] const Entry& stalloc_entry();
[[nodiscard]] const Entry& stats_entry();
[[nodiscard]] const Entry& system_entry();
[[nodiscard]] const Entry& system_source_entry();
[[nodiscard]] const Entry& talc_entry();
[[nodiscard]] const Entry& tcmalloc_entry();

/// Every entry in reading order: leaves, combinators, sources.
[[nodiscard]] inline std::vector<const Entry*> all_entries() {
  return {
      &stalloc_entry(),       &talc_entry(),
      &slab_entry(),          &slabs_entry(),
      &per_thread_entry(),    &free_list_entry(),
      &bump_entry(),          &mapped_bump_entry(),
      &scoped_entry(),        &os_entry(),
      &system_entry(),        &jemalloc_entry(),
      &mimalloc_entry(),      &tcmalloc_entry(),
      &preload_entry(),       &plugin_entry(),
      &never_entry(),         &fallback_entry(),
      &segregate_entry(),     &locked_entry(),
      &limit_entry(),         &sized_entry(),
      &stats_entry(),         &proxy_entry(),
      &os_source_entry(),     &system_source_entry(),
      &claim_source_entry(),  &manual_source_entry(),
      &parent_source_entry(),
  };
}

}  // namespace heapatlas::chain
