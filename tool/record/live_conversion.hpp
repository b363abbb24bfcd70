// The conversion that runs beside the program, so that little is left to do when it ends.
//
// It is a head start, nothing more: whatever goes wrong with it, and whenever the process becomes
// another program, the conversion is begun anew, at the latest when the program has ended.
#pragma once

#include <optional>
#include <string>

#include "tool/record/convert.hpp"
#include "tool/record/spool_owner.hpp"

namespace heapatlas::tool {

/// Borrows the spool.
class LiveConversion {
 public:
  LiveConversion(SpoolOwner& spool, std::string trace_path)
      : spool_(&spool), trace_path_(std::move(trace_path)) {}

  /// Takes in what was recorded since the last time; false: nothing was.
  bool step();

  /// What was converted of the last image, to go on with; nothing if it must be begun.
  [[nodiscard]] std::optional<Converter> take();

 private:
  [[nodiscard]] bool is_current() const;

  SpoolOwner* spool_;
  std::string trace_path_;
  std::optional<Converter> converter_;
  std::uint32_t failed_image_ = 0;  ///< the image that is left for later
};

}  // namespace heapatlas::tool
