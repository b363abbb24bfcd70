#include "core/replay/compile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <vector>

#include "core/replay/word_file.hpp"
#include "core/trace/object_map.hpp"

namespace heapatlas::replay {
namespace {

using trace::Event;
using trace::EventKind;

base::Status broken(std::uint64_t event, std::string what) {
  return base::bad_input(std::move(what), fmt::format("event {}", event));
}

class Compiler {
 public:
  Compiler(WordFile operations, WordFile wide, const CompileOptions& options)
      : operations_{std::move(operations)}, wide_{std::move(wide)}, options_{options} {}

  base::Status add(const Event& event) {
    threads_ = std::max(threads_, event.thread + 1);
    const std::uint64_t number = events_++;
    switch (event.kind) {
      case EventKind::allocate:
        return allocate(event, number);
      case EventKind::resize:
        return resize(event, number);
      case EventKind::free:
        return free(event, number);
      default:
        return {};
    }
  }

  [[nodiscard]] std::uint64_t events() const noexcept { return events_; }

  base::Result<CompiledTrace> finish(const trace::Recovery& recovery) {
    facts_.slots = objects_.size();
    facts_.final_live_bytes = live_bytes_;
    facts_.wide_sizes = wide_.words();
    for (std::uint32_t slot = 0; slot < objects_.size(); ++slot) {
      const Object& object = objects_[slot];
      if (!object.live) continue;
      ++facts_.survivors;
      HEAPATLAS_TRY(put({OperationKind::free, slot, object.align_log2, 0}));
    }
    HEAPATLAS_TRY(operations_.append(wide_));
    WorkloadHeader header{WorkloadHeader::expected_magic, facts_};
    HEAPATLAS_TRY(operations_.finish(std::as_bytes(std::span(&header, 1))));
    return CompiledTrace{std::move(operations_).take(), facts_, events_, threads_, recovery};
  }

 private:
  struct Object {
    std::uint64_t size = 0;
    unsigned align_log2 = 0;
    bool live = false;
  };

  base::Status allocate(const Event& event, std::uint64_t number) {
    const unsigned align_log2 =
        event.align_log2 == trace::natural_align ? options_.natural_align_log2 : event.align_log2;
    if (align_log2 > Operation::max_align_log2)
      return broken(number, "an alignment of more than 2 GiB cannot be replayed");
    if (slot_of_.find(event.object) != nullptr)
      return broken(number, fmt::format("object {} is allocated twice", event.object));
    if (free_slots_.empty() && objects_.size() == Operation::max_slots)
      return broken(number, fmt::format("more than {} objects are alive at once, more than can be "
                                        "replayed",
                                        Operation::max_slots));
    const std::uint32_t slot = take_slot();
    slot_of_.insert(event.object, slot);
    Object& object = objects_[slot];
    object = {std::max<std::uint64_t>(event.size, 1), align_log2, true};
    facts_.max_align = std::max(facts_.max_align, std::uint64_t{1} << align_log2);
    grow_live(0, object.size);
    ++facts_.allocations;
    if (event.zeroed) ++facts_.zeroed_allocations;
    const auto kind = event.zeroed ? OperationKind::allocate_zeroed : OperationKind::allocate;
    return put_sized(kind, slot, object);
  }

  base::Status resize(const Event& event, std::uint64_t number) {
    const std::uint32_t* slot = slot_of_.find(event.object);
    if (slot == nullptr) return unknown(event, number, "resized");
    Object& object = objects_[*slot];
    const std::uint64_t old = std::exchange(object.size, std::max<std::uint64_t>(event.size, 1));
    grow_live(old, object.size);
    ++facts_.resizes;
    return put_sized(OperationKind::resize, *slot, object);
  }

  base::Status free(const Event& event, std::uint64_t number) {
    const std::uint32_t* found = slot_of_.find(event.object);
    if (found == nullptr) return unknown(event, number, "freed");
    const std::uint32_t slot = *found;
    slot_of_.erase(event.object);
    free_slots_.push_back(slot);
    Object& object = objects_[slot];
    object.live = false;
    live_bytes_ -= object.size;
    ++facts_.frees;
    return put({OperationKind::free, slot, object.align_log2, 0});
  }

  static base::Status unknown(const Event& event, std::uint64_t number, const char* what) {
    return broken(number, fmt::format("object {} is {} but is not alive", event.object, what));
  }

  std::uint32_t take_slot() {
    if (free_slots_.empty()) {
      objects_.emplace_back();
      return static_cast<std::uint32_t>(objects_.size() - 1);
    }
    const std::uint32_t slot = free_slots_.back();
    free_slots_.pop_back();
    return slot;
  }

  /// Before the operation itself is counted, so that the peak is this operation's number.
  void grow_live(std::uint64_t from, std::uint64_t to) {
    live_bytes_ += to - from;
    facts_.allocated_bytes += from == 0 ? to : 0;
    facts_.max_size = std::max(facts_.max_size, to);
    if (live_bytes_ <= facts_.peak_live_bytes) return;
    facts_.peak_live_bytes = live_bytes_;
    facts_.peak_operation = facts_.operations();
  }

  base::Status put_sized(OperationKind kind, std::uint32_t slot, const Object& object) {
    const Operation operation{kind, slot, object.align_log2, object.size};
    if (operation.wide()) HEAPATLAS_TRY(wide_.append(object.size));
    return put(operation);
  }

  base::Status put(Operation operation) {
    return operations_.append(std::bit_cast<std::uint64_t>(operation));
  }

  WordFile operations_;
  WordFile wide_;
  const CompileOptions& options_;
  trace::ObjectMap<std::uint32_t> slot_of_;
  std::vector<Object> objects_;  // by slot
  std::vector<std::uint32_t> free_slots_;
  WorkloadFacts facts_;
  std::uint64_t live_bytes_ = 0;
  std::uint64_t events_ = 0;
  std::uint32_t threads_ = 0;
};

}  // namespace

base::Result<CompiledTrace> compile(trace::Reader& reader, const CompileOptions& options) {
  const std::uint64_t expected = reader.totals() ? reader.totals()->events : 0;
  const std::uint64_t bytes = std::min(expected, std::uint64_t{1} << 40) * sizeof(Operation);
  auto operations = WordFile::create(bytes, WorkloadHeader::bytes);
  if (!operations) return tl::make_unexpected(operations.error());
  auto wide = WordFile::create(0);
  if (!wide) return tl::make_unexpected(wide.error());
  Compiler compiler{std::move(*operations), std::move(*wide), options};
  for (auto events = reader.next_events(); !events.empty(); events = reader.next_events()) {
    for (const Event& event : events) HEAPATLAS_TRY(compiler.add(event));
    if (options.progress && !options.progress(compiler.events()))
      return base::fail(base::ErrorKind::cancelled, "interrupted");
  }
  return compiler.finish(reader.recovery());
}

std::optional<EventPlace> event_of(trace::Reader& reader, std::uint64_t operation) {
  reader.rewind();
  Event event;
  std::uint64_t operations = 0;
  for (std::uint64_t number = 0; reader.next(event); ++number) {
    if (is_operation(event.kind) && operations++ == operation)
      return EventPlace{number, event.object, event.kind};
  }
  return std::nullopt;
}

}  // namespace heapatlas::replay
