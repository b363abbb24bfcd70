#include "core/chain/named.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "core/base/input_file.hpp"
#include "core/chain/json.hpp"
#include "core/chain/nearest.hpp"
#include "core/chain/parse.hpp"

namespace heapatlas::chain {
namespace {

constexpr std::string_view format_name = "heapatlas.chains/1";
constexpr std::size_t max_file_size = std::size_t{1024} * 1024;

base::Result<Node> named_chain(const NamedChains& chains, std::string_view name,
                               std::string_view file) {
  const auto found = chains.find(name);
  if (found != chains.end()) return found->second;
  std::vector<std::string_view> names;
  for (const auto& [known, chain] : chains) names.push_back(known);
  return base::bad_input(fmt::format("no chain is named '{}'", name), std::string(file),
                         did_you_mean(name, names, ""));
}

}  // namespace

base::Result<NamedChains> parse_named(std::string_view text, std::string_view name) {
  const auto document = json_document(text, name);
  if (!document) return tl::make_unexpected(document.error());
  const std::string where(name);
  if (!document->is_object() || document->value("format", nlohmann::json()) != format_name) {
    return base::bad_input(fmt::format("expected a member \"format\": \"{}\"", format_name), where);
  }
  const nlohmann::json chains = document->value("chains", nlohmann::json());
  if (!chains.is_object()) {
    return base::bad_input("expected an object \"chains\" of chains by name", where);
  }
  NamedChains named;
  for (const auto& [key, value] : chains.items()) {
    auto node =
        value.is_string() ? parse_text(value.get_ref<const std::string&>()) : from_json(value);
    if (!node) {
      base::Error error = std::move(node).error();
      error.where = fmt::format("{}, chain '{:.40}', {}", name, key, error.where);
      return tl::make_unexpected(std::move(error));
    }
    named.emplace(key, std::move(*node));
  }
  return named;
}

base::Result<NamedChains> read_named(const std::string& path) {
  const auto file = base::InputFile::open(path);
  if (!file) return tl::make_unexpected(file.error());
  const auto bytes = file->read_all(max_file_size);
  if (!bytes) return tl::make_unexpected(bytes.error());
  return parse_named({reinterpret_cast<const char*>(bytes->data()), bytes->size()}, path);
}

base::Result<Node> parse(std::string_view text, std::string_view chains_file) {
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return parse_text(text);
  if (text[start] == '{') return parse_json(text);
  if (text[start] != '@') return parse_text(text);
  const std::string_view rest = text.substr(start + 1);
  const std::string_view name = rest.substr(0, rest.find_last_not_of(" \t\r\n") + 1);
  const auto chains = read_named(std::string(chains_file));
  if (!chains) {
    base::Error error = chains.error();
    if (error.hint.empty()) error.hint = fmt::format("'@{:.40}' is looked up there", name);
    return tl::make_unexpected(std::move(error));
  }
  return named_chain(*chains, name, chains_file);
}

}  // namespace heapatlas::chain
