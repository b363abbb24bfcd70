#include "viewer/model/block_classes.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace heapatlas::viewer {

struct BlockClasses::Bytes {
  explicit Bytes(const Run& run)
      : links(run.nodes.size() + 1), threads(run.threads.size() + 1), sites(run.sites.size() + 1) {
    const auto add = [](std::vector<double>& bytes, std::uint32_t owner, std::uint64_t granted) {
      bytes[std::min<std::size_t>(owner, bytes.size() - 1)] += static_cast<double>(granted);
    };
    for (const Placement& block : run.placements) {
      add(links, block.node, block.granted);
      add(threads, block.thread, block.granted);
      add(sites, block.site, block.granted);
    }
  }

  std::vector<double> links;
  std::vector<double> threads;
  std::vector<double> sites;
};

BlockClasses::Owners::Owners(const std::vector<std::string>& all, const char* unnamed,
                             std::vector<double> bytes)
    : classes(bytes.size(), max_classes - 1) {
  std::vector<std::size_t> order(bytes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return bytes[a] > bytes[b]; });
  std::erase_if(order, [&](std::size_t owner) { return bytes[owner] == 0; });
  const bool has_others = order.size() > max_classes;
  const std::size_t own = has_others ? max_classes - 1 : order.size();
  for (std::size_t k = 0; k < own; ++k) {
    classes[order[k]] = static_cast<std::uint8_t>(k);
    names.emplace_back(order[k] == all.size() ? unnamed : all[order[k]]);
  }
  if (has_others) names.emplace_back("others");
}

BlockClasses::BlockClasses(const Run& run) : BlockClasses(run, Bytes(run)) {}

BlockClasses::BlockClasses(const Run& run, Bytes bytes)
    : links_(run.nodes, "unknown", std::move(bytes.links)),
      threads_(run.threads, "thread unknown", std::move(bytes.threads)),
      sites_(run.sites, "site unknown", std::move(bytes.sites)) {}

const BlockClasses::Owners& BlockClasses::owners(Trait trait) const {
  return trait == Trait::link ? links_ : trait == Trait::thread ? threads_ : sites_;
}

const std::vector<std::string>& BlockClasses::names(Trait trait) const {
  static const std::vector<std::string> sizes = {"up to 16 B", "to 64 B",  "to 256 B",
                                                 "to 1 KiB",   "to 4 KiB", "to 32 KiB",
                                                 "to 256 KiB", "larger"};
  static const std::vector<std::string> wastes = {"none",   "to 4%",  "to 10%", "to 25%",
                                                  "to 50%", "to 75%", "to 90%", "more"};
  if (trait == Trait::size) return sizes;
  if (trait == Trait::waste) return wastes;
  return owners(trait).names;
}

}  // namespace heapatlas::viewer
