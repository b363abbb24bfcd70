#include "tool/record/merge.hpp"

#include <algorithm>

namespace heapatlas::tool {

base::Status Merge::read_head(StreamReader* stream) {
  Head head{{}, stream};
  const auto more = stream->next(head.record);
  if (!more) return tl::make_unexpected(more.error());
  if (!*more) {
    dry_.push_back(stream);
    return {};
  }
  heads_.push_back(head);
  std::push_heap(heads_.begin(), heads_.end(), later);
  return {};
}

base::Status Merge::look_again() {
  std::vector<StreamReader*> waiting;
  waiting.swap(dry_);
  for (const auto& [number, chunks] : layout_->streams()) {
    auto& stream = streams_[number];
    if (stream != nullptr) continue;
    stream = std::make_unique<StreamReader>(*file_, chunks);
    waiting.push_back(stream.get());
  }
  for (StreamReader* stream : waiting) HEAPATLAS_TRY(read_head(stream));
  return {};
}

base::Result<bool> Merge::next(SpoolRecord& record, bool has_ended) {
  if (current_ != nullptr) {
    Head head{{}, current_};
    const auto more = current_->next(head.record);
    if (!more) return more;
    const bool is_lowest = heads_.empty() || !later(head, heads_.front());
    if (*more && is_lowest && is_due(head.record, has_ended)) {
      record = head.record;
      due_ticket_ = record.ticket + 1;
      return true;
    }
    if (*more) {
      heads_.push_back(head);
      std::push_heap(heads_.begin(), heads_.end(), later);
    } else {
      dry_.push_back(current_);
    }
    current_ = nullptr;
  }
  if (heads_.empty() || !is_due(heads_.front().record, has_ended)) return false;
  std::pop_heap(heads_.begin(), heads_.end(), later);
  record = heads_.back().record;
  current_ = heads_.back().stream;
  heads_.pop_back();
  due_ticket_ = record.ticket + 1;
  return true;
}

}  // namespace heapatlas::tool
