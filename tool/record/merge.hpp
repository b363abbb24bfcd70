// The streams of a spool as one sequence, by ticket.
#pragma once

#include <optional>
#include <vector>

#include "tool/record/spool_reader.hpp"

namespace heapatlas::tool {

/// Cost: one comparison with the next stream for a record; a heap operation when the stream
/// changes. file and layout must outlive it.
class Merge {
 public:
  Merge(const base::InputFile& file, const SpoolLayout& layout);

  /// The record with the lowest ticket of those left; false at the end.
  [[nodiscard]] base::Result<bool> next(SpoolRecord& record);

 private:
  struct Head {
    SpoolRecord record;
    std::size_t stream;
  };
  static bool later(const Head& a, const Head& b) { return a.record.ticket > b.record.ticket; }

  [[nodiscard]] base::Status begin();
  [[nodiscard]] base::Status advance();

  std::vector<StreamReader> streams_;
  std::vector<Head> heads_;      ///< a heap, the lowest ticket first; less current_
  std::optional<Head> current_;  ///< the stream that is being read
  bool begun_ = false;
};

}  // namespace heapatlas::tool
