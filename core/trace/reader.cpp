#include "core/trace/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/base/compress.hpp"
#include "core/base/input_file.hpp"
#include "core/trace/columns.hpp"
#include "core/trace/facts.hpp"
#include "core/trace/format.hpp"

namespace heapatlas::trace {
namespace {

constexpr std::size_t batch_events = 512;

/// Room for one block at a time, never more than the largest one needed.
class Room {
 public:
  std::span<std::byte> of(std::size_t size) {
    if (size > capacity_) {
      bytes_.reset();  // before the larger one is made
      bytes_ = std::make_unique_for_overwrite<std::byte[]>(size);
      capacity_ = size;
    }
    return {bytes_.get(), size};
  }

 private:
  std::unique_ptr<std::byte[]> bytes_;
  std::size_t capacity_ = 0;
};

}  // namespace

struct Reader::State {
  State(base::InputFile in, TraceInfo about, std::uint64_t header_end)
      : file(std::move(in)),
        info(std::move(about)),
        first_block(header_end),
        columns(info.time_unit) {}

  [[nodiscard]] base::Result<BlockHead> load_block(std::uint64_t offset);
  void find_index();
  [[nodiscard]] base::Status next_block();
  [[nodiscard]] base::Status check_end();
  void stop(const base::Error& why);
  void rewind();

  base::InputFile file;
  TraceInfo info;
  std::optional<Totals> totals;
  std::optional<Losses> losses;
  std::uint64_t first_block;
  std::uint64_t index_offset = 0;  ///< when there are totals

  std::uint64_t at = 0;  ///< the next block
  bool ended = false;
  Recovery recovery;

