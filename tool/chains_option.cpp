#include "tool/chains_option.hpp"

namespace heapatlas::tool {

CLI::Option* add_chains_option(CLI::App& command, std::string& file) {
  return command.add_option("--chains", file, "the file of named chains, for @name")
      ->type_name("FILE")
      ->capture_default_str();
}

}  // namespace heapatlas::tool
