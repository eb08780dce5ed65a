#include "http/chunked_decoder.h"

#include <algorithm>

#include "http/characters.h"
#include "http/field_line.h"

namespace hancock::http {
namespace {

constexpr size_t kDigitsMax = 15;  // 2^60 bytes a chunk

bool is_quoted_char(char c) { return is_value_char(c) && c != '"' && c != '\\'; }

}  // namespace

void ChunkedDecoder::reset() {
  state_ = State::kSizeFirst;
  size_ = offset_ = 0;
  digits_ = extensions_ = trailer_lines_ = 0;
  trailer_.clear();
  trailers_.clear();
}

ChunkedStep ChunkedDecoder::next(std::string_view input) {
  size_t at = 0;
  while (state_ != State::kDone && state_ != State::kBad) {
    if (at == input.size()) {
      offset_ += at;
      return {ChunkedStep::Status::kNeedMore, at, {}, {}};
    }
    if (state_ == State::kData) return take_data(input, at);
    if (const char* bad = take(input[at])) {
      state_ = State::kBad;
      reason_ = bad;
      break;
    }
    ++at;
  }
  offset_ += at;
  if (state_ == State::kDone) return {ChunkedStep::Status::kDone, at, {}, {}};
  return {ChunkedStep::Status::kBad, at, {}, {static_cast<size_t>(offset_), reason_, 400}};
}

ChunkedStep ChunkedDecoder::take_data(std::string_view input, size_t consumed) {
  const std::string_view data = input.substr(consumed, size_);
  size_ -= data.size();
  if (size_ == 0) state_ = State::kDataCr;
  const size_t total = consumed + data.size();
  offset_ += total;
  return {ChunkedStep::Status::kData, total, data, {}};
}

// Takes one byte outside of chunk data; gives what is wrong with it, or nullptr.
const char* ChunkedDecoder::take(char c) {
  switch (state_) {
    case State::kSizeFirst:
    case State::kSize:
      return take_size(c);
    case State::kSizeLf:
      return c == '\n' ? after_size() : "bare CR after a chunk size";
    case State::kDataCr:
      state_ = State::kDataLf;
      return c == '\r' ? nullptr : "chunk data longer than its size";
    case State::kDataLf:
      state_ = State::kSizeFirst;
      size_ = digits_ = 0;
      return c == '\n' ? nullptr : "bare CR after chunk data";
    case State::kTrailer:
    case State::kTrailerLine:
    case State::kTrailerLf:
    case State::kEndLf:
      return take_trailer(c);
    default:
      return take_extension(c);
  }
}

const char* ChunkedDecoder::take_size(char c) {
  if (is_hex_digit(c)) {
    if (++digits_ > kDigitsMax) return "chunk size too large";
    size_ = size_ * 16 + hex_value(c);
    state_ = State::kSize;
    return nullptr;
  }
  if (state_ == State::kSizeFirst) return "chunk size is no hex number";
  if (c == ';') {
    state_ = State::kExtName;
    return nullptr;
  }
  state_ = State::kSizeLf;
  if (c == '\r') return nullptr;
  return c == '\n' ? "bare LF after a chunk size" : "chunk size is no hex number";
}

const char* ChunkedDecoder::take_extension(char c) {
  if (++extensions_ > limits_.extension_bytes) return "chunk extensions too large";
  const bool may_end =
      state_ == State::kExtNameMore || state_ == State::kExtValueMore || state_ == State::kExtEnd;
  if (may_end && (c == '\r' || c == ';')) {
    state_ = c == '\r' ? State::kSizeLf : State::kExtName;
    return nullptr;
  }
  constexpr const char* kBroken = "broken chunk extension";
  switch (state_) {
    case State::kExtName:
      state_ = State::kExtNameMore;
      return is_token_char(c) ? nullptr : kBroken;
    case State::kExtNameMore:
      if (c == '=') state_ = State::kExtValue;
      return c == '=' || is_token_char(c) ? nullptr : kBroken;
    case State::kExtValue:
      state_ = c == '"' ? State::kExtQuoted : State::kExtValueMore;
      return c == '"' || is_token_char(c) ? nullptr : kBroken;
    case State::kExtValueMore:
      return is_token_char(c) ? nullptr : kBroken;
    case State::kExtQuoted:
      if (c == '"') state_ = State::kExtEnd;
      if (c == '\\') state_ = State::kExtEscape;
      return c == '"' || c == '\\' || is_quoted_char(c) ? nullptr : kBroken;
    case State::kExtEscape:
      state_ = State::kExtQuoted;
      return is_value_char(c) ? nullptr : kBroken;
    default:
      return kBroken;
  }
}

const char* ChunkedDecoder::after_size() {
  state_ = size_ > 0 ? State::kData : State::kTrailer;
  return nullptr;
}

const char* ChunkedDecoder::take_trailer(char c) {
  switch (state_) {
    case State::kTrailerLf:
      trailer_ += c;
      return c == '\n' ? end_of_trailer() : "bare CR";
    case State::kEndLf:
      return c == '\n' ? parse_trailers() : "bare CR";
    default:
      break;
  }
  if (c == '\n') return "bare LF";
  if (c == '\r' && state_ == State::kTrailer) {
    state_ = State::kEndLf;
    return nullptr;
  }
  if (trailer_.size() >= limits_.trailer_bytes) return "trailers too large";
  trailer_ += c;
  state_ = c == '\r' ? State::kTrailerLf : State::kTrailerLine;
  return nullptr;
}

// Checks the line that just ended, so that a broken one is refused before the next comes.
const char* ChunkedDecoder::end_of_trailer() {
  if (++trailer_lines_ > limits_.trailers) return "too many trailers";
  std::string_view line(trailer_);
  line.remove_suffix(2);
  const size_t previous = line.rfind('\n');
  if (previous != std::string_view::npos) line.remove_prefix(previous + 1);
  FieldView field;
  if (const Check bad = parse_field_line(line, field)) return bad->reason;
  if (!is_allowed_trailer(field.name)) return "a field that is not allowed in trailers";
  state_ = State::kTrailer;
  return nullptr;
}

// All at the end: until then the buffer may move.
const char* ChunkedDecoder::parse_trailers() {
  for (size_t at = 0; at < trailer_.size();) {
    const size_t end = trailer_.find('\n', at);
    FieldView& field = trailers_.emplace_back();
    if (const Check bad = parse_field_line(std::string_view(trailer_).substr(at, end - 1 - at), field)) {
      return bad->reason;
    }
    at = end + 1;
  }
  state_ = State::kDone;
  return nullptr;
}

}  // namespace hancock::http
