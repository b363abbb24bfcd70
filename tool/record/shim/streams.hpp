// Streams and the threads that hold them.
#pragma once

#include <cstdint>

namespace heapatlas::tool::shim {

inline constexpr std::uint32_t most_streams = 1 << 16;  ///< threads alive at a time

/// Maps the table of streams, wiped in children. False: the system refused.
bool make_streams();

/// Whether this process is a forked child of the one that made the streams.
bool were_wiped();

/// Forgets all streams, and that this thread ever held one: a child begins anew.
void renew_streams();

}  // namespace heapatlas::tool::shim
