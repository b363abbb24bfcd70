// The objects made since a block began, and which of them are live: how frees are written small.
//
// Programs free what they made last. So a free or resize is not written as the object's number but
// as its rank: how many live objects of this block are newer; 0, again and again, in stack-like
// code. Objects made before the block follow, newest first, whether live or not.
//
// One bit an object, and a count of live bits for each group of 512, so that finding a rank looks
// at 8 words at most and the groups between.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

namespace heapatlas::trace {

class RecentObjects {
 public:
  /// Starts again, before the object with the number first.
  void reset(std::uint64_t first) {
    first_ = first;
    groups_.clear();
    count_ = 0;
    live_ = 0;
  }

  /// A new object, live.
  void push() {
    if (count_ % group_bits == 0) groups_.push_back({});
    Group& group = groups_.back();
    const std::size_t bit = count_ % group_bits;
    group.words[bit / 64] |= std::uint64_t{1} << (bit % 64);
    ++group.live;
    ++count_;
    ++live_;
  }

  /// The rank of an object that is live or older than the block.
  [[nodiscard]] std::uint64_t rank_of(std::uint64_t object) const {
    if (object < first_) return live_ + (first_ - 1 - object);
    const std::uint64_t bit = object - first_;
    std::uint64_t newer = 0;
    for (std::size_t g = groups_.size() - 1; g > bit / group_bits; --g) newer += groups_[g].live;
    const Group& group = groups_[bit / group_bits];
    const std::size_t home = bit % group_bits / 64;
    for (std::size_t w = words_per_group - 1; w > home; --w) newer += ones(group.words[w]);
    return newer + ones(group.words[home] >> (bit % 64)) - 1;
  }

  /// The object of a rank; none when there is no such object.
  [[nodiscard]] std::optional<std::uint64_t> object_at(std::uint64_t rank) const {
    if (rank >= live_) {
      const std::uint64_t older = rank - live_;
      if (older >= first_) return std::nullopt;
      return first_ - 1 - older;
    }
    std::size_t g = groups_.size() - 1;
    for (; rank >= groups_[g].live; --g) rank -= groups_[g].live;
    std::size_t w = words_per_group - 1;
    for (; rank >= ones(groups_[g].words[w]); --w) rank -= ones(groups_[g].words[w]);
    return first_ + g * group_bits + w * 64 + nth_from_top(groups_[g].words[w], rank);
  }

  /// A free. Objects older than the block are not remembered.
  void remove(std::uint64_t object) {
    if (object < first_) return;
    const std::uint64_t bit = object - first_;
    Group& group = groups_[bit / group_bits];
    group.words[bit % group_bits / 64] &= ~(std::uint64_t{1} << (bit % 64));
    --group.live;
    --live_;
  }

 private:
  static constexpr std::size_t group_bits = 512;
  static constexpr std::size_t words_per_group = group_bits / 64;
  struct Group {
    std::array<std::uint64_t, words_per_group> words{};
    std::uint64_t live = 0;
  };

  static std::uint64_t ones(std::uint64_t word) {
    return static_cast<std::uint64_t>(std::popcount(word));
  }

  /// The place of the one bit that has rank one bits above it.
  static std::uint64_t nth_from_top(std::uint64_t word, std::uint64_t rank) {
    for (; rank != 0; --rank) word &= ~(std::uint64_t{1} << (std::bit_width(word) - 1));
    return static_cast<std::uint64_t>(std::bit_width(word)) - 1;
  }

  std::uint64_t first_ = 0;
  std::uint64_t count_ = 0;
  std::uint64_t live_ = 0;
  std::vector<Group> groups_;
};

}  // namespace heapatlas::trace
