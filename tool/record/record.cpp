// heapatlas record: run a program, see what it asks of its allocator, write that as a trace.
#include "tool/record/record.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "core/base/output_file.hpp"
#include "tool/interrupt.hpp"
#include "tool/locate.hpp"
#include "tool/record/clock.hpp"
#include "tool/record/convert.hpp"
#include "tool/record/launch.hpp"
#include "tool/record/live_conversion.hpp"
#include "tool/record/spool_owner.hpp"
#include "tool/record/write_trace.hpp"

namespace heapatlas::tool {
namespace {

namespace fs = std::filesystem;

constexpr const char* library = "libheapatlas-record.so";

struct Options {
  std::string output;
  std::string spool_folder;
  bool follow = false;
  std::vector<std::string> command;
};

std::string default_output(const std::string& program) {
  return fs::path(program).filename().string() + ".hat";
}

/// Refuses, before the program runs, an output that could not be written after it.
base::Status check_output(const std::string& path) {
  if (path == "-") {
    return base::bad_input("standard output belongs to the recorded program", "-o -",
                           "name a file");
  }
  struct stat target {};
  if (stat(path.c_str(), &target) == 0 && !S_ISREG(target.st_mode)) {
    if (S_ISDIR(target.st_mode)) return base::system_error("can't write the trace", EISDIR, path);
    return access(path.c_str(), W_OK) == 0
               ? base::Status{}
               : base::system_error("can't write the trace", errno, path);
  }
  // Made beside the target, and gone again at once.
  const auto probe = base::OutputFile::create(path);
  return probe ? base::Status{} : base::Status(tl::make_unexpected(probe.error()));
}

/// The library's path, if the loader can be told of it: it splits its list at spaces and colons.
base::Result<std::string> find_library() {
  auto path = locate_companion(library);
  if (path && path->find_first_of(" :") != std::string::npos) {
    return base::fail(base::ErrorKind::unavailable,
                      "the recorder lies in a folder whose name has a space or a colon", *path,
                      "move or install heapatlas elsewhere");
  }
  return path;
}

std::string spool_path(const Options& options) {
  const fs::path output(options.output);
  fs::path folder =
      options.spool_folder.empty() ? output.parent_path() : fs::path(options.spool_folder);
  if (folder.empty()) folder = ".";
  const std::string name = fmt::format("{}.{}.spool", output.filename().string(), getpid());
  return (fs::absolute(folder) / name).lexically_normal().string();
}

/// app.hat, 1234 -> app.1234.hat
std::string child_output(const std::string& output, const std::string& pid) {
  fs::path path(output);
  const std::string extension = path.extension().string();
  return path.replace_extension().string() + "." + pid + extension;
}

/// Spools of followed children: PATH.PID. Gives the pids.
std::vector<std::string> child_spools(const std::string& path) {
  const fs::path own(path);
  const std::string prefix = own.filename().string() + ".";
  std::vector<std::string> pids;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(own.parent_path(), error)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(prefix) &&
        name.find_first_not_of("0123456789", prefix.size()) == std::string::npos) {
      pids.push_back(name.substr(prefix.size()));
    }
  }
  std::sort(pids.begin(), pids.end());
  return pids;
}

base::Status convert_children(const SpoolOwner& spool, const Options& options, bool quiet,
                              const std::atomic<bool>& interrupted) {
  for (const std::string& pid : child_spools(spool.path())) {
    const std::string child_spool = spool.path() + "." + pid;
    HEAPATLAS_TRY(write_trace(child_spool, child_output(options.output, pid), quiet, interrupted));
  }
  return {};
}

base::Result<ExitStatus> record(const Options& options, bool quiet) {
  const auto program = find_program(options.command.front());
  if (!program) return tl::make_unexpected(program.error());
  const auto preload = find_library();
  if (!preload) return tl::make_unexpected(preload.error());
  HEAPATLAS_TRY(check_output(options.output));
  auto spool = SpoolOwner::create(spool_path(options), options.command, options.follow);
  if (!spool) return tl::make_unexpected(spool.error());

  const Launch launch{options.command, *preload, spool->path(), options.follow};
  LiveConversion live(*spool, options.output);
  const auto ending = run_program(launch, spool->header(), [&live] { return live.step(); });
  if (!ending) {
    spool->remove();
    return tl::make_unexpected(ending.error());
  }
  const std::atomic<bool>& interrupted = catch_interrupts();
  spool->header().end = clock_pair(spool->header().clock);
  if (!quiet && ending->signal != 0) {
    fmt::print(stderr, "heapatlas: the program was ended by signal {} ({})\n", ending->signal,
               strsignal(ending->signal));
  }
  const bool seen = spool->header().images.load() != 0;
  if (!seen) spool->remove();
  if (seen) {
    HEAPATLAS_TRY(write_trace(spool->path(), options.output, quiet, interrupted, live.take()));
  }
  HEAPATLAS_TRY(convert_children(*spool, options, quiet, interrupted));
  if (!seen) return tl::make_unexpected(nothing_recorded(*program));
  return static_cast<ExitStatus>(ending->status);
}

constexpr const char* footer =
    "Examples:\n"
    "  heapatlas record -o app.hat -- ./app --its-arguments\n"
    "      runs ./app and writes what it asked of malloc to app.hat\n"
    "  heapatlas record -o cc1plus.hat -- $(g++ -print-prog-name=cc1plus) -quiet -O2 file.cpp\n"
    "      the compiler proper: g++ itself only starts it, in a child\n"
    "  heapatlas record --follow -o build.hat -- make\n"
    "      make to build.hat, each of its children to build.PID.hat\n"
    "  PYTHONMALLOC=malloc heapatlas record -- python3 script.py\n"
    "      Python's objects one by one, not the arenas it cuts them from; to python3.hat\n"
    "\n"
    "The program keeps its standard streams, its signals and its exit status (128 + n after\n"
    "signal n). Whatever ends it, the trace holds what came before. A process that replaces "
    "itself\n"
    "(exec) is recorded in its last program. The status is 2, and nothing was run, when the\n"
    "program can't be started or recorded, or the trace can't be written.\n"
    "Should heapatlas itself be killed, `heapatlas finish SPOOL` writes the trace.\n";

}  // namespace

void add_record(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("record", "run a program and record its allocations");
  command->add_option("-o,--output", options->output, "the trace; default: PROGRAM.hat")
      ->type_name("FILE");
  command->add_flag("--follow", options->follow,
                    "record its children, too, each to FILE.PID.hat, and wait for all of them");
  command
      ->add_option("--spool", options->spool_folder,
                   "where to keep the raw recording meanwhile; default: beside the trace")
      ->type_name("FOLDER");
  command->add_option("program", options->command, "the program and its arguments, after --")
      ->required()
      ->type_name("PROGRAM ARGUMENT...");
  command->positionals_at_end();
  command->footer(footer);
  command->callback([options, &invocation] {
    if (options->output.empty()) options->output = default_output(options->command.front());
    invocation.run = [options, &invocation] { return record(*options, invocation.quiet); };
  });
}

}  // namespace heapatlas::tool
