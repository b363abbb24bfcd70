// The whole interface of core/alloc, less os/ and std/.
#pragma once

#include "core/alloc/arithmetic.hpp"
#include "core/alloc/bump.hpp"
#include "core/alloc/concepts.hpp"
#include "core/alloc/layout.hpp"
#include "core/alloc/locked.hpp"
#include "core/alloc/memory.hpp"
#include "core/alloc/misuse.hpp"
#include "core/alloc/never.hpp"
#include "core/alloc/ref.hpp"
#include "core/alloc/resize.hpp"
#include "core/alloc/slab.hpp"
#include "core/alloc/slabs.hpp"
#include "core/alloc/span.hpp"
#include "core/alloc/spin_mutex.hpp"
