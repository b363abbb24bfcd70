// heapatlas finish: the trace of a recording that `heapatlas record` could not end itself.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <memory>

#include "core/base/descriptor.hpp"
#include "tool/interrupt.hpp"
#include "tool/record/record.hpp"
#include "tool/record/spool_reader.hpp"
#include "tool/record/write_trace.hpp"

namespace heapatlas::tool {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string spool;
  std::string output;
};

/// app.hat.1234.spool -> app.hat, and app.hat.1234.spool.5678, of a child, -> app.5678.hat; empty
/// for other names.
std::string output_for(const std::string& spool) {
  fs::path path(spool);
  std::string child;
  if (path.extension() != ".spool") {
    child = path.extension().string();
    path.replace_extension();
  }
  if (path.extension() != ".spool") return {};
  path.replace_extension();
  path.replace_extension();
  if (child.empty()) return path.string();
  const std::string extension = path.extension().string();
  return path.replace_extension().string() + child + extension;
}

/// Refuses a spool that is being written.
base::Status check_quiet(const std::string& spool) {
  const base::Descriptor file(open(spool.c_str(), O_RDONLY | O_CLOEXEC));
  if (file && flock(file.get(), LOCK_SH | LOCK_NB) != 0)
    return base::bad_input("heapatlas record is still at work on it", spool);
  const auto input = base::InputFile::open(spool);
  if (!input) return tl::make_unexpected(input.error());
  const auto header = read_spool_header(*input);
  if (!header) return tl::make_unexpected(header.error());
  std::error_code error;
  const fs::path image = fs::read_symlink(fmt::format("/proc/{}/exe", header->process), error);
  if (!error && image == header->image) {
    return base::bad_input("the program is still running", fmt::format("pid {}", header->process),
                           "end it first");
  }
  return {};
}

base::Result<ExitStatus> finish(const Options& options, bool quiet) {
  const std::string output = options.output.empty() ? output_for(options.spool) : options.output;
  if (output.empty()) return base::bad_input("no name for the trace", options.spool, "use -o");
  HEAPATLAS_TRY(check_quiet(options.spool));
  HEAPATLAS_TRY(write_trace(options.spool, output, quiet, catch_interrupts()));
  return ExitStatus::done;
}

}  // namespace

void add_finish(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("finish", "write the trace of a recording that was left unfinished");
  command->add_option("spool", options->spool, "what `heapatlas record` left: FILE.PID.spool")
      ->required()
      ->type_name("SPOOL");
  command->add_option("-o,--output", options->output, "the trace; default: the spool's FILE")
      ->type_name("FILE");
  command->footer(
      "Examples:\n"
      "  heapatlas finish app.hat.4711.spool\n"
      "      writes app.hat and removes the spool\n"
      "  heapatlas finish app.hat.4711.spool.4712 -o child.hat\n"
      "      the same for a child that was followed\n");
  command->callback([options, &invocation] {
    invocation.run = [options, &invocation] { return finish(*options, invocation.quiet); };
  });
}

}  // namespace heapatlas::tool
