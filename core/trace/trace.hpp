// The whole interface of core/trace.
#pragma once

#include "core/trace/event.hpp"       // what a trace is made of
#include "core/trace/info.hpp"        // where it came from, and its totals
#include "core/trace/object_map.hpp"  // facts about live objects, for whoever reads one
#include "core/trace/profile.hpp"     // how a program used its allocator
#include "core/trace/reader.hpp"      // .hat files, read
#include "core/trace/tally.hpp"       // totals of a sequence of events, and its rules
#include "core/trace/writer.hpp"      // .hat files, written
