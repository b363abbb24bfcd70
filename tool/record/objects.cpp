#include "tool/record/objects.hpp"

#include <algorithm>

namespace heapatlas::tool {

using spool::Kind;
using trace::Event;
using trace::EventKind;

base::Status Objects::emit(EventKind kind, Event event) {
  event.kind = kind;
  return writer_->add(event);
}

Objects::Thread& Objects::thread_of(std::uint32_t recorded) {
  Thread& thread = threads_[recorded];
  if (!thread.seen) {
    thread.seen = true;
    thread.number = static_cast<std::uint32_t>(threads_.size() - 1);
  }
  return thread;
}

/// Notes that the object is at the address from now on; whatever was there is gone.
base::Status Objects::settle_at(std::uint64_t address, std::uint64_t object, const Event& event) {
  if (std::uint64_t* at = live_.find(address)) {
    Event lost;
    lost.thread = event.thread;
    lost.time = event.time;
    lost.object = *at;
    ++losses_.implicit_frees;
    live_.erase(address);
    HEAPATLAS_TRY(emit(EventKind::free, lost));
  }
  live_.insert(address, object);
  return {};
}

base::Status Objects::allocate(const SpoolRecord& record, Event event) {
  event.object = writer_->next_object();
  event.size = record.size;
  event.zeroed = record.kind == Kind::zeroed;
  if (record.kind == Kind::aligned) event.align_log2 = record.log2_alignment;
  HEAPATLAS_TRY(settle_at(record.address, event.object, event));
  return emit(EventKind::allocate, event);
}

base::Status Objects::release(const SpoolRecord& record, Event event) {
  std::uint64_t* at = live_.find(record.address);
  if (at == nullptr) {
    ++losses_.dropped_frees;
    return {};
  }
  event.object = *at;
  live_.erase(record.address);
  return emit(EventKind::free, event);
}

void Objects::begin_resize(const SpoolRecord& record, Thread& thread) {
  std::uint64_t* at = live_.find(record.address);
  thread.pending.push_back({record.address, at == nullptr ? 0 : *at, at != nullptr});
  if (at != nullptr) live_.erase(record.address);
}

base::Status Objects::end_resize(const SpoolRecord& record, Event event, Thread& thread) {
  Pending begun{};
  if (!thread.pending.empty()) {
    begun = thread.pending.back();
    thread.pending.pop_back();
  }
  event.object = begun.object;
  if (record.kind == Kind::resize_failed)
    return begun.known ? settle_at(begun.address, begun.object, event) : base::Status{};
  if (!begun.known) ++losses_.dropped_frees;
  if (record.kind == Kind::resize_freed)
    return begun.known ? emit(EventKind::free, event) : base::Status{};
  if (!begun.known) return allocate(record, event);
  event.size = record.size;
  HEAPATLAS_TRY(settle_at(record.address, begun.object, event));
  return emit(EventKind::resize, event);
}

/// Ends the threads that ended before the last so many records.
base::Status Objects::end_threads(std::uint64_t records) {
  while (!ending_.empty() && records_ - ending_.front().second >= records) {
    const Thread& thread = thread_of(ending_.front().first);
    Event event;
    event.thread = thread.number;
    event.time = thread.last_time;
    ending_.pop_front();
    HEAPATLAS_TRY(emit(EventKind::thread_exit, event));
  }
  return {};
}

base::Status Objects::finish() {
  return end_threads(0);
}

base::Status Objects::add(const SpoolRecord& record, std::uint64_t time) {
  ++records_;
  if (!ending_.empty()) HEAPATLAS_TRY(end_threads(held_back));
  Thread& thread = thread_of(record.thread);
  thread.last_time = std::max(thread.last_time, std::min(time, trace::max_time));
  Event event;
  event.thread = thread.number;
  event.time = thread.last_time;
  switch (record.kind) {
    case Kind::allocate:
    case Kind::zeroed:
    case Kind::aligned:
      return allocate(record, event);
    case Kind::free:
      return release(record, event);
    case Kind::resize_begin:
      begin_resize(record, thread);
      return {};
    case Kind::resize_end:
    case Kind::resize_failed:
    case Kind::resize_freed:
      return end_resize(record, event, thread);
    case Kind::thread_start:
      return emit(EventKind::thread_start, event);
    case Kind::thread_exit:
      ending_.emplace_back(record.thread, records_);
      return {};
    case Kind::thread_late:
    case Kind::rebase:
    case Kind::none:
      return {};
  }
  return {};
}

}  // namespace heapatlas::tool
