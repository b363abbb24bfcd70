// heapatlas export-cpp CHAIN -o my_chain.hpp: a chain as a C++ header.
#include <fmt/format.h>

#include <cctype>
#include <filesystem>
#include <memory>
#include <string>

#include "core/base/output_file.hpp"
#include "core/chain/chain.hpp"
#include "core/chain/export_cpp.hpp"
#include "tool/chains_option.hpp"
#include "tool/commands.hpp"

namespace heapatlas::tool {
namespace {

struct Settings {
  std::string chain;
  std::string output = "-";
  std::string name;
  std::string chains_file{chain::default_chains_file};
};

/// The file's name as a namespace: "my-chain.hpp" is my_chain; "chain" on standard output.
std::string namespace_of(const std::string& output) {
  if (output == "-") return "chain";
  std::string name;
  for (const char c : std::filesystem::path(output).stem().string()) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0;
    if (plain || (!name.empty() && name.back() != '_')) name += plain ? c : '_';
  }
  return chain::is_namespace_name(name) ? name : "chain_" + name;
}

base::Result<ExitStatus> export_chain(const Settings& settings) {
  const std::string name = settings.name.empty() ? namespace_of(settings.output) : settings.name;
  if (!chain::is_namespace_name(name)) {
    return base::bad_input(fmt::format("'{:.40}' cannot name a namespace", name), "--namespace",
                           "it takes letters, digits and '_', and is no word of C++");
  }
  const auto checked = chain::parse_and_check(settings.chain, {}, settings.chains_file);
  if (!checked) return tl::make_unexpected(checked.error());
  const auto header = chain::export_cpp(*checked, name);
  if (!header) return tl::make_unexpected(header.error());
  auto file = base::OutputFile::create(settings.output);
  if (!file) return tl::make_unexpected(file.error());
  HEAPATLAS_TRY(file->write(std::string_view(*header)));
  HEAPATLAS_TRY(file->commit());
  return ExitStatus::done;
}

}  // namespace

void add_export_cpp(CLI::App& app, Invocation& invocation) {
  CLI::App* command =
      app.add_subcommand("export-cpp", "write a chain as a C++ header that needs core/alloc alone");
  const auto settings = std::make_shared<Settings>();
  command->add_option("CHAIN", settings->chain, "chain text, its JSON form, or @name")->required();
  command->add_option("-o,--output", settings->output, "the header; - is standard output")
      ->type_name("FILE")
      ->capture_default_str();
  command->add_option("--namespace", settings->name, "its namespace; else the file's name")
      ->type_name("NAME");
  add_chains_option(*command, settings->chains_file);
  command->callback(
      [settings, &invocation] { invocation.run = [settings] { return export_chain(*settings); }; });
}

}  // namespace heapatlas::tool
