#include "core/trace/facts.hpp"

#include <functional>
#include <limits>

namespace heapatlas::trace {
namespace {

// Tags are never reused for another meaning.
enum class InfoTag : std::uint64_t {
  program = 1,
  argument = 2,  // one field for each, in order
  origin = 3,
  machine = 4,
  system = 5,
  recorded_at = 6,
  time_unit = 7,
  fidelity = 8,
};

enum class IndexTag : std::uint64_t {
  events_by_kind = 1,
  threads = 2,
  duration = 3,
  peak = 4,  // bytes, event, blocks
  end = 5,   // bytes, blocks
  dropped_frees = 6,
  implicit_frees = 7,
  cut = 8,
};

/// Keeps a header of empty arguments from taking many times its own size in memory.
constexpr std::size_t max_arguments = 4096;

template <class Tag>
void put_bytes(base::ByteWriter& out, Tag tag, base::Bytes value) {
  out.varint(static_cast<std::uint64_t>(tag));
  out.varint(value.size());
  out.bytes(value);
}

template <class Tag>
void put_text(base::ByteWriter& out, Tag tag, const std::string& text) {
  if (!text.empty()) put_bytes(out, tag, base::bytes_of(text));
}

template <class Tag>
void put_numbers(base::ByteWriter& out, Tag tag, std::span<const std::uint64_t> numbers) {
  base::ByteWriter value;
  for (const std::uint64_t number : numbers) value.varint(number);
  put_bytes(out, tag, value.view());
}

template <class Tag>
void put_number(base::ByteWriter& out, Tag tag, std::uint64_t number) {
  put_numbers(out, tag, std::span(&number, 1));
}

/// Calls take(tag, value) for each field; false when the fields are malformed or a value was not
/// read to its end without fault.
bool for_each_field(base::Bytes bytes,
                    const std::function<void(std::uint64_t, base::ByteReader&)>& take) {
  base::ByteReader reader(bytes);
  while (reader.remaining() != 0) {
    const std::uint64_t tag = reader.varint();
    base::ByteReader value(reader.bytes(reader.varint()));
    if (!reader.ok()) return false;
    take(tag, value);
    if (!value.ok()) return false;
  }
  return true;
}

std::string rest_as_text(base::ByteReader& value) {
  const base::Bytes bytes = value.bytes(value.remaining());
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::uint64_t bits_of(const Fidelity& fidelity) {
  return (fidelity.threads ? 1U : 0U) | (fidelity.alignment ? 2U : 0U) |
         (fidelity.realloc ? 4U : 0U) | (fidelity.zeroing ? 8U : 0U) | (fidelity.times ? 16U : 0U) |
         (fidelity.exact_identity ? 32U : 0U);
}

Fidelity fidelity_of(std::uint64_t bits) {
  return {(bits & 1) != 0, (bits & 2) != 0,  (bits & 4) != 0,
          (bits & 8) != 0, (bits & 16) != 0, (bits & 32) != 0};
}

std::uint32_t narrowed(std::uint64_t number) {
  return number > std::numeric_limits<std::uint32_t>::max() ? 0
                                                            : static_cast<std::uint32_t>(number);
}

}  // namespace

void write_info(const TraceInfo& info, base::ByteWriter& out) {
  put_text(out, InfoTag::program, info.program);
  for (const auto& argument : info.command)
    put_bytes(out, InfoTag::argument, base::bytes_of(argument));
  put_text(out, InfoTag::origin, info.origin);
  put_text(out, InfoTag::machine, info.machine);
  put_text(out, InfoTag::system, info.system);
  put_number(out, InfoTag::recorded_at, info.recorded_at);
  put_number(out, InfoTag::time_unit, info.time_unit);
  put_number(out, InfoTag::fidelity, bits_of(info.fidelity));
}

base::Result<TraceInfo> read_info(base::Bytes bytes) {
  TraceInfo info;
  const bool well = for_each_field(bytes, [&](std::uint64_t tag, base::ByteReader& value) {
    switch (static_cast<InfoTag>(tag)) {
      case InfoTag::program:
        info.program = rest_as_text(value);
        break;
      case InfoTag::argument:
        if (info.command.size() < max_arguments) info.command.push_back(rest_as_text(value));
        break;
      case InfoTag::origin:
        info.origin = rest_as_text(value);
        break;
      case InfoTag::machine:
        info.machine = rest_as_text(value);
        break;
      case InfoTag::system:
        info.system = rest_as_text(value);
        break;
      case InfoTag::recorded_at:
        info.recorded_at = value.varint();
        break;
      case InfoTag::time_unit:
        info.time_unit = narrowed(value.varint());
        break;
      case InfoTag::fidelity:
        info.fidelity = fidelity_of(value.varint());
        break;
    }
  });
  if (!well || info.time_unit == 0) return base::bad_input("the header is malformed");
  return info;
}

void write_index(const Index& index, base::ByteWriter& out) {
  const Totals& totals = index.totals;
  put_numbers(out, IndexTag::events_by_kind, totals.by_kind);
  put_number(out, IndexTag::threads, totals.threads);
  put_number(out, IndexTag::duration, totals.duration);
  put_numbers(out, IndexTag::peak,
              std::array{totals.peak_live_bytes, totals.peak_event, totals.peak_live_blocks});
  put_numbers(out, IndexTag::end, std::array{totals.end_live_bytes, totals.end_live_blocks});
  put_number(out, IndexTag::dropped_frees, index.losses.dropped_frees);
  put_number(out, IndexTag::implicit_frees, index.losses.implicit_frees);
  put_number(out, IndexTag::cut, index.losses.cut ? 1 : 0);
}

base::Result<Index> read_index(base::Bytes bytes) {
  Index index;
  Totals& totals = index.totals;
  const bool well = for_each_field(bytes, [&](std::uint64_t tag, base::ByteReader& value) {
    switch (static_cast<IndexTag>(tag)) {
      case IndexTag::events_by_kind:
        for (auto& count : totals.by_kind) totals.events += count = value.varint();
        break;
      case IndexTag::threads:
        totals.threads = narrowed(value.varint());
        break;
      case IndexTag::duration:
        totals.duration = value.varint();
        break;
      case IndexTag::peak:
        totals.peak_live_bytes = value.varint();
        totals.peak_event = value.varint();
        totals.peak_live_blocks = value.varint();
        break;
      case IndexTag::end:
        totals.end_live_bytes = value.varint();
        totals.end_live_blocks = value.varint();
        break;
      case IndexTag::dropped_frees:
        index.losses.dropped_frees = value.varint();
        break;
      case IndexTag::implicit_frees:
        index.losses.implicit_frees = value.varint();
        break;
      case IndexTag::cut:
        index.losses.cut = value.varint() != 0;
        break;
    }
  });
  if (!well) return base::bad_input("the index is malformed");
  return index;
}

}  // namespace heapatlas::trace
