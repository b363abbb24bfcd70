// heapatlas: parse the command line, run one command, say how it ended.
#include <fmt/color.h>
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"
#include "core/chain/nearest.hpp"
#include "tool/commands.hpp"
#include "tool/terminal.hpp"
#include "tool/version.hpp"

namespace heapatlas::tool {
namespace {

int exit_code(ExitStatus status) {
  return static_cast<int>(status);
}

/// "heapatlas: error: what (where)", and the hint below it.
int report(const base::Error& error) {
  if (error.kind == base::ErrorKind::cancelled) {
    fmt::print(stderr, "heapatlas: {}\n", error.line());
    return exit_code(ExitStatus::interrupted);
  }
  fmt::print(stderr, "heapatlas: {} {}\n", painted("error:", Colour::red, stderr), error.line());
  if (!error.hint.empty()) fmt::print(stderr, "heapatlas: hint: {}\n", error.hint);
  return exit_code(ExitStatus::bad_input);
}

/// What stands where a command is expected.
base::Error unknown_command(const CLI::App& app, const std::string& word) {
  if (word.starts_with('-'))
    return {base::ErrorKind::bad_input, fmt::format("unknown option '{:.40}'", word), "",
            "heapatlas --help shows the usage"};
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  const std::vector<std::string_view> known(names.begin(), names.end());
  return {base::ErrorKind::bad_input, fmt::format("no command is called '{:.40}'", word), "",
          chain::did_you_mean(word, known, "heapatlas --help shows the commands")};
}

/// CLI11's own failures, in the words of every other error.
int report_usage(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
  const std::vector<std::string> rest = app.remaining();
  if (app.get_subcommands().empty() && !rest.empty()) return report(unknown_command(app, rest[0]));
  return report({base::ErrorKind::bad_input, error.what(), "", "heapatlas --help shows the usage"});
}

int run(int argc, char** argv) {
  CLI::App app{
      "heapatlas records what a program asks of its allocator, replays it against any chain of\n"
      "allocators beside system malloc, measures what each one costs in time and memory, and "
      "draws\n"
      "the heap.\n",
      "heapatlas"};
  app.footer(
      "A first tour:\n"
      "  heapatlas record -o app.hat -- ./app --its-arguments\n"
      "  heapatlas info app.hat\n"
      "  heapatlas replay app.hat -a 'stalloc | system' --placements -o report.json\n"
      "  heapatlas render report.json -o map.png\n");
  app.set_version_flag("--version", std::string("heapatlas ") + version);
  app.require_subcommand(1);
  app.get_formatter()->column_width(28);

  Invocation invocation;
  app.add_flag("-q,--quiet", invocation.quiet, "no progress, no notes: results and errors only");
  app.fallthrough();
  add_commands(app, invocation);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return report_usage(app, error);
  }
  const auto status = invocation.run();
  return status ? exit_code(*status) : report(status.error());
}

}  // namespace
}  // namespace heapatlas::tool

int main(int argc, char** argv) {
  try {
    return heapatlas::tool::run(argc, argv);
  } catch (const std::exception& error) {  // out of memory, most likely
    std::fprintf(stderr, "heapatlas: error: %s\n", error.what());
    return 2;
  }
}
