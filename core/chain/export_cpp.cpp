#include "core/chain/export_cpp.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "core/chain/lexer.hpp"

namespace heapatlas::chain {
namespace {

/// The first link that has no C++ type, or null.
const Link* foreign(const Link& link) {
  if (link.entry->cpp == nullptr) return &link;
  for (const Link& part : link.parts) {
    if (const Link* found = foreign(part)) return found;
  }
  return nullptr;
}

Cpp cpp_of(const Link& link) {
  std::vector<Cpp> parts;
  for (const Link& part : link.parts) parts.push_back(cpp_of(part));
  return link.entry->cpp(link, parts);
}

/// Writes one alias and one function for each allocator, innermost first.
class Writer {
 public:
  Cpp write(const Link& link) {
    std::vector<Cpp> parts;
    for (const Link& part : link.parts) parts.push_back(write(part));
    Cpp cpp = link.entry->cpp(link, parts);
    headers_.emplace(link.entry->header);
    headers_.insert(cpp.headers.begin(), cpp.headers.end());
    if (link.id == no_node) return cpp;
    const std::string type = fmt::format("Link{}", link.id);
    const std::string make = fmt::format("make_{}()", link.id);
    // A constructor is called by the full name: an alias may be written in its place.
    body_ += fmt::format("// {}\nusing {} = {};\ninline {} {} {{\n  return {};\n}}\n", link.text,
                         type, cpp.type, type, make, cpp.make);
    return {type, make, {}, cpp.arguments};
  }
  [[nodiscard]] const std::set<std::string>& headers() const { return headers_; }
  [[nodiscard]] const std::string& body() const { return body_; }

 private:
  std::set<std::string> headers_;
  std::string body_;
};

/// Words that are no name of a namespace: those of the language, and namespaces that are others'.
constexpr std::string_view taken_names[] = {
    "alignas",   "alignof",      "and",           "and_eq",
    "asm",       "auto",         "bitand",        "bitor",
    "bool",      "break",        "case",          "catch",
    "char",      "char16_t",     "char32_t",      "char8_t",
    "class",     "co_await",     "co_return",     "co_yield",
    "compl",     "concept",      "const",         "const_cast",
    "consteval", "constexpr",    "constinit",     "continue",
    "decltype",  "default",      "delete",        "do",
    "double",    "dynamic_cast", "else",          "enum",
    "explicit",  "export",       "extern",        "false",
    "float",     "for",          "friend",        "goto",
    "heapatlas", "if",           "inline",        "int",
    "long",      "mutable",      "namespace",     "new",
    "noexcept",  "not",          "not_eq",        "nullptr",
    "operator",  "or",           "or_eq",         "private",
    "protected", "public",       "register",      "reinterpret_cast",
    "requires",  "return",       "short",         "signed",
    "sizeof",    "static",       "static_assert", "static_cast",
    "std",       "struct",       "switch",        "template",
    "this",      "thread_local", "throw",         "true",
    "try",       "typedef",      "typeid",        "typename",
    "union",     "unsigned",     "using",         "virtual",
    "void",      "volatile",     "wchar_t",       "while",
    "xor",       "xor_eq"};

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

constexpr std::string_view usage = R"(//
// As a member or a variable (it neither copies nor moves; it is built where it stands):
//     {0}::Allocator heap = {0}::make();
//     heapatlas::Block block = heap.allocate({{64, 8}});
//     heap.deallocate(block.ptr, {{64, 8}});
// As a memory resource of the standard library (core/alloc/std/pmr.hpp):
//     heapatlas::PmrResource resource{{heap}};
//     std::pmr::vector<int> numbers{{&resource}};
{1})";

constexpr std::string_view usage_as_new =
    R"(// As the program's operator new (core/alloc/std/replace_new.hpp), in one source file:
//     heapatlas::Sized<{0}::Allocator> heap{{{0}::make()}};
//     HEAPATLAS_REPLACE_NEW(heap)
)";

constexpr std::string_view usage_one_thread =
    "// It serves one thread: for operator new put the chain into locked(...) first.\n";

}  // namespace

std::string cpp_type(const Link& link) {
  return foreign(link) == nullptr ? cpp_of(link).type : std::string();
}

bool is_namespace_name(std::string_view text) {
  return is_name(text) && text.find("__") == std::string_view::npos && text[0] != '_' &&
         std::find(std::begin(taken_names), std::end(taken_names), text) == std::end(taken_names);
}

base::Result<std::string> export_cpp(const Chain& chain, std::string_view name) {
  if (const Link* link = foreign(chain.root())) {
    return base::bad_input(fmt::format("'{}' has no C++ type to export", link->entry->name),
                           at(link->position),
                           "write system in its place, and link the program with the library");
  }
  Writer writer;
  writer.write(chain.root());
  const bool shared = chain.facts().threads == Threads::any;
  std::string out = fmt::format("// {}\n", chain.text());
  out += fmt::format(
      fmt::runtime(usage), name,
      shared ? fmt::format(fmt::runtime(usage_as_new), name) : std::string(usage_one_thread));
  out += "#pragma once\n\n#include <cstddef>\n#include <cstdint>\n\n";
  for (const std::string& header : writer.headers()) {
    out += fmt::format("#include \"{}\"\n", header);
  }
  out += fmt::format("\nnamespace {} {{\n\n", name);
  out += fmt::format("inline constexpr const char* text =\n    {};\n\n", quoted(chain.text()));
  out += writer.body();
  out += fmt::format(
      "\nusing Allocator = Link0;\ninline Allocator make() {{ return make_0(); }}\n"
      "\n}}  // namespace {}\n",
      name);
  return out;
}

}  // namespace heapatlas::chain
