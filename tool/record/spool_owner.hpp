// The spool as `heapatlas record` holds it: made before the program starts, removed in the end.
#pragma once

#include <string>
#include <vector>

#include "core/base/descriptor.hpp"
#include "core/base/error.hpp"
#include "tool/record/spool.hpp"

namespace heapatlas::tool {

/// A sparse file, locked while it is held, and its header, mapped. Move-only.
class SpoolOwner {
 public:
  /// Makes the file, which must not exist; unavailable when that fails.
  [[nodiscard]] static base::Result<SpoolOwner> create(const std::string& path,
                                                       const std::vector<std::string>& command,
                                                       bool follow);
  SpoolOwner(SpoolOwner&& other) noexcept;
  SpoolOwner& operator=(SpoolOwner&&) = delete;
  /// Leaves the file, unless it was removed.
  ~SpoolOwner();

  [[nodiscard]] spool::Header& header() { return *header_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  void remove();

 private:
  SpoolOwner(base::Descriptor descriptor, spool::Header* header, std::string path)
      : descriptor_(std::move(descriptor)), header_(header), path_(std::move(path)) {}

  base::Descriptor descriptor_;
  spool::Header* header_;
  std::string path_;
};

}  // namespace heapatlas::tool
