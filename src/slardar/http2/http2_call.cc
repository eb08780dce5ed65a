#include "slardar/http2/http2_call.h"

#include <fmt/format.h>
#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <cstring>

#include "io/parts.h"
#include "slardar/http2/http2_client.h"

namespace hancock::slardar {

Http2Call::Http2Call(Http2Client& client)
    : client_(client),
      on_used_connection_(client.was_used()),
      arrived_(client.loop()),
      taken_(client.loop()),
      last_taken_(client.loop().now()) {}

Http2Call::~Http2Call() {
  if (is_slow_) client_.slow_call_ends();
  const bool is_whole = is_satisfied_ || end_ == End::kWhole;
  uint32_t code = NGHTTP2_CANCEL;
  if (is_whole) code = NGHTTP2_NO_ERROR;
  if (end_ == End::kBroken) code = NGHTTP2_PROTOCOL_ERROR;
  client_.leave(*this, code);
}

void Http2Call::set_slow() {
  is_slow_ = true;
  client_.slow_call_begins();
}

void Http2Call::begin(const std::vector<http::FieldView>& fields, const http::Framing& body) {
  scanner_.begin(body);
  is_head_ = std::any_of(fields.begin(), fields.end(), [](const http::FieldView& field) {
    return field.name == ":method" && field.value == "HEAD";
  });
  is_body_whole_ = scanner_.done();
  id_ = client_.submit(*this, fields, !is_body_whole_);
  is_open_ = id_ >= 0;
  if (!is_open_) finish(End::kRefused, "the connection takes no more requests");
}

io::Async<Result<void>> Http2Call::send_body(std::string_view bytes, Duration idle) {
  parts_.clear();
  while (!bytes.empty() && !scanner_.done()) {
    const BodyScanner::Piece piece = scanner_.next_piece(bytes);
    if (piece.status == BodyScanner::Status::kBad) break;  // it was checked when it was read
    if (!piece.data.empty()) parts_.push_back(io::part_of(piece.data));
    bytes.remove_prefix(piece.consumed);
  }
  is_body_whole_ = scanner_.done();
  offered_ = parts_;
  last_taken_ = client_.loop().now();
  if (is_open_) client_.has_data(id_);
  bool is_late = false;
  while (!is_late && (is_writing_ || (end_ == End::kNone && io::bytes_of(offered_) > 0))) {
    const bool came = co_await taken_.wait(last_taken_ + idle);
    is_late = !came && last_taken_ + idle <= client_.loop().now();
  }
  if (std::exchange(is_writing_, false)) client_.rescue(*this);
  const bool is_sent = !is_late && io::bytes_of(offered_) == 0;
  offered_ = {};
  if (!is_sent) is_body_whole_ = false;  // what was cut must not look like all of it
  if (!is_sent) co_return hancock::fail(ErrorCode::kClosed, "the peer takes no more");
  co_return Result<void>();
}

size_t Http2Call::take(std::span<char> room) {
  const size_t size = std::min(room.size(), incoming_.size() - incoming_at_);
  if (size == 0) return 0;
  std::memcpy(room.data(), incoming_.data() + incoming_at_, size);
  incoming_at_ += size;
  if (incoming_at_ == incoming_.size()) {
    incoming_ = {};
    incoming_at_ = 0;
  }
  if (is_open_) client_.passed_on(id_, size);
  return size;
}

// Codes that tell an HTTP/2 visitor more than that it was cut.
uint32_t Http2Call::reset_code() const {
  const bool says_more = code_ == NGHTTP2_CANCEL || code_ == NGHTTP2_ENHANCE_YOUR_CALM;
  return reset_by_peer_ && says_more ? code_ : uint32_t{NGHTTP2_INTERNAL_ERROR};
}

bool Http2Call::fail(std::string why) {
  finish(End::kBroken, std::move(why));
  return false;
}

void Http2Call::head_begins() {
  if (!has_final_) heads_.emplace_back();
}

bool Http2Call::field_comes(std::string_view name, std::string_view value) {
  if (has_final_) return trailers_.add(name, value) || fail("broken or too many trailers");
  heads_.back().head.add(name, value);
  return true;
}

bool Http2Call::head_ends(bool is_last) {
  if (has_final_) {
    trailers_.finish();
  } else {
    Head& head = heads_.back();
    if (const http::Check bad = head.head.finish()) return fail(bad->reason);
    head.is_whole = true;
    has_final_ = head.head.response().status >= 200;
    if (!has_final_ && ++interim_heads_ > kInterimMax) return fail("too many interim answers");
    const bool had_a_body = !is_head_ && head.head.response().status != 304;
    if (is_last && had_a_body && !head.head.response().content_length) head.head.set_empty();
  }
  arrived_.set();
  if (is_last) answer_ends();
  return true;
}

void Http2Call::data_comes(std::string_view bytes) {
  if (incoming_at_ > 0 && incoming_at_ >= incoming_.size() / 2) {
    incoming_.erase(0, incoming_at_);
    incoming_at_ = 0;
  }
  incoming_.append(bytes);
  arrived_.set();
}

void Http2Call::answer_ends() { finish(End::kWhole, {}); }

void Http2Call::finish(End end, std::string why) {
  if (end_ != End::kNone) return;
  end_ = end;
  why_ = std::move(why);
  arrived_.set();
  taken_.set();
}

void Http2Call::lost(const std::string& why) {
  is_open_ = is_writing_ = false;
  finish(head_sent_ ? End::kLost : End::kRefused, why);
  taken_.set();
}

void Http2Call::closed(uint32_t code) {
  is_open_ = false;
  code_ = code;
  if (code == NGHTTP2_REFUSED_STREAM && !has_final_) {
    finish(End::kRefused, "the peer refused the stream");
  } else if (reset_by_peer_ || code == NGHTTP2_NO_ERROR) {
    finish(End::kReset, fmt::format("the peer reset the stream: {}", nghttp2_http2_strerror(code)));
  } else {
    finish(End::kBroken, fmt::format("broke the rules: {}", nghttp2_http2_strerror(code)));
  }
  taken_.set();
}

ssize_t Http2Call::next_data(size_t room, uint32_t& flags) {
  const size_t left = io::bytes_of(offered_);
  if (left == 0 && !is_body_whole_) return NGHTTP2_ERR_DEFERRED;
  flags |= NGHTTP2_DATA_FLAG_NO_COPY;
  if (left > room || !is_body_whole_) return static_cast<ssize_t>(std::min(left, room));
  flags |= NGHTTP2_DATA_FLAG_EOF;
  if (!scanner_.trailers().empty()) {
    flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
    client_.submit_trailers(id_, scanner_.trailers());
  }
  return static_cast<ssize_t>(left);
}

void Http2Call::give_data(size_t bytes, Http2Output& out) {
  out.take(offered_, bytes, this);
  is_writing_ = true;
}

void Http2Call::written() {
  is_writing_ = false;
  last_taken_ = client_.loop().now();
  taken_.set();
}

}  // namespace hancock::slardar
