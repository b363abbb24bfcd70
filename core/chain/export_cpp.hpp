// A chain as C++: a header with the composed type, for programs that have core/alloc alone.
#pragma once

#include <string>
#include <string_view>

#include "core/base/error.hpp"
#include "core/chain/link.hpp"

namespace heapatlas::chain {

/// The C++ type of a link; empty when there is none, because a library or the process brings a part
/// of it.
[[nodiscard]] std::string cpp_type(const Link& link);

/// True for what a program may name a namespace: an identifier that neither the language nor its
/// library keeps for itself, and not ours.
[[nodiscard]] bool is_namespace_name(std::string_view text);

/// A header that defines, in namespace name (is_namespace_name): the type Allocator, make(), which
/// gives one by value, to be built in its place, and the chain's text. Fails for a chain with a
/// part that has no C++ type.
[[nodiscard]] base::Result<std::string> export_cpp(const Chain& chain, std::string_view name);

}  // namespace heapatlas::chain
