#include "slardar/testing/http2_visitor.h"

#include <gtest/gtest.h>
#include <nghttp2/nghttp2.h>

namespace hancock::slardar::testing {
namespace {

constexpr Duration kAwaited = 20s;

io::Async<Result<void>> send_frame(io::Stream& stream, std::string_view bytes) {
  co_return co_await stream.send(bytes, stream.loop().now() + kAwaited);
}
io::Async<Result<size_t>> recv_frame(io::Stream& stream, std::span<char> room) {
  co_return co_await stream.recv(room, stream.loop().now() + kAwaited);
}

// RFC 7541 section 5.1, with 7 bits.
void append_length(std::string& out, size_t length) {
  if (length < 127) {
    out += static_cast<char>(length);
    return;
  }
  out += static_cast<char>(127);
  for (length -= 127; length >= 128; length /= 128) out += static_cast<char>(length % 128 + 128);
  out += static_cast<char>(length);
}

}  // namespace

Http2Visitor::Http2Visitor(io::Loop& loop, const io::Address& address,
                           std::vector<std::pair<uint16_t, uint32_t>> settings)
    : loop_(loop) {
  auto stream = loop_.block_on(io::connect(loop_, address, loop_.now() + kAwaited));
  EXPECT_TRUE(stream) << (stream ? "" : stream.error().message);
  if (stream) stream_ = std::move(*stream);
  nghttp2_hd_inflate_new(&inflater_);
  std::string payload;
  for (const auto& [key, value] : settings) payload += number(key, 2) + number(value, 4);
  send_raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  send({kSettings, 0, 0, payload});
}

Http2Visitor::~Http2Visitor() { nghttp2_hd_inflate_del(inflater_); }

void Http2Visitor::send_raw(std::string_view bytes) {
  const auto sent = loop_.block_on(send_frame(*stream_, bytes));
  was_reset_ |= !sent;
}

std::string Http2Visitor::number(uint64_t value, int bytes) {
  std::string text;
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) text += static_cast<char>(value >> shift & 0xff);
  return text;
}

uint32_t Http2Visitor::number_at(std::string_view text, size_t at, int bytes) {
  uint32_t value = 0;
  for (int i = 0; i < bytes; ++i)
    value = value << 8 | static_cast<uint8_t>(text[at + static_cast<size_t>(i)]);
  return value;
}

std::string Http2Visitor::bytes_of(const Frame& frame) {
  return number(frame.payload.size(), 3) + static_cast<char>(frame.type) + static_cast<char>(frame.flags) +
         number(frame.stream, 4) + frame.payload;
}

void Http2Visitor::send(const Frame& frame) { send_raw(bytes_of(frame)); }

std::string Http2Visitor::encoded(const Fields& fields) {
  std::string block;
  for (const http::Header& field : fields) {
    block += '\0';
    append_length(block, field.name.size());
    block += field.name;
    append_length(block, field.value.size());
    block += field.value;
  }
  return block;
}

void Http2Visitor::head(uint32_t id, const Fields& fields, uint8_t flags) {
  send({kHeaders, flags, id, encoded(fields)});
}

void Http2Visitor::data(uint32_t id, std::string_view bytes, uint8_t flags) {
  send({kData, flags, id, std::string(bytes)});
}

void Http2Visitor::reset(uint32_t id) { send({kReset, 0, id, number(kCancel, 4)}); }

Http2Visitor::Fields Http2Visitor::fields_of(const std::string& method, const std::string& path,
                                             const Fields& more) {
  Fields fields{{":method", method}, {":scheme", "http"}, {":authority", "shop.test"}, {":path", path}};
  fields.insert(fields.end(), more.begin(), more.end());
  return fields;
}

uint32_t Http2Visitor::get(const std::string& path, const Fields& more) {
  const uint32_t id = next_id();
  head(id, fields_of("GET", path, more));
  return id;
}

const Http2Visitor::Answer& Http2Visitor::answer(uint32_t id) {
  Answer& answer = answers[id];
  until([&] { return answer.ended || answer.reset; });
  return answer;
}

bool Http2Visitor::until(const std::function<bool()>& holds) {
  while (!holds()) {
    if (!take_frame()) return false;
  }
  return true;
}

