// The whole interface of core/chain: text or JSON -> syntax tree -> checked chain -> allocator.
#pragma once

#include "core/chain/ast.hpp"
#include "core/chain/build.hpp"
#include "core/chain/check.hpp"
#include "core/chain/export_cpp.hpp"
#include "core/chain/json.hpp"
#include "core/chain/link.hpp"
#include "core/chain/named.hpp"
#include "core/chain/nearest.hpp"
#include "core/chain/parse.hpp"
#include "core/chain/print.hpp"
#include "core/chain/registry.hpp"
