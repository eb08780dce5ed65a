#include "slardar/http2/http2_body.h"

#include <charconv>
#include <cstring>

namespace hancock::slardar {

void Http2Body::receive(std::string_view data) {
  if (data.empty()) return;
  if (is_unwanted_) return passed_on_(data.size());
  if (incoming_.empty()) incoming_.assign(kChunkHead, ' ');
  incoming_.append(data);
  held_bytes_ += data.size();
  data_bytes_ += data.size();
  arrived_.set();
}

void Http2Body::end() {
  has_ended_ = true;
  arrived_.set();
}

void Http2Body::discard() {
  is_unwanted_ = true;
  if (held_bytes_ > 0) passed_on_(std::exchange(held_bytes_, 0));
  taken_bytes_ = 0;
  incoming_ = {};
}

bool Http2Body::begin() {
  if (incoming_.empty() && !has_ended_) return true;
  const size_t size = take().size();
  first_taken_ = std::move(taken_);  // a short one's bytes move with it
  set_first(std::string_view(first_taken_).substr(first_taken_.size() - size));
  return true;
}

io::Async<Result<std::string_view>> Http2Body::next(TimePoint deadline) {
  release();
  if (is_complete_) co_return std::string_view();
  while (incoming_.empty() && !has_ended_) {
    const bool came = co_await arrived_.wait(deadline);
    if (!came) co_return fail(ErrorCode::kTimeout, "the visitor sends nothing");
  }
  const std::string_view bytes = take();
  keep(bytes);
  co_return bytes;
}

// What has come, framed; it stands in taken_.
std::string_view Http2Body::take() {
  taken_ = std::exchange(incoming_, {});
  if (taken_.empty()) taken_.assign(kChunkHead, ' ');
  const size_t bytes = taken_.size() - kChunkHead;
  taken_bytes_ += bytes;
  is_complete_ = has_ended_;
  size_t at = kChunkHead;
  if (is_chunked_ && bytes > 0) {
    char digits[16];
    const auto size =
        static_cast<size_t>(std::to_chars(digits, digits + sizeof digits, bytes, 16).ptr - digits);
    at -= size + 2;
    std::memcpy(taken_.data() + at, digits, size);
    std::memcpy(taken_.data() + at + size, "\r\n", 2);
    taken_ += "\r\n";
  }
  if (is_chunked_ && has_ended_) taken_.append("0\r\n").append(trailers_).append("\r\n");
  return std::string_view(taken_).substr(at);
}

void Http2Body::release() {
  if (taken_bytes_ == 0) return;
  held_bytes_ -= taken_bytes_;
  passed_on_(std::exchange(taken_bytes_, 0));
}

}  // namespace hancock::slardar
