// The document to bytes: one walk over its members, whatever the encoding.
#include <fmt/format.h>

#include <cmath>
#include <type_traits>

#include "core/base/output_file.hpp"
#include "core/base/zstd_stream.hpp"
#include "core/report/emit_cbor.hpp"
#include "core/report/emit_json.hpp"
#include "core/report/file.hpp"
#include "core/report/members.hpp"

namespace heapatlas::report {
namespace {

/// Fast, and near what more effort gives: columns of numbers.
constexpr int zstd_level = 3;

/// Walks the document; remembers the first number that a report cannot hold.
template <class Emitter>
class Writer {
 public:
  explicit Writer(Emitter& emitter) : emitter_(emitter) {}

  void document(const Document& document) {
    emitter_.open_object(1 + count_of_members(document));
    emitter_.key("format");
    emitter_.text(format_name);
    members(document);
    emitter_.close_object();
    emitter_.finish();
  }

  [[nodiscard]] const std::string& refused() const { return refused_; }

 private:
  template <class T>
  void value(const char* name, const T& from) {
    if constexpr (is_optional<T>) {
      from ? value(name, *from) : emitter_.null();
    } else if constexpr (is_or_null<T>) {
      from.value == from.null ? emitter_.null() : value(name, from.value);
    } else if constexpr (is_vector<T>) {
      list(name, from);
    } else if constexpr (is_table<T>) {
      table(from.rows);
    } else if constexpr (std::is_same_v<T, bool>) {
      emitter_.boolean(from);
    } else if constexpr (std::is_unsigned_v<T>) {
      if (from > max_number) return refuse(name);
      emitter_.number(from);
    } else if constexpr (std::is_same_v<T, double>) {
      if (!std::isfinite(from)) return refuse(name);
      emitter_.real(from);
    } else if constexpr (std::is_same_v<T, std::string>) {
      emitter_.text(from);
    } else if constexpr (std::is_enum_v<T>) {
      emitter_.text(texts_of<T>[static_cast<std::size_t>(from)]);
    } else {
      object(from);
    }
  }

  template <class T>
  void list(const char* name, const std::vector<T>& from) {
    if constexpr (std::is_arithmetic_v<T>)
      emitter_.open_column(from.size());
    else
      emitter_.open_array(from.size());
    for (const auto& element : from) value(name, element);
    emitter_.close_array();
  }

  template <class T>
  void object(const T& from) {
    if constexpr (std::is_same_v<T, Heap>) heap_ = &from;
    emitter_.open_object(count_of_members(from));
    members(from);
    emitter_.close_object();
  }

  template <class T>
  void members(const T& from) {
    describe(
        [&](const char* name, const auto& member) {
          emitter_.key(name);
          value(name, member);
        },
        from);
  }

  template <class T>
  static std::size_t count_of_members(const T& from) {
    std::size_t count = 0;
    describe([&](const char*, const auto&) { ++count; }, from);
    return count;
  }

  template <class Row>
  void table(const std::vector<Row>& rows) {
    std::size_t count = 1;
    columns_of([&](const auto&) { ++count; }, std::type_identity<Row>{});
    emitter_.open_object(count);
    emitter_.key("count");
    emitter_.number(rows.size());
    columns_of([&](const auto& column) { this->column(column, rows); }, std::type_identity<Row>{});
    emitter_.close_object();
  }

  template <class Row, class Value>
  void column(const Column<Row, Value>& column, const std::vector<Row>& rows) {
    emitter_.key(column.name);
    emitter_.open_column(rows.size());
    for (const Row& row : rows) {
      Value cell = row.*column.member;
      if constexpr (std::is_same_v<Row, Placement> && std::is_same_v<Value, std::uint64_t>)
        if (column.member == &Placement::address) cell -= heap_->regions[row.region].address;
      if (column.null && cell == *column.null)
        emitter_.null();
      else
        value(column.name, cell);
    }
    emitter_.close_array();
  }

  void refuse(const char* name) {
    if (refused_.empty()) refused_ = name;
    emitter_.null();
  }

  Emitter& emitter_;
  const Heap* heap_ = nullptr;  ///< whose placements are written
  std::string refused_;
};

template <class Emitter>
base::Status write_as(const Document& document, Output& output) {
  Emitter emitter(output);
  Writer writer(emitter);
  writer.document(document);
  if (!writer.refused().empty())
    return base::bad_input(fmt::format("a number is too large for a report: {}", writer.refused()));
  return output.finish();
}

base::Status write_plain(const Document& document, Format::Encoding encoding, Output::Sink sink) {
  Output output(std::move(sink));
  return encoding == Format::Encoding::cbor ? write_as<CborEmitter>(document, output)
                                            : write_as<JsonEmitter>(document, output);
}

base::Status write_to(const Document& document, Format format, Output::Sink sink) {
  for (const Run& run : document.runs)
    if (run.heap) HEAPATLAS_TRY(validate(*run.heap));
  if (!format.zstd) return write_plain(document, format.encoding, std::move(sink));
  base::ZstdEncoder zstd(zstd_level, std::move(sink));
  HEAPATLAS_TRY(
      write_plain(document, format.encoding, [&](base::Bytes bytes) { return zstd.write(bytes); }));
  return zstd.finish();
}

}  // namespace

Format format_of(std::string_view path) {
  Format format;
  if (path.ends_with(".zst")) {
    format.zstd = true;
    path.remove_suffix(4);
  }
  if (path.ends_with(".cbor")) format.encoding = Format::Encoding::cbor;
  return format;
}

base::Status write(const std::string& path, const Document& document) {
  auto file = base::OutputFile::create(path);
  if (!file) return tl::make_unexpected(file.error());
  HEAPATLAS_TRY(
      write_to(document, format_of(path), [&](base::Bytes bytes) { return file->write(bytes); }));
  return file->commit();
}

base::Result<std::string> encode(const Document& document, Format format) {
  std::string bytes;
  const auto status = write_to(document, format, [&](base::Bytes more) -> base::Status {
    bytes.append(reinterpret_cast<const char*>(more.data()), more.size());
    return {};
  });
  if (!status) return tl::make_unexpected(status.error());
  return bytes;
}

}  // namespace heapatlas::report