  base::Decompressor decompressor;
  Room stored_room;
  Room decoded_room;
  base::Bytes decoded;  ///< the block that was loaded last
  ColumnDecoder columns;
  std::array<Event, batch_events> batch;
  std::span<const Event> unread;  ///< of the batch, for next
};

/// True when some bytes at the start of a file are those of a trace, as far as they go.
bool is_start_of_trace(base::Bytes bytes) {
  const auto magic = std::as_bytes(std::span(file_magic));
  return bytes.size() >= magic.size() && std::ranges::equal(bytes.first(magic.size()), magic);
}

/// Reads the block at offset into decoded.
base::Result<BlockHead> Reader::State::load_block(std::uint64_t offset) {
  const std::string cut = "the file is cut short";
  std::array<std::byte, BlockHead::size> raw;
  const auto got = file.read_at(offset, raw);
  if (!got) return tl::make_unexpected(got.error());
  const auto head = BlockHead::read(base::Bytes(raw).first(*got));
  if (!head) return base::bad_input(cut);
  const std::uint64_t left = file.size() - std::min(file.size(), offset + BlockHead::size);
  if (head->decoded_bytes > max_block_bytes || head->stored_bytes > max_stored_bytes)
    return base::bad_input("a block is damaged");
  if (head->stored_bytes > left) return base::bad_input(cut);

  const std::span<std::byte> stored = stored_room.of(head->stored_bytes);
  const auto body = file.read_at(offset + BlockHead::size, stored);
  if (!body) return tl::make_unexpected(body.error());
  if (*body != stored.size()) return base::bad_input(cut);
  if (head->checksum != head->checksum_of(stored, offset))
    return base::bad_input("a block is damaged");
  const std::span<std::byte> room = decoded_room.of(head->decoded_bytes);
  const auto size = decompressor.decompress(stored, room);
  if (!size || *size != room.size()) return base::bad_input("a block is damaged");
  decoded = room;
  return *head;
}

void Reader::State::find_index() {
  std::array<std::byte, Trailer::size> raw;
  if (file.size() < first_block + raw.size()) return;
  const auto got = file.read_at(file.size() - raw.size(), raw);
  const auto trailer = got ? Trailer::read(base::Bytes(raw).first(*got)) : std::nullopt;
  if (!trailer || trailer->index_offset < first_block ||
      trailer->index_offset >= file.size() - raw.size())
    return;
  const auto head = load_block(trailer->index_offset);
  if (!head || head->kind != BlockKind::index) return;
  if (trailer->index_offset + BlockHead::size + head->stored_bytes + raw.size() != file.size())
    return;
  const auto index = read_index(decoded);
  if (!index) return;
  totals = index->totals;
  losses = index->losses;
  index_offset = trailer->index_offset;
}

/// At the end of the blocks: is this where the file ought to end?
base::Status Reader::State::check_end() {
  ended = true;
  if (!totals || at != index_offset) return base::bad_input("the index is damaged");
  if (totals->events != recovery.events) return base::bad_input("the index counts other events");
  recovery.bytes = file.size();
  return {};
}

base::Status Reader::State::next_block() {
  recovery.bytes = at;  // what was read up to here decoded whole
  if (totals && at == index_offset) return check_end();
  const auto head = load_block(at);
  if (!head) return tl::make_unexpected(head.error());
  if (head->kind == BlockKind::index) return check_end();
  const std::uint64_t next = at + BlockHead::size + head->stored_bytes;
  if (head->kind == BlockKind::events) HEAPATLAS_TRY(columns.begin(decoded, head->events));
  at = next;
  return {};
}

void Reader::State::stop(const base::Error& why) {
  ended = true;
  recovery.whole = false;
  recovery.damage = why.what;
}

void Reader::State::rewind() {
  at = first_block;
  ended = false;
  unread = {};
  columns.rewind();
  recovery = {};
  recovery.bytes = first_block;
  recovery.of_bytes = file.size();
}

Reader::Reader(std::unique_ptr<State> state) : state_(std::move(state)) {}
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;
Reader::~Reader() = default;

base::Result<Reader> Reader::open(const std::string& path) {
  auto file = base::InputFile::open(path);
  if (!file) return tl::make_unexpected(std::move(file).error());
  if (file->size() == 0) return base::bad_input("the file is empty", path);
  std::array<std::byte, Preamble::size> raw;
  const auto got = file->read_at(0, raw);
  if (!got) return tl::make_unexpected(got.error());
  const base::Bytes first = base::Bytes(raw).first(*got);
  const auto preamble = Preamble::read(first);
  if (!preamble && is_start_of_trace(first))
    return base::bad_input("the trace is cut short before its first event", path);
  if (!preamble)
    return base::bad_input("not a heapatlas trace", path,
                           "heapatlas record -o app.hat -- ./app makes one");
  if (preamble->version > format_version)
    return base::bad_input(fmt::format("the trace is of format version {}, and this heapatlas reads"
                                       " up to version {}",
                                       preamble->version, format_version),
                           path, "a newer heapatlas reads it");
  if (preamble->version == 0 || preamble->header_bytes > max_header_bytes)
    return base::bad_input("the trace's header is damaged", path);

  std::vector<std::byte> header(
      std::min<std::uint64_t>(preamble->header_bytes, file->size() - raw.size()));
  const auto body = file->read_at(raw.size(), header);
  if (!body) return tl::make_unexpected(body.error());
  if (*body != preamble->header_bytes)
    return base::bad_input("the trace is cut short before its first event", path);
  if (preamble->header_checksum != preamble->checksum_of(header))
    return base::bad_input("the trace's header is damaged", path);
  auto info = read_info(header);
  if (!info) return base::bad_input(info.error().what, path);
  auto state =
      std::make_unique<State>(std::move(*file), std::move(*info), raw.size() + header.size());
  state->find_index();
  state->rewind();
  return Reader(std::move(state));
}

const TraceInfo& Reader::info() const {
  return state_->info;
}

const std::optional<Totals>& Reader::totals() const {
  return state_->totals;
}

const std::optional<Losses>& Reader::losses() const {
  return state_->losses;
}

std::span<const Event> Reader::next_events() {
  State& state = *state_;
  if (!state.unread.empty()) return std::exchange(state.unread, {});
  while (!state.ended) {
    if (const std::size_t count = state.columns.decode(state.batch); count != 0) {
      state.recovery.events += count;
      return std::span(state.batch).first(count);
    }
    if (state.columns.damaged()) {
      state.stop({base::ErrorKind::bad_input, "a block is damaged", "", ""});
    } else if (const auto status = state.next_block(); !status) {
      state.stop(status.error());
    }
  }
  return {};
}

bool Reader::next(Event& event) {
  State& state = *state_;
  if (state.unread.empty()) state.unread = next_events();
  if (state.unread.empty()) return false;
  event = state.unread.front();
  state.unread = state.unread.subspan(1);
  return true;
}

void Reader::rewind() {
  state_->rewind();
}

const Recovery& Reader::recovery() const {
  return state_->recovery;
}

std::string Recovery::line() const {
  if (whole) return fmt::format("whole: {} events", events);
  return fmt::format("{}: {} events recovered from the first {} of {} bytes", damage, events, bytes,
                     of_bytes);
}

}  // namespace heapatlas::trace
