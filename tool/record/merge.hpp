// The streams of a spool as one sequence, by ticket.
//
// Every ticket is one record's, so a sequence without gaps misses nothing: while the program runs,
// the merge stops at the first ticket whose record is not written yet. When it has ended, a gap is
// a thread that was stopped between taking a ticket and writing its record.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "tool/record/spool_reader.hpp"

namespace heapatlas::tool {

/// Cost: one comparison with the stream that is next for a record; a heap operation when the stream
/// changes. file and layout must outlive it.
class Merge {
 public:
  Merge(const base::InputFile& file, const SpoolLayout& layout) : file_(&file), layout_(&layout) {}

  /// Looks for what was written since the last time: in streams that had nothing more, and in new
  /// ones.
  [[nodiscard]] base::Status look_again();

  /// The record with the lowest ticket of those left; false at the end, or, unless the program
  /// has_ended, where records are missing that are still to come.
  [[nodiscard]] base::Result<bool> next(SpoolRecord& record, bool has_ended);

 private:
  struct Head {
    SpoolRecord record;
    StreamReader* stream;
  };
  static bool later(const Head& a, const Head& b) { return a.record.ticket > b.record.ticket; }

  [[nodiscard]] base::Status read_head(StreamReader* stream);
  [[nodiscard]] bool is_due(const SpoolRecord& record, bool has_ended) const {
    return has_ended || record.ticket == due_ticket_;
  }

  const base::InputFile* file_;
  const SpoolLayout* layout_;
  std::map<std::uint32_t, std::unique_ptr<StreamReader>> streams_;
  std::vector<Head> heads_;          ///< a heap, the lowest ticket first
  std::vector<StreamReader*> dry_;   ///< streams that had no more
  StreamReader* current_ = nullptr;  ///< gave the last record, and is in neither
  std::uint64_t due_ticket_ = 0;
};

}  // namespace heapatlas::tool
