// Whether this process is recorded, and where its spool is mapped.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tool/record/spool.hpp"

namespace heapatlas::tool::shim {

/// Whether this process is being recorded; decided at the first call that can see the environment.
/// A forked child is told apart here, and begins a spool of its own if children are followed.
bool is_recording();

/// The mapped spool; only while is_recording.
spool::Header& spool_header();

/// Takes the next chunk, mapped and backed by the file system, all zero; nullptr: there is none,
/// and the recording is cut here.
std::byte* take_chunk();

/// A chunk that is full: its pages leave this process, not the file.
void leave_chunk(std::byte* chunk);

/// Notes that the recording ends here, for a reason of errno.
void cut(int reason);

/// Notes a call that could not be recorded.
void count_lost();

}  // namespace heapatlas::tool::shim
