// What a report's parser stands in: a stack of frames, one for each object or list that is open,
// each of which knows the type that it fills.
//
// A frame takes the values of its container one after the other, checks each and stores it in its
// place; nothing else is held. What it cannot take it answers with the words for what it expected.
// Every frame borrows what it fills.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/report/take.hpp"

namespace heapatlas::report {

/// What was expected in place of a value; null when it was taken.
using Expected = const char*;

/// What the frames of one document share.
struct Reading {
  Budget budget;
  /// The bytes that the report likely still has: counts in it are believed up to that.
  std::function<std::uint64_t()> likely_bytes;
};

class Frame {
 public:
  Frame() = default;
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;
  virtual ~Frame() = default;

  /// Takes the next value.
  virtual Expected number(std::uint64_t value) { return scalar(Scalar::of(value)); }
  /// Takes the next values.
  virtual Expected numbers(std::span<const std::uint64_t> values) {
    for (const std::uint64_t value : values)
      if (const Expected wanted = number(value)) return wanted;
    return nullptr;
  }
  virtual Expected scalar(const Scalar& value) = 0;
  /// Opens the next value; the frame for it goes to `opened`.
  virtual Expected open_object(std::unique_ptr<Frame>& opened) = 0;
  virtual Expected open_list(std::unique_ptr<Frame>& opened) = 0;

  enum class Key : unsigned char { known, other, twice };
  /// Names the value that comes next; of objects alone.
  virtual Key key(std::string_view) { return Key::other; }
  /// The container ends. Gives what is wrong with the whole, to follow its place; empty when
  /// nothing is.
  virtual std::string close() { return {}; }

  /// Appends ".member" or "[index]": where the value stands that was named, taken or opened last.
  virtual void append_place(std::string& path) const = 0;
};

/// The frame of a report's outermost object, less its format; fills document.
[[nodiscard]] std::unique_ptr<Frame> document_frame(Document& document, Reading& reading);

}  // namespace heapatlas::report
