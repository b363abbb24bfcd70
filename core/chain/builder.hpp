// Turns a checked chain into its run-time form: first every link takes what can fail (memory,
// libraries), then the allocators are made, which cannot.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "core/alloc/os/pages.hpp"
#include "core/base/error.hpp"
#include "core/chain/counted.hpp"
#include "core/chain/erased.hpp"
#include "core/chain/heap_memory.hpp"
#include "core/chain/link.hpp"

namespace heapatlas::chain {

class Builder {
 public:
  /// Counts what each link does when counts is given; it must outlive the chain.
  explicit Builder(Counts* counts = nullptr) : counts_(counts) {}
  ~Builder();
  Builder(const Builder&) = delete;
  Builder& operator=(const Builder&) = delete;

  /// Takes what the chain needs. Once, before build.
  [[nodiscard]] base::Status prepare(const Link& root);
  /// Makes the run-time form of a link and its parts. The builder keeps them.
  [[nodiscard]] Erased& build(const Link& link);

  /// For an entry's prepare: a region for this link, at a multiple of align. All blocks of an
  /// allocator that takes one lie there.
  [[nodiscard]] base::Status take_memory(const Link& link, std::size_t size,
                                         std::size_t align = os::region_alignment);
  /// For an entry's build: the region that its prepare took.
  [[nodiscard]] std::span<std::byte> memory(const Link& link) const;

  /// For an entry's prepare: keeps an object that outlives the link.
  void keep(const Link& link, std::shared_ptr<void> object) { kept_[&link] = std::move(object); }
  /// For an entry's build: the object that its prepare kept.
  template <class T>
  [[nodiscard]] const T& kept(const Link& link) const {
    return *static_cast<const T*>(kept_.at(&link).get());
  }

  /// For an entry's build: the handle of an allocator that the link gets its memory from. It is
  /// asked for blocks and given them back, no more.
  [[nodiscard]] BackingHandle backing(const Link& link, const Link& part) {
    return {build(part), part.id - link.id};
  }

  /// For an entry's build: every link is to be seen by itself.
  [[nodiscard]] bool counts() const noexcept { return counts_ != nullptr; }

  /// For an entry's build: calls use(handle) with the handle of the link's part.
  template <class Use>
  std::unique_ptr<Erased> with_part(const Link& link, std::size_t index, Use&& use) {
    const Link& part = link.parts[index];
    return with_handle(build(part), part.id - link.id, std::forward<Use>(use));
  }

 private:
  Counts* counts_;
  HeapMemory heap_;
  std::map<const Link*, std::span<std::byte>> regions_;
  std::map<const Link*, std::shared_ptr<void>> kept_;
  std::vector<std::unique_ptr<Erased>> links_;  ///< parts before what holds them
};

/// The run-time form of an allocator that make() returns by value.
template <class Make>
[[nodiscard]] std::unique_ptr<Erased> erase(const Link& link, Make&& make) {
  using A = decltype(make());
  return std::make_unique<ErasedOf<A>>(link.facts, std::forward<Make>(make));
}

}  // namespace heapatlas::chain