int Http2Visitor::go_away() {
  until([&] { return go_away_.has_value(); });
  return go_away_.value_or(-1);
}

bool Http2Visitor::ends() {
  while (take_frame()) {
  }
  return !was_reset_;
}

bool Http2Visitor::take_frame() {
  constexpr size_t kHead = 9;
  std::vector<char> room(256 << 10);
  while (input_.size() < kHead || input_.size() < kHead + number_at(input_, 0, 3)) {
    const auto count = loop_.block_on(recv_frame(*stream_, room));
    was_reset_ |= !count;
    if (!count || *count == 0) return false;
    input_.append(room.data(), *count);
  }
  Frame frame;
  const size_t size = number_at(input_, 0, 3);
  frame.type = static_cast<uint8_t>(input_[3]);
  frame.flags = static_cast<uint8_t>(input_[4]);
  frame.stream = number_at(input_, 5, 4);
  frame.payload = input_.substr(kHead, size);
  input_.erase(0, kHead + size);
  take(frame);
  return true;
}

void Http2Visitor::take(const Frame& frame) {
  switch (frame.type) {
    case kHeaders:
      return take_head(frame);
    case kData:
      ++data_frames;
      answers[frame.stream].body += frame.payload;
      answers[frame.stream].ended |= frame.flags & kEndStream;
      if (!gives_windows || frame.payload.empty()) return;
      send({kWindowUpdate, 0, 0, number(frame.payload.size(), 4)});
      if (!(frame.flags & kEndStream))
        send({kWindowUpdate, 0, frame.stream, number(frame.payload.size(), 4)});
      return;
    case kReset:
      answers[frame.stream].reset = static_cast<int>(number_at(frame.payload, 0, 4));
      return;
    case kSettings:
      return take_settings(frame);
    case kPing:
      pings_answered += frame.flags & kAcknowledged;
      return;
    case kGoAway:
      last_stream_ = number_at(frame.payload, 0, 4);
      go_away_ = static_cast<int>(number_at(frame.payload, 4, 4));
      return;
    case kWindowUpdate:
      (frame.stream == 0 ? connection_window : stream_windows[frame.stream]) +=
          number_at(frame.payload, 0, 4);
      return;
    default:
      return;
  }
}

void Http2Visitor::take_settings(const Frame& frame) {
  if (frame.flags & kAcknowledged) {
    settings_acknowledged = true;
    return;
  }
  for (size_t at = 0; at + 6 <= frame.payload.size(); at += 6) {
    if (number_at(frame.payload, at, 2) == kInitialWindow)
      initial_window = number_at(frame.payload, at + 2, 4);
  }
  send({kSettings, kAcknowledged, 0, ""});
}

// Heads of ours come in one frame.
void Http2Visitor::take_head(const Frame& frame) {
  EXPECT_TRUE(frame.flags & kEndHeaders);
  Answer& answer = answers[frame.stream];
  http::Headers fields;
  const auto* data = reinterpret_cast<const uint8_t*>(frame.payload.data());
  size_t left = frame.payload.size();
  while (true) {
    nghttp2_nv field{};
    int flags = 0;
    const auto taken = nghttp2_hd_inflate_hd2(inflater_, &field, &flags, data, left, 1);
    ASSERT_GE(taken, 0);
    data += taken;
    left -= static_cast<size_t>(taken);
    if (flags & NGHTTP2_HD_INFLATE_EMIT) {
      fields.add({reinterpret_cast<const char*>(field.name), field.namelen},
                 {reinterpret_cast<const char*>(field.value), field.valuelen});
    }
    if (flags & NGHTTP2_HD_INFLATE_FINAL) break;
  }
  nghttp2_hd_inflate_end_headers(inflater_);
  answer.ended |= frame.flags & kEndStream;
  const auto status = fields.get(":status");
  if (!status) {
    answer.trailers = fields;
  } else if (status->starts_with('1')) {
    answer.interim.push_back(std::stoi(std::string(*status)));
  } else {
    EXPECT_EQ(answer.status, 0);
    answer.status = std::stoi(std::string(*status));
    answer.headers = fields;
  }
}

}  // namespace hancock::slardar::testing
