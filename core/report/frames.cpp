#include "core/report/frames.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace heapatlas::report {
namespace {

using Opened = std::unique_ptr<Frame>;

/// A type whose members `describe` names.
template <class T>
concept Described = requires(T& part) {
  describe([](const char*, auto&&) {}, part);
};

template <Described T>
class ObjectFrame;
template <class T>
class ListFrame;
template <class Row>
class TableFrame;

template <class T>
Expected open_object_for(T& into, Opened& opened, Reading& reading) {
  if constexpr (is_optional<T>) {
    return open_object_for(into.emplace(), opened, reading);
  } else if constexpr (is_table<T>) {
    using Row = typename std::remove_cvref_t<decltype(into.rows)>::value_type;
    opened = std::make_unique<TableFrame<Row>>(into.rows, reading);
    return nullptr;
  } else if constexpr (Described<T>) {
    opened = std::make_unique<ObjectFrame<T>>(into, reading);
    return nullptr;
  } else {
    return expected<T>();
  }
}

template <class T>
Expected open_list_for(T& into, Opened& opened, Reading& reading) {
  if constexpr (is_vector<T>) {
    opened = std::make_unique<ListFrame<typename T::value_type>>(into, reading);
    return nullptr;
  } else {
    return expected<T>();
  }
}

// What is checked, and made good, when a part is whole.

template <class T>
std::string finish(T&) {
  return {};
}

/// Offsets become addresses: regions may have come after placements.
std::string finish(Heap& heap) {
  for (std::size_t i = 0; i < heap.placements.size(); ++i) {
    Placement& one = heap.placements[i];
    if (one.region >= heap.regions.size())
      return fmt::format(": placement {} names an unknown region", i);
    one.address += heap.regions[one.region].address;
  }
  const auto status = validate(heap);
  return status ? std::string{} : ": " + status.error().what;
}

/// An object with certain members, each once.
template <Described T>
class ObjectFrame final : public Frame {
 public:
  ObjectFrame(T& part, Reading& reading) : part_(part), reading_(reading) {}

  Expected scalar(const Scalar& value) override {
    return in_current([&]<class M>(M& member) -> Expected {
      return take(member, value, reading_.budget) ? nullptr : expected<M>();
    });
  }
  Expected open_object(Opened& opened) override {
    return in_current([&](auto& member) { return open_object_for(member, opened, reading_); });
  }
  Expected open_list(Opened& opened) override {
    return in_current([&](auto& member) { return open_list_for(member, opened, reading_); });
  }

  Key key(std::string_view name) override {
    unsigned index = 0;
    Key found = Key::other;
    describe(
        [&](const char* member, auto&&) {
          if (name == member) {
            current_ = index;
            found = (seen_ >> index & 1) != 0 ? Key::twice : Key::known;
            seen_ |= 1U << index;
          }
          ++index;
        },
        part_);
    return found;
  }

  std::string close() override {
    unsigned index = 0;
    const char* missing = nullptr;
    describe(
        [&](const char* member, auto&&) {
          if (missing == nullptr && (seen_ >> index & 1) == 0) missing = member;
          ++index;
        },
        part_);
    return missing != nullptr ? fmt::format(".{} is missing", missing) : finish(part_);
  }

  void append_place(std::string& path) const override {
    unsigned index = 0;
    describe(
        [&](const char* member, auto&&) {
          if (index++ == current_) path.append(".").append(member);
        },
        part_);
  }

 private:
  template <class F>
  Expected in_current(F&& visit) {
    unsigned index = 0;
    Expected result = nullptr;
    describe(
        [&](const char*, auto&& member) {
          if (index++ == current_) result = visit(member);
        },
        part_);
    return result;
  }

  T& part_;
  Reading& reading_;
  unsigned current_ = 0;
  std::uint32_t seen_ = 0;
};

/// A list of values of one type.
template <class T>
class ListFrame final : public Frame {
 public:
  ListFrame(std::vector<T>& list, Reading& reading) : list_(list), reading_(reading) {}

  Expected scalar(const Scalar& value) override {
    if (!reading_.budget.room_in(list_)) return expected<T>();
    return take(list_.emplace_back(), value, reading_.budget) ? nullptr : expected<T>();
  }
  Expected open_object(Opened& opened) override {
    if (!reading_.budget.room_in(list_)) return expected<T>();
    return open_object_for(list_.emplace_back(), opened, reading_);
  }
  Expected open_list(Opened& opened) override {
    if (!reading_.budget.room_in(list_)) return expected<T>();
    return open_list_for(list_.emplace_back(), opened, reading_);
  }
  void append_place(std::string& path) const override {
    path += fmt::format("[{}]", list_.empty() ? 0 : list_.size() - 1);
  }

 private:
  std::vector<T>& list_;
  Reading& reading_;
};

/// One column of a table: the first that comes makes the rows, the others fill them.
template <class Row, class Value>
class ColumnFrame final : public Frame {
 public:
  ColumnFrame(const Column<Row, Value>& column, std::vector<Row>& rows, bool first,
              Reading& reading)
      : column_(column), rows_(rows), first_(first), reading_(reading) {}

