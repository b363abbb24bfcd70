#include "tool/record/merge.hpp"

#include <algorithm>

namespace heapatlas::tool {

Merge::Merge(const base::InputFile& file, const SpoolLayout& layout) {
  streams_.reserve(layout.streams.size());
  for (const auto& chunks : layout.streams) streams_.emplace_back(file, chunks);
}

base::Status Merge::begin() {
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    Head head{{}, i};
    const auto more = streams_[i].next(head.record);
    if (!more) return tl::make_unexpected(more.error());
    if (*more) heads_.push_back(head);
  }
  std::make_heap(heads_.begin(), heads_.end(), later);
  begun_ = true;
  return {};
}

/// Reads on in the current stream, or in another one that is behind it.
base::Status Merge::advance() {
  if (current_) {
    const auto more = streams_[current_->stream].next(current_->record);
    if (!more) return tl::make_unexpected(more.error());
    if (*more && (heads_.empty() || !later(*current_, heads_.front()))) return {};
    if (*more) {
      heads_.push_back(*current_);
      std::push_heap(heads_.begin(), heads_.end(), later);
    }
    current_.reset();
  }
  if (heads_.empty()) return {};
  std::pop_heap(heads_.begin(), heads_.end(), later);
  current_ = heads_.back();
  heads_.pop_back();
  return {};
}

base::Result<bool> Merge::next(SpoolRecord& record) {
  if (!begun_) HEAPATLAS_TRY(begin());
  HEAPATLAS_TRY(advance());
  if (!current_) return false;
  record = current_->record;
  return true;
}

}  // namespace heapatlas::tool
