#include "slardar/testing/http2_peer.h"

#include <gtest/gtest.h>
#include <nghttp2/nghttp2.h>

namespace hancock::slardar::testing {
namespace {

constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
constexpr size_t kFrameHead = 9;

nghttp2_hd_inflater* inflater_of(void* kept) { return static_cast<nghttp2_hd_inflater*>(kept); }

http::Headers inflated(nghttp2_hd_inflater* inflater, std::string_view block) {
  http::Headers fields;
  const auto* data = reinterpret_cast<const uint8_t*>(block.data());
  size_t left = block.size();
  while (true) {
    nghttp2_nv field{};
    int flags = 0;
    const auto taken = nghttp2_hd_inflate_hd2(inflater, &field, &flags, data, left, 1);
    EXPECT_GE(taken, 0);
    if (taken < 0) return fields;
    data += taken;
    left -= static_cast<size_t>(taken);
    if (flags & NGHTTP2_HD_INFLATE_EMIT) {
      fields.add({reinterpret_cast<const char*>(field.name), field.namelen},
                 {reinterpret_cast<const char*>(field.value), field.valuelen});
    }
    if (flags & NGHTTP2_HD_INFLATE_FINAL) break;
  }
  nghttp2_hd_inflate_end_headers(inflater);
  return fields;
}

}  // namespace

Http2Peer::Http2Peer(io::Loop& loop, Settings settings) : loop_(loop), settings_(std::move(settings)) {
  listener_ = *io::Listener::listen(loop, *io::Address::parse("127.0.0.1:0"));
  scope_.spawn(accept());
}

Http2Peer::~Http2Peer() {
  scope_.cancel();
  for (const auto& link : links_) nghttp2_hd_inflate_del(inflater_of(link->inflater));
}

uint16_t Http2Peer::port() const { return listener_->address().port(); }

io::Async<void> Http2Peer::accept() {
  while (true) {
    auto stream = co_await listener_->accept();
    if (!stream) co_return;
    auto& link = *links_.emplace_back(std::make_unique<Link>());
    link.stream = std::move(*stream);
    nghttp2_hd_inflater* inflater = nullptr;
    nghttp2_hd_inflate_new(&inflater);
    link.inflater = inflater;
    std::string payload;
    for (const auto& [key, value] : settings_) payload += H2::number(key, 2) + H2::number(value, 4);
    const size_t connection = links_.size() - 1;
    send(connection, {H2::kSettings, 0, 0, payload});
    scope_.spawn(serve(connection));
  }
}

io::Async<void> Http2Peer::serve(size_t connection) {
  Link& link = *links_[connection];
  std::vector<char> room(256 << 10);
  while (link.stream) {
    auto count = co_await link.stream->recv(room, loop_.now() + 60s);
    if (!count || *count == 0) break;
    link.input.append(room.data(), *count);
    take_frames(connection);
  }
  link.stream.reset();
}

io::Async<void> Http2Peer::write(size_t connection) {
  Link& link = *links_[connection];
  while (link.stream && !link.output.empty()) {
    const std::string bytes = link.output;
    auto sent = co_await link.stream->send(bytes, loop_.now() + 60s);
    if (!sent) co_return;
    link.output.erase(0, bytes.size());
  }
}

void Http2Peer::send(size_t connection, const H2::Frame& frame) {
  Link& link = *links_[connection];
  const bool is_writing = !link.output.empty();
  link.output += H2::bytes_of(frame);
  if (!is_writing) scope_.spawn(write(connection));
}

void Http2Peer::take_frames(size_t connection) {
  Link& link = *links_[connection];
  if (!link.had_preface) {
    if (link.input.size() < kPreface.size()) return;
    EXPECT_TRUE(link.input.starts_with(kPreface));
    link.input.erase(0, kPreface.size());
    link.had_preface = true;
  }
  while (link.input.size() >= kFrameHead &&
         link.input.size() >= kFrameHead + H2::number_at(link.input, 0, 3)) {
    const size_t size = H2::number_at(link.input, 0, 3);
    const H2::Frame frame{static_cast<uint8_t>(link.input[3]), static_cast<uint8_t>(link.input[4]),
                          H2::number_at(link.input, 5, 4), link.input.substr(kFrameHead, size)};
    link.input.erase(0, kFrameHead + size);
    take(connection, frame);
  }
}

void Http2Peer::take(size_t connection, const H2::Frame& frame) {
  Link& link = *links_[connection];
  Request* const request = find(connection, frame.stream);
  switch (frame.type) {
    case H2::kHeaders:
      return take_head(connection, frame);
    case H2::kData:
      if (request) request->body += frame.payload;
      if (request) request->ended |= frame.flags & H2::kEndStream;
      if (!gives_windows || frame.payload.empty()) return;
      send(connection, {H2::kWindowUpdate, 0, 0, H2::number(frame.payload.size(), 4)});
      if (!(frame.flags & H2::kEndStream))
        send(connection, {H2::kWindowUpdate, 0, frame.stream, H2::number(frame.payload.size(), 4)});
      return;
    case H2::kReset:
      if (request) request->reset = static_cast<int>(H2::number_at(frame.payload, 0, 4));
      return;
    case H2::kSettings:
      if (frame.flags & H2::kAcknowledged) return;
      for (size_t at = 0; at + 6 <= frame.payload.size(); at += 6) {
        if (H2::number_at(frame.payload, at, 2) == H2::kInitialWindow)
          link.initial_window = H2::number_at(frame.payload, at + 2, 4);
      }
      return send(connection, {H2::kSettings, H2::kAcknowledged, 0, ""});
    case H2::kPing:
      if (frame.flags & H2::kAcknowledged) return;
      ++link.pings;
      if (answers_pings) send(connection, {H2::kPing, H2::kAcknowledged, 0, frame.payload});
      return;
    case H2::kGoAway:
      link.go_away = static_cast<int>(H2::number_at(frame.payload, 4, 4));
      return;
    case H2::kWindowUpdate:
      link.windows[frame.stream] += H2::number_at(frame.payload, 0, 4);
      return;
    default:
      return;
  }
}

void Http2Peer::take_head(size_t connection, const H2::Frame& frame) {
  EXPECT_TRUE(frame.flags & H2::kEndHeaders);
  std::string_view block = frame.payload;
  if (frame.flags & 0x20) block.remove_prefix(5);  // its priority
  const http::Headers fields = inflated(inflater_of(links_[connection]->inflater), block);
  Request* request = find(connection, frame.stream);
  if (request) {
    request->trailers = fields;
  } else {
    request = &requests_.emplace_back();
    request->connection = connection;
    request->stream = frame.stream;
    request->head = fields;
  }
  request->ended |= frame.flags & H2::kEndStream;
}

Http2Peer::Request* Http2Peer::find(size_t connection, uint32_t stream) {
  for (Request& each : requests_) {
    if (each.connection == connection && each.stream == stream) return &each;
  }
  return nullptr;
}

int64_t Http2Peer::window_of(const Request& request) const {
  const Link& link = *links_[request.connection];
  const auto given = link.windows.find(request.stream);
  return link.initial_window + (given != link.windows.end() ? given->second : 0);
}

void Http2Peer::head(const Request& request, const Fields& fields, uint8_t flags) {
  send(request.connection, {H2::kHeaders, flags, request.stream, H2::encoded(fields)});
}

void Http2Peer::data(const Request& request, std::string_view bytes, uint8_t flags) {
  send(request.connection, {H2::kData, flags, request.stream, std::string(bytes)});
}

void Http2Peer::answer(const Request& request, const std::string& body) {
  head(request, {{":status", "200"}, {"content-length", std::to_string(body.size())}});
  data(request, body, H2::kEndStream);
}

void Http2Peer::reset(const Request& request, int code) {
  send(request.connection, {H2::kReset, 0, request.stream, H2::number(static_cast<uint64_t>(code), 4)});
}

void Http2Peer::go_away(size_t connection, uint32_t last_stream, int code) {
  send(connection,
       {H2::kGoAway, 0, 0, H2::number(last_stream, 4) + H2::number(static_cast<uint64_t>(code), 4)});
}

void Http2Peer::close(size_t connection) {
  if (links_[connection]->stream) links_[connection]->stream->abort();
}

}  // namespace hancock::slardar::testing
