// The events of a parser, of JSON or CBOR, passed on to the frames that are open (frames.hpp);
// members that are not known are skipped here, and the first fault is put into words.
//
// Its interface is what nlohmann's parsers call. After a fault it says no, which ends the parse.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/report/file.hpp"
#include "core/report/frames.hpp"
#include "core/report/input.hpp"

namespace heapatlas::report {

/// No report nests deeper than 10; a later one may, a little.
inline constexpr std::size_t max_depth = 100;

class Events {
 public:
  Events(Input& input, Document& document, const ReadLimits& limits)
      : input_(input), document_(document) {
    reading_.budget.bytes = limits.memory_bytes;
    reading_.likely_bytes = [&input] { return input.likely_bytes(); };
  }

  [[nodiscard]] bool complete() const { return complete_; }
  [[nodiscard]] const std::string& fault() const { return fault_; }

  bool null() { return scalar({}); }
  bool boolean(bool value) { return scalar(Scalar::of(value)); }
  bool number_integer(std::int64_t value) { return scalar(Scalar::of(static_cast<double>(value))); }
  bool number_unsigned(std::uint64_t value) {
    if (!plain_) return scalar(Scalar::of(value));
    input_.token();
    const Expected wanted = frames_.back()->number(value);
    return wanted == nullptr || refuse(wanted);
  }
  bool number_float(double value, const std::string&) { return scalar(Scalar::of(value)); }
  bool string(std::string& value) { return scalar(Scalar::of(std::string_view(value))); }
  bool binary(nlohmann::json::binary_t&) { return scalar({Scalar::Kind::bytes, false, 0, 0, {}}); }

  /// Whether the values that come next go to one frame as they are: numbers() may be called.
  [[nodiscard]] bool plain() const { return plain_; }
  /// Many numbers at once.
  bool numbers(std::span<const std::uint64_t> values) {
    input_.token();
    const Expected wanted = frames_.back()->numbers(values);
    return wanted == nullptr || refuse(wanted);
  }

  bool start_object(std::size_t) { return open(&Frame::open_object); }
  bool start_array(std::size_t) { return open(&Frame::open_list); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }

  bool key(std::string& name) {
    input_.token();
    if (skipped_depth_ != 0) return true;
    if (frames_.size() == 1 && name == "format") {
      state_ = State::format;
      return settle();
    }
    const Frame::Key key = frames_.back()->key(name);
    if (key == Frame::Key::twice) return fail(place_of(frames_.size()) + " is given twice");
    state_ = key == Frame::Key::known ? State::value : State::skip;
    return settle();
  }

  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) {
    return damaged();
  }
  /// What comes next is neither JSON nor CBOR, or nothing comes.
  bool damaged() {
    if (!fault_.empty()) return false;
    return fail_whole(format_seen_ ? fmt::format("the report is damaged or cut short at byte {}",
                                                 input_.position())
                                   : "this is no report: it is neither JSON nor CBOR");
  }

 private:
  enum class State : unsigned char { value, format, skip };

  /// Whether the next value goes to the innermost frame, and nothing else is to be thought of.
  bool settle() {
    plain_ = state_ == State::value && skipped_depth_ == 0 && !frames_.empty();
    return true;
  }

  bool scalar(const Scalar& value) {
    input_.token();
    if (skipped_depth_ != 0) return true;
    if (frames_.empty()) return fail_whole("this is no report: it names no format");
    switch (std::exchange(state_, State::value)) {
      case State::skip:
        return settle();
      case State::format:
        return settle() && format(value);
      case State::value:
        break;
    }
    const Expected wanted = frames_.back()->scalar(value);
    return wanted == nullptr || refuse(wanted);
  }

  bool format(const Scalar& value) {
    if (value.kind != Scalar::Kind::text)
      return fail_whole("this is no report: it names no format");
    if (value.text != format_name)
      return fail_whole(
          fmt::format("this is no {}: its format is '{}'", format_name, value.text.substr(0, 40)));
    format_seen_ = true;
    return true;
  }

  bool open(Expected (Frame::*how)(std::unique_ptr<Frame>&)) {
    input_.token();
    if (frames_.size() + skipped_depth_ >= max_depth)
      return fail_whole("this is no report: it is nested too deeply");
    if (skipped_depth_ != 0 || state_ == State::skip) {
      state_ = State::value;
      ++skipped_depth_;
      return settle();
    }
    std::unique_ptr<Frame> opened;
    if (frames_.empty() && how == &Frame::open_object && !complete_) {
      opened = document_frame(document_, reading_);
    } else if (frames_.empty() || state_ == State::format) {
      return fail_whole("this is no report: it names no format");
    } else if (const Expected wanted = (frames_.back().get()->*how)(opened)) {
      return refuse(wanted);
    }
    frames_.push_back(std::move(opened));
    return settle();
  }

  bool close() {
    input_.token();
    if (skipped_depth_ != 0) {
      --skipped_depth_;
      return settle();
    }
    if (frames_.size() == 1 && !format_seen_)
      return fail_whole("this is no report: it names no format");
    const std::string wrong = frames_.back()->close();
    if (!wrong.empty()) return fail(place_of(frames_.size() - 1) + wrong);
    frames_.pop_back();
    complete_ = frames_.empty();
    return settle();
  }

  /// Where the value stands that the frames up to this depth took last.
  [[nodiscard]] std::string place_of(std::size_t depth) const {
    std::string place;
    for (std::size_t i = 0; i < depth; ++i) frames_[i]->append_place(place);
    return place;
  }

  bool refuse(Expected wanted) {
    if (reading_.budget.spent)
      return fail_whole("the report takes more memory than this machine can spare");
    return fail(fmt::format("{} must be {}", place_of(frames_.size()), wanted));
  }
  bool fail(std::string_view what) {
    if (what.starts_with('.')) what.remove_prefix(1);
    return fail_whole(fmt::format("the report is malformed: {}", what));
  }
  bool fail_whole(std::string what) {
    if (fault_.empty()) fault_ = std::move(what);
    return false;
  }

  Input& input_;
  Document& document_;
  Reading reading_;
  std::vector<std::unique_ptr<Frame>> frames_;
  State state_ = State::value;
  std::size_t skipped_depth_ = 0;  ///< containers that are open inside a member that is not known
  bool plain_ = false;
  bool format_seen_ = false;
  bool complete_ = false;
  std::string fault_;
};

}  // namespace heapatlas::report
