#include "tool/record/convert.hpp"

#include <fmt/format.h>
#include <gnu/libc-version.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include <fstream>
#include <thread>

#include "tool/record/clock_scale.hpp"
#include "tool/record/merge.hpp"
#include "tool/record/objects.hpp"
#include "tool/version.hpp"

namespace heapatlas::tool {
namespace {

using spool::Kind;

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

/// What the first reading of a spool finds.
struct Survey {
  std::uint64_t records = 0;
  std::unordered_map<std::uint32_t, std::uint64_t> late_records;  ///< by thread
};

base::Error cancelled(const std::string& spool_path) {
  return {base::ErrorKind::cancelled, "interrupted", "",
          "heapatlas finish " + spool_path + " writes the trace"};
}

base::Result<Survey> survey(const base::InputFile& file, const SpoolLayout& layout,
                            const std::atomic<bool>& interrupted) {
  Survey found;
  for (const auto& chunks : layout.streams) {
    StreamReader stream(file, chunks);
    for (SpoolRecord record;;) {
      const auto more = stream.next(record);
      if (!more) return tl::make_unexpected(more.error());
      if (!*more) break;
      if (record.kind == Kind::thread_late) ++found.late_records[record.thread];
      if ((++found.records & 0xFFFF) == 0 && interrupted)
        return tl::make_unexpected(cancelled(file.path()));
    }
  }
  return found;
}

}  // namespace

base::Error nothing_recorded(const std::string& program) {
  return {base::ErrorKind::bad_input, "nothing was recorded", program,
          "statically linked and setuid programs, and those that clear the environment, can't be"};
}

base::Result<Conversion> convert(const std::string& spool_path, const std::string& trace_path,
                                 Progress& progress, const std::atomic<bool>& interrupted) {
  const auto file = base::InputFile::open(spool_path);
  if (!file) return tl::make_unexpected(file.error());
  const auto header = read_spool_header(*file);
  if (!header) return tl::make_unexpected(header.error());
  if (header->images == 0) {
    return tl::make_unexpected(
        nothing_recorded(header->command.empty() ? spool_path : header->command.front()));
  }
  const auto layout = read_spool_layout(*file, *header);
  if (!layout) return tl::make_unexpected(layout.error());
  const auto scale = ClockScale::between(header->clock, header->start, layout->latest);
  if (!scale) return tl::make_unexpected(scale.error());
  auto surveyed = survey(*file, *layout, interrupted);
  if (!surveyed) return tl::make_unexpected(surveyed.error());

  auto writer = trace::Writer::create(trace_path, info_of(*header));
  if (!writer) return tl::make_unexpected(writer.error());
  Objects objects(*writer, std::move(surveyed->late_records));
  Merge merge(*file, *layout);
  std::uint64_t done = 0;
  for (SpoolRecord record;; ++done) {
    const auto more = merge.next(record);
    if (!more) return tl::make_unexpected(more.error());
    if (!*more || record.ticket >= header->cut_at) break;
    HEAPATLAS_TRY(objects.add(record, scale->ns_at(record.time)));
    if ((done & 0xFFFF) != 0) continue;
    progress.update(done, surveyed->records);
    if (interrupted) return tl::make_unexpected(cancelled(spool_path));
  }
  Conversion result;
  result.losses = objects.losses();
  result.losses.cut = header->cut_reason != 0;
  HEAPATLAS_TRY(writer->finish(result.losses));
  result.totals = writer->totals();
  result.lost = header->lost;
  result.images = header->images;
  result.cut_reason = header->cut_reason;
  result.image = header->image;
  struct stat written {};
  if (stat(trace_path.c_str(), &written) == 0)
    result.bytes = static_cast<std::uint64_t>(written.st_size);
  return result;
}

}  // namespace heapatlas::tool
