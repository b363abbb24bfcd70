#include "tool/record/convert.hpp"

#include <fmt/format.h>
#include <gnu/libc-version.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <thread>

#include "tool/record/clock.hpp"
#include "tool/record/merge.hpp"
#include "tool/record/objects.hpp"
#include "tool/version.hpp"

namespace heapatlas::tool {
namespace {

/// What follows the label on the first line of a file that begins with it: "LABEL value".
std::string line_value(const char* path, std::string_view label, char separator) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(label)) continue;
    const std::size_t at = line.find(separator);
    if (at == std::string::npos) continue;
    std::string value = line.substr(at + 1);
    std::erase(value, '"');
    value.erase(0, value.find_first_not_of(" \t"));
    return value;
  }
  return {};
}

std::string machine() {
  const std::string model = line_value("/proc/cpuinfo", "model name", ':');
  return fmt::format("{}, {} cores", model.empty() ? "unknown processor" : model,
                     std::thread::hardware_concurrency());
}

std::string system_name() {
  utsname names{};
  uname(&names);
  const std::string pretty = line_value("/etc/os-release", "PRETTY_NAME", '=');
  return fmt::format("{}, {} {} {}, glibc {}", pretty.empty() ? "unknown" : pretty, names.sysname,
                     names.release, names.machine, gnu_get_libc_version());
}

trace::TraceInfo info_of(const SpoolHeader& header) {
  trace::TraceInfo info;
  info.program = header.image;
  info.command = header.command;
  info.origin = fmt::format("heapatlas record {}", version);
  info.machine = machine();
  info.system = system_name();
  info.recorded_at = header.recorded_at;
  return info;
}

base::Error cancelled(const std::string& spool_path) {
  return {base::ErrorKind::cancelled, "interrupted", "",
          "heapatlas finish " + spool_path + " writes the trace"};
}

}  // namespace

base::Error nothing_recorded(const std::string& program) {
  return {base::ErrorKind::bad_input, "nothing was recorded", program,
          "statically linked and setuid programs, and those that clear the environment, can't be"};
}

struct Converter::State {
  State(base::InputFile input, SpoolHeader first, std::string path, trace::Writer out)
      : file(std::move(input)),
        header(std::move(first)),
        trace_path(std::move(path)),
        layout(header),
        merge(file, layout),
        writer(std::move(out)),
        objects(writer) {}

  base::Status look_again(bool has_ended);
  base::Result<bool> take(bool has_ended);
  std::uint64_t records_written() const;

  base::InputFile file;
  SpoolHeader header;
  std::string trace_path;
  SpoolLayout layout;
  Merge merge;
  trace::Writer writer;
  Objects objects;
  std::optional<ClockScale> scale;
  std::uint64_t records = 0;
};

/// Reads the header again, finds new chunks, and relates the clocks over a longer time.
base::Status Converter::State::look_again(bool has_ended) {
  auto now = read_spool_header(file);
  if (!now) return tl::make_unexpected(now.error());
  if (now->images != header.images)
    return base::bad_input("another program began in the process", file.path());
  header = std::move(*now);
  HEAPATLAS_TRY(layout.extend(file, header));
  spool::ClockPair last = has_ended ? header.end : clock_pair(header.clock);
  if (last.ns == 0) last = layout.latest();
  const auto related = ClockScale::between(header.clock, header.start, last);
  if (!related) return tl::make_unexpected(related.error());
  scale = *related;
  return merge.look_again();
}

/// Takes in one record; false when there is none to take.
base::Result<bool> Converter::State::take(bool has_ended) {
  SpoolRecord record;
  const auto more = merge.next(record, has_ended);
  if (!more || !*more) return more;
  if (record.ticket >= header.cut_at) return false;
  HEAPATLAS_TRY(objects.add(record, scale->ns_at(record.time)));
  ++records;
  return true;
}

/// About how many there are, for a progress bar.
std::uint64_t Converter::State::records_written() const {
  constexpr std::uint64_t record_bytes = 20;
  return (header.chunks - header.first_chunk) * spool::chunk_bytes / record_bytes;
}

Converter::Converter(std::unique_ptr<State> state) : state_(std::move(state)) {}
Converter::Converter(Converter&&) noexcept = default;
Converter& Converter::operator=(Converter&&) noexcept = default;
Converter::~Converter() = default;

base::Result<Converter> Converter::begin(const std::string& spool_path,
                                         const std::string& trace_path) {
  auto file = base::InputFile::open(spool_path);
  if (!file) return tl::make_unexpected(file.error());
  auto header = read_spool_header(*file);
  if (!header) return tl::make_unexpected(header.error());
  if (header->images == 0) {
    return tl::make_unexpected(
        nothing_recorded(header->command.empty() ? spool_path : header->command.front()));
  }
  auto writer = trace::Writer::create(trace_path, info_of(*header));
  if (!writer) return tl::make_unexpected(writer.error());
  return Converter(std::make_unique<State>(std::move(*file), std::move(*header), trace_path,
                                           std::move(*writer)));
}

base::Result<bool> Converter::advance() {
  HEAPATLAS_TRY(state_->look_again(false));
  const std::uint64_t before = state_->records;
  for (;;) {
    const auto more = state_->take(false);
    if (!more) return more;
    if (!*more) return state_->records != before;
  }
}

base::Result<Conversion> Converter::finish(Progress& progress,
                                           const std::atomic<bool>& interrupted) {
  State& state = *state_;
  HEAPATLAS_TRY(state.look_again(true));
  const std::uint64_t total = state.records_written();
  for (;;) {
    const auto more = state.take(true);
    if (!more) return tl::make_unexpected(more.error());
    if (!*more) break;
    if ((state.records & 0xFFFF) != 0) continue;
    progress.update(std::min(state.records, total), total);
    if (interrupted) return tl::make_unexpected(cancelled(state.file.path()));
  }
  HEAPATLAS_TRY(state.objects.finish());
  Conversion result;
  result.losses = state.objects.losses();
  result.losses.cut = state.header.cut_reason != 0;
  HEAPATLAS_TRY(state.writer.finish(result.losses));
  result.totals = state.writer.totals();
  result.lost = state.header.lost;
  result.images = state.header.images;
  result.cut_reason = state.header.cut_reason;
  result.image = state.header.image;
  result.own_malloc = state.header.own_malloc;
  result.successor = state.header.successor;
  result.peak_resident_bytes = state.header.peak_resident_bytes;
  struct stat written {};
  if (stat(state.trace_path.c_str(), &written) == 0)
    result.bytes = static_cast<std::uint64_t>(written.st_size);
  return result;
}

std::uint32_t Converter::image() const {
  return state_->header.images;
}

}  // namespace heapatlas::tool
