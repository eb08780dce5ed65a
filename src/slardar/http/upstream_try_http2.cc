// UpstreamTry on a connection in HTTP/2.
#include <nghttp2/nghttp2.h>

#include "slardar/http/upstream_try.h"
#include "slardar/http2/http2_pool.h"
#include "slardar/http2/http2_request_fields.h"

namespace hancock::slardar {

io::Async<bool> UpstreamTry::send_http2(Connection wanted) {
  wanted_new_ = wanted == Connection::kNew;
  Http2Pool& pool = pick_.peer().http2_pool(request_.worker);
  auto client = co_await pool.take(route().connect, request_.until(route().connect));
  if (!client) co_return not_connected(client.error());
  pick_.upstream().note_reached(pick_.peer(), request_.worker.loop.now());
  call_ = std::make_unique<Http2Call>(**client);
  begin_call();
  co_return true;
}

void UpstreamTry::begin_call() {
  WorkerParts& worker = request_.worker;
  const http::RequestView& head = request_.head();
  const std::string_view scheme = pick_.peer().tls ? "https" : "http";
  const http::Framing body = http::request_framing(head);
  call_->begin(http2_request_fields(head, how_forwarded(), scheme, worker.scratch), body);
  sent_at_ = worker.loop.now();
  if (!request_.body.complete()) call_->set_slow();
  if (body.kind != http::Framing::Kind::kNone) upload_.spawn(upload_http2());
}

io::Async<void> UpstreamTry::upload_http2() {
  const std::array<std::string_view, 2> there{request_.body.first(), request_.body.kept()};
  for (const std::string_view bytes : there) {
    if (bytes.empty()) continue;
    const Result<void> sent = co_await call_->send_body(bytes, route().idle);
    send_failed_ = !sent;
    if (send_failed_) co_return;
  }
  if (!request_.body.complete()) co_await upload();
  sent_at_ = request_.worker.loop.now();
}

io::Async<UpstreamTry::Outcome> UpstreamTry::wait_http2() {
  while (true) {
    if (!call_->has_head()) {
      if (call_->end() != Http2Call::End::kNone) co_return ended_http2();
      const bool came = co_await call_->arrived(head_deadline());
      const bool late = !came && head_deadline() <= request_.worker.loop.now();
      if (late) co_return ended(Error{ErrorCode::kTimeout, "no answer in time", {}});
      continue;
    }
    if (call_->head().status >= 200) break;
    const bool forwarded = co_await request_.sink.send_interim(call_->head());
    if (!forwarded) co_return fail_with(Outcome::kVisitorGone, Failure::kNone, "the visitor went away");
    call_->next_head();
  }
  answered_ = written_ = true;
  buffer_ = request_.worker.buffers.take();
  buffer_->response = call_->head();
  buffer_->received(call_->take(buffer_->room()));
  co_return Outcome::kAnswer;
}

UpstreamTry::Outcome UpstreamTry::ended_http2() {
  using End = Http2Call::End;
  written_ = call_->head_sent() && call_->end() != End::kRefused;
  switch (call_->end()) {
    case End::kGivenUp:
      return ended(Error{ErrorCode::kCancelled, call_->why(), {}});
    case End::kBroken:
      return fail_with(Outcome::kFailed, Failure::kBadResponse, call_->why());
    case End::kRefused:
      return fail_with(Outcome::kRefused, Failure::kPeerClosed, call_->why());
    default:
      break;
  }
  const bool stale = call_->end() == End::kLost && call_->on_used_connection() && !wanted_new_;
  return fail_with(stale ? Outcome::kStale : Outcome::kLost, Failure::kPeerClosed, call_->why());
}

// A stream rests when nothing goes either way.
io::Async<Result<size_t>> UpstreamTry::receive_http2(TimePoint deadline) {
  while (true) {
    if (!buffer_) buffer_ = request_.worker.buffers.take();
    if (const size_t count = call_->take(buffer_->room()); count > 0) co_return count;
    if (call_->drained()) co_return size_t{0};
    if (call_->end() != Http2Call::End::kNone) co_return fail(ErrorCode::kClosed, "{}", call_->why());
    buffer_.reset();
    const bool came = co_await call_->arrived(deadline);
    deadline = std::max(deadline, std::min(call_->last_taken() + route().idle, request_.over_at));
    if (!came && deadline <= request_.worker.loop.now()) co_return fail(ErrorCode::kTimeout, "nothing comes");
  }
}

// To a visitor who can have both, trailers may come behind a body with a length.
http::Framing UpstreamTry::framing() const {
  const http::Framing framing = http::response_framing(answer(), request_.head().method);
  const bool ends_itself = call_ && framing.kind == http::Framing::Kind::kLength;
  if (!ends_itself || request_.sink.takes_chunks()) return framing;
  return {http::Framing::Kind::kUntilClose, 0};
}

uint32_t UpstreamTry::reset_code() const {
  return call_ ? call_->reset_code() : uint32_t{NGHTTP2_INTERNAL_ERROR};
}

}  // namespace hancock::slardar