  Expected number(std::uint64_t value) override {
    if constexpr (std::is_enum_v<Value>) {
      return expected<Value>();
    } else {
      if (value > largest_of<Value>) return expected<Value>();
      if (at_ == rows_.size() && !make_row()) return too_long;
      rows_[at_++].*column_.member = static_cast<Value>(value);
      return nullptr;
    }
  }
  Expected numbers(std::span<const std::uint64_t> values) override {
    if constexpr (!std::is_enum_v<Value>) {
      if (!first_ && values.size() > rows_.size() - at_) return Frame::numbers(values);
      for (const std::uint64_t value : values)
        if (const Expected wanted = ColumnFrame::number(value)) return wanted;
      return nullptr;
    } else {
      return expected<Value>();
    }
  }
  Expected scalar(const Scalar& value) override {
    Value taken{};
    if (column_.null && value.kind == Scalar::Kind::null) {
      taken = *column_.null;
    } else if (!take(taken, value, reading_.budget)) {
      return expected<Value>();
    }
    if (at_ == rows_.size() && !make_row()) return too_long;
    rows_[at_++].*column_.member = taken;
    return nullptr;
  }
  Expected open_object(Opened&) override { return expected<Value>(); }
  Expected open_list(Opened&) override { return expected<Value>(); }
  std::string close() override {
    if (at_ == rows_.size()) return {};
    return fmt::format(" has {} elements where other columns have {}", at_, rows_.size());
  }
  void append_place(std::string& path) const override { path += fmt::format("[{}]", at_); }

 private:
  static constexpr Expected too_long = "absent: other columns are shorter";

  bool make_row() {
    if (!first_ || !reading_.budget.room_in(rows_)) return false;
    rows_.emplace_back();
    return true;
  }

  const Column<Row, Value> column_;
  std::vector<Row>& rows_;
  std::size_t at_ = 0;
  const bool first_;
  Reading& reading_;
};

/// An object of columns, and their length as `count`.
template <class Row>
class TableFrame final : public Frame {
 public:
  TableFrame(std::vector<Row>& rows, Reading& reading) : rows_(rows), reading_(reading) {}

  Expected scalar(const Scalar& value) override {
    if (current_ != count_index) return expected<std::vector<Row>>();
    const auto count = value.whole(max_number);
    if (!count) return expected<std::uint64_t>();
    count_ = *count;
    if (!made_) reserve(*count);
    return nullptr;
  }
  Expected open_object(Opened&) override { return expected_here(); }
  Expected open_list(Opened& opened) override {
    if (current_ == count_index) return expected_here();
    unsigned index = 1;
    each_column([&](const auto& column) {
      if (index++ == current_) open_column(column, opened);
    });
    made_ = true;
    return nullptr;
  }

  Key key(std::string_view name) override {
    unsigned index = 1;
    unsigned found = name == "count" ? count_index : none;
    each_column([&](const auto& column) {
      if (name == column.name) found = index;
      ++index;
    });
    if (found == none) return Key::other;
    current_ = found;
    const bool twice = (seen_ >> found & 1) != 0;
    seen_ |= 1U << found;
    return twice ? Key::twice : Key::known;
  }

  std::string close() override {
    if ((seen_ & 1) == 0) return ".count is missing";
    std::string missing;
    unsigned index = 1;
    each_column([&](const auto& column) {
      if ((seen_ >> index++ & 1) == 0 && missing.empty())
        missing = fmt::format(".{} is missing", column.name);
    });
    if (missing.empty() && count_ != rows_.size())
      return fmt::format(".count is {} where the columns have {}", count_, rows_.size());
    return missing;
  }

  void append_place(std::string& path) const override {
    unsigned index = 1;
    if (current_ == count_index) path += ".count";
    each_column([&](const auto& column) {
      if (index++ == current_) path.append(".").append(column.name);
    });
  }

 private:
  static constexpr unsigned count_index = 0;
  static constexpr unsigned none = std::numeric_limits<unsigned>::max();

  template <class F>
  static void each_column(F&& visit) {
    columns_of(visit, std::type_identity<Row>{});
  }
  [[nodiscard]] Expected expected_here() const {
    return current_ == count_index ? expected<std::uint64_t>() : expected<std::vector<Row>>();
  }

  template <class Value>
  void open_column(const Column<Row, Value>& column, Opened& opened) {
    opened = std::make_unique<ColumnFrame<Row, Value>>(column, rows_, !made_, reading_);
  }

  /// Rows for a count as far as the bytes at hand can hold it: a byte for each value.
  void reserve(std::uint64_t count) {
    std::uint64_t columns = 0;
    each_column([&](const auto&) { ++columns; });
    const std::uint64_t likely = std::min(count, reading_.likely_bytes() / columns);
    (void)reading_.budget.grow(rows_, static_cast<std::size_t>(likely));
  }

  std::vector<Row>& rows_;
  Reading& reading_;
  unsigned current_ = 0;
  std::uint32_t seen_ = 0;
  std::uint64_t count_ = 0;
  bool made_ = false;  ///< a column has made the rows
};

}  // namespace

std::unique_ptr<Frame> document_frame(Document& document, Reading& reading) {
  return std::make_unique<ObjectFrame<Document>>(document, reading);
}

}  // namespace heapatlas::report
