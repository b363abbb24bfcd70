#include "core/report/json.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <type_traits>

#include "core/base/input_file.hpp"
#include "core/report/members.hpp"

namespace heapatlas::report {
namespace {

using Json = nlohmann::ordered_json;

/// No report of this version is larger: its longest parts are the samples.
constexpr std::uint64_t max_file_bytes = std::uint64_t{1} << 30;

template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

/// Turns values into JSON; remembers the first that JSON cannot hold.
class Writer {
 public:
  template <class T>
  Json value(const char* name, const T& from) {
    if constexpr (is_optional<T>) {
      return from ? value(name, *from) : Json(nullptr);
    } else if constexpr (is_vector<T>) {
      Json array = Json::array();
      for (const auto& element : from) array.push_back(value(name, element));
      return array;
    } else if constexpr (std::is_same_v<T, std::uint64_t>) {
      if (from > max_number) refuse(name);
      return from;
    } else if constexpr (std::is_same_v<T, double>) {
      if (!std::isfinite(from)) refuse(name);
      return from;
    } else if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, std::string>) {
      return from;
    } else {
      return object(from);
    }
  }

  template <class T>
  Json object(const T& from) {
    Json members = Json::object();
    describe([&](const char* name, const auto& member) { members[name] = value(name, member); },
             from);
    return members;
  }

  [[nodiscard]] const std::string& refused() const { return refused_; }

 private:
  void refuse(const char* name) {
    if (refused_.empty()) refused_ = name;
  }
  std::string refused_;
};

/// Turns JSON into values; remembers the first that is not as it must be, and where.
class Reader {
 public:
  template <class T>
  void value(const Json& from, T& into, const std::string& where) {
    if constexpr (is_optional<T>) {
      if (!from.is_null()) value(from, into.emplace(), where);
    } else if constexpr (is_vector<T>) {
      if (!from.is_array()) return refuse(where, "a list");
      for (std::size_t i = 0; i < from.size() && fault_.empty(); ++i)
        value(from[i], into.emplace_back(), fmt::format("{}[{}]", where, i));
    } else if constexpr (std::is_same_v<T, std::uint64_t>) {
      if (!from.is_number_unsigned() || from.template get<std::uint64_t>() > max_number)
        return refuse(where, "a whole number from 0 to 2^53");
      into = from.template get<std::uint64_t>();
    } else if constexpr (std::is_same_v<T, double>) {
      if (!from.is_number() || from.template get<double>() < 0)
        return refuse(where, "a number from 0");
      into = from.template get<double>();
    } else if constexpr (std::is_same_v<T, bool>) {
      if (!from.is_boolean()) return refuse(where, "true or false");
      into = from.template get<bool>();
    } else if constexpr (std::is_same_v<T, std::string>) {
      if (!from.is_string()) return refuse(where, "a text");
      into = from.template get<std::string>();
    } else {
      object(from, into, where);
    }
  }

  template <class T>
  void object(const Json& from, T& into, const std::string& where) {
    if (!from.is_object()) return refuse(where, "an object");
    describe(
        [&](const char* name, auto& member) {
          if (!fault_.empty()) return;
          const std::string path = where.empty() ? name : where + "." + name;
          const auto found = from.find(name);
          if (found == from.end())
            fault_ = path + " is missing";
          else
            value(*found, member, path);
        },
        into);
  }

  [[nodiscard]] const std::string& fault() const { return fault_; }

 private:
  void refuse(const std::string& where, const char* expected) {
    if (fault_.empty())
      fault_ = fmt::format("{} must be {}", where.empty() ? "it" : where, expected);
  }
  std::string fault_;
};

}  // namespace

base::Result<std::string> to_json(const Document& document) {
  Writer writer;
  Json json = Json::object();
  json["format"] = std::string(format_name);
  json.update(writer.object(document));
  if (!writer.refused().empty())
    return base::bad_input(fmt::format("a number is too large for a report: {}", writer.refused()));
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

base::Result<Document> from_json(std::string_view text, const std::string& name) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return base::bad_input("this is no report: it is not JSON", name);
  const auto format = json.is_object() ? json.find("format") : json.end();
  if (format == json.end() || !format->is_string())
    return base::bad_input("this is no report: it names no format", name);
  const auto version = format->get<std::string>();
  if (version != format_name)
    return base::bad_input(
        fmt::format("this is no {}: its format is '{}'", format_name, version.substr(0, 40)), name);
  Document document;
  Reader reader;
  reader.object(json, document, "");
  if (!reader.fault().empty())
    return base::bad_input("the report is malformed: " + reader.fault(), name);
  return document;
}

base::Result<Document> read(const std::string& path) {
  const auto file = base::InputFile::open(path);
  if (!file) return tl::make_unexpected(file.error());
  const auto bytes = file->read_all(max_file_bytes);
  if (!bytes) return tl::make_unexpected(bytes.error());
  return from_json({reinterpret_cast<const char*>(bytes->data()), bytes->size()}, path);
}

}  // namespace heapatlas::report
