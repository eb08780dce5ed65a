#include "slardar/http/upstream_try.h"

#include "io/parts.h"
#include "io/tcp.h"
#include "io/turn.h"
#include "io/unacknowledged.h"
#include "slardar/http/head_send.h"

namespace hancock::slardar {
namespace {

// A machine that has lost its power says nothing, and who waits for its answer would wait for response_head.
constexpr Duration kUnacknowledged = 3s;

Failure failure_of_body(const Error& error) {
  if (error.code == ErrorCode::kInvalid) return Failure::kBadRequest;
  if (error.code == ErrorCode::kTimeout) return Failure::kIdleTimeout;
  return Failure::kNone;
}

}  // namespace

UpstreamTry::UpstreamTry(Request& request, Pick pick) : request_(request), pick_(std::move(pick)) {}

UpstreamTry::Outcome UpstreamTry::fail_with(Outcome outcome, Failure failure, std::string why) {
  failure_ = failure;
  why_ = std::move(why);
  return outcome;
}

io::Async<bool> UpstreamTry::send_http1(Connection wanted) {
  if (wanted == Connection::kAny && !announces()) take_idle();
  if (!connection_.stream) {
    const bool connected = co_await connect();
    if (!connected) co_return false;
  }
  co_await send_request();
  if (!send_failed_ && !request_.body.complete()) upload_.spawn(upload());
  co_return true;
}

// That a peer has closed it may not be known yet: what is not to be sent twice asks.
void UpstreamTry::take_idle() {
  const bool may_resend = request_.idempotent() && request_.body.complete();
  const auto care = may_resend ? IdlePool::Care::kEvents : IdlePool::Care::kAsk;
  connection_ = pick_.peer().idle.take(request_.worker.loop.now(), care);
}

io::Async<bool> UpstreamTry::connect() {
  ++pick_.peer().connects;
  const Result<void> connected = co_await dial();
  if (connected) {
    pick_.upstream().note_reached(pick_.peer(), request_.worker.loop.now());
    io::limit_unacknowledged(peer(), kUnacknowledged);
    co_return true;
  }
  co_return not_connected(connected.error());
}

bool UpstreamTry::not_connected(const Error& error) {
  const bool full = error.code == ErrorCode::kTooLarge;
  const bool late = full || error.code == ErrorCode::kTimeout;
  outcome_ = fail_with(full ? Outcome::kFull : Outcome::kNotConnected,
                       late ? Failure::kConnectTimeout : Failure::kConnectFailed, error.message);
  return false;
}

io::Async<Result<void>> UpstreamTry::dial() {
  io::Loop& loop = request_.worker.loop;
  auto socket = co_await io::connect(loop, pick_.peer().address, request_.until(route().connect));
  if (!socket) co_return forward_error(socket);
  if (announces()) {
    const std::string header =
        request_.worker.proxied.announcement(route().proxy_protocol, *request_.connection);
    auto told = co_await (*socket)->send(header, request_.until(route().connect));
    if (!told) co_return forward_error(told);
  }
  if (!pick_.peer().tls) {
    connection_.stream = std::move(*socket);
    co_return Result<void>();
  }
  auto encrypted = co_await encrypt(*pick_.peer().tls, std::move(*socket), request_.until(route().connect));
  if (!encrypted) co_return forward_error(encrypted, pick_.peer().name);
  connection_.stream = std::move(*encrypted);
  co_return Result<void>();
}

RequestForward UpstreamTry::how_forwarded() const {
  RequestForward how;
  how.visitor_ip = request_.visitor_ip;
  how.fallback_host = pick_.peer().name;
  how.request_id = {request_.id.data(), request_.id.size()};
  how.proto = request_.proto;
  if (request_.began_trace()) how.new_trace = request_.traceparent;
  how.via = request_.worker.via;
  how.came_by_http2 = !request_.protocol.empty();
  const HeaderEdits& edits = request_.script ? request_.script->request : route().request_edits;
  if (!edits.empty()) how.edits = &edits;
  return how;
}

io::Async<void> UpstreamTry::send_request() {
  WorkerParts& worker = request_.worker;
  RequestForward how = how_forwarded();
  how.upgrade = wants_upgrade(request_.head());
  write_request(request_.head(), how, worker.scratch);

  // A peer may read a body or a stream as slowly as it likes.
  slow_reader_ = how.upgrade || !request_.body.complete();
  if (slow_reader_) io::limit_unacknowledged(peer(), Duration(0));

  std::array<iovec, 3> parts{io::part_of(worker.scratch.text()), io::part_of(request_.body.first()),
                             io::part_of(request_.body.kept())};
  const size_t head_bytes = parts[0].iov_len;
  HeadSend sending(peer(), parts, request_.until(route().idle), rescue_);
  const Result<void> sent = co_await sending;
  send_failed_ = !sent;
  // What TLS has encrypted may be gone in part before any of it counts as taken.
  written_ = sent || pick_.peer().tls != nullptr || parts[0].iov_len < head_bytes;
  sent_at_ = worker.loop.now();
}

io::Async<void> UpstreamTry::upload() {
  io::Loop& loop = request_.worker.loop;
  io::Turn turn(loop);
  while (true) {
    co_await turn.spent();
    auto bytes = co_await request_.body.next(body_deadline());
    const bool rests = !bytes && call_ && answered_ && bytes.error().code == ErrorCode::kTimeout;
    if (rests) continue;  // it was asked for before the answer came, which may take as long as it likes
    if (!bytes) {
      give_up_body(failure_of_body(bytes.error()), std::move(bytes.error().message));
      co_return;
    }
    if (bytes->empty()) break;
    request_.count_in(bytes->size());
    if (request_.is_body_too_large()) {
      give_up_body(Failure::kBodyTooLarge, "the request's body is too large");
      co_return;
    }
    Result<void> sent;
    if (call_) {
      sent = co_await call_->send_body(*bytes, route().idle);
    } else {
      iovec part = io::part_of(*bytes);
      sent = co_await peer().send_while_taken({&part, 1}, route().idle);
    }
    if (!sent) {
      send_failed_ = true;  // it may have answered already and want no more
      co_return;
    }
  }
  sent_at_ = loop.now();
}

void UpstreamTry::give_up_answer() {
  if (call_) {
    call_->give_up("the request's body did not come");
  } else {
    peer().abort();
  }
}

void UpstreamTry::give_up_body(Failure failure, std::string why) {
  body_failure_ = failure;
  why_ = std::move(why);
  // Not from here: who waits for the answer may destroy the upload.
  io::Loop& loop = request_.worker.loop;
  give_up_.emplace(loop, [this] { give_up_answer(); });
  give_up_->arm(loop.now());
}

// A call may go both ways for as long as it likes: what limits it then is that the answer rests.
TimePoint UpstreamTry::body_deadline() const {
  const TimePoint now = request_.worker.loop.now();
  if (!call_) return now + Timeouts::kBodyIdle;
  return answered_ ? kForever : now + route().idle;
}

// From the end of the request on; while the body is on its way its own limits hold.
TimePoint UpstreamTry::head_deadline() const {
  const TimePoint from = uploading() ? request_.worker.loop.now() : sent_at_;
  return std::min(from + route().response_head, request_.over_at);
}

io::Async<Result<size_t>> UpstreamTry::receive_http1(TimePoint deadline) {
  if (!peer().descriptor().maybe_readable()) {
    if (buffer_ && answered_ && buffer_->unread().empty()) buffer_.reset();
    auto ready = co_await peer().descriptor().ready(io::Direction::kRead, deadline);
    if (!ready) co_return forward_error(ready);
  }
  if (!buffer_) buffer_ = request_.worker.buffers.take();
  co_return co_await peer().recv(buffer_->room(), deadline);
}

io::Async<UpstreamTry::Outcome> UpstreamTry::wait_http1() {
  buffer_.reset();
  while (true) {
    auto ready = co_await peer().descriptor().readable(head_deadline());
    Result<size_t> count = 0;
    if (ready) {
      if (!buffer_) buffer_ = request_.worker.buffers.take();
      count = co_await peer().recv(buffer_->room(), head_deadline());
    } else {
      count = forward_error(ready);
    }
    if (!count) {
      const bool again =
          count.error().code == ErrorCode::kTimeout && head_deadline() > request_.worker.loop.now();
      if (again) continue;
      co_return ended(count.error());
    }
    if (*count == 0) co_return ended(Error{ErrorCode::kClosed, "closed", {}});
    buffer_->received(*count);
    while (true) {
      const http::HeadProgress progress = buffer_->parser.parse(buffer_->unread(), buffer_->response);
      if (progress.status == http::HeadProgress::Status::kNeedMore) break;
      if (progress.status == http::HeadProgress::Status::kBad)
        co_return fail_with(Outcome::kFailed, Failure::kBadResponse, progress.error.reason);
      buffer_->consume(progress.consumed);
      buffer_->parser.reset();
      answered_ = true;
      const int status = answer().status;
      if (status == 101 && !is_wanted_upgrade(request_.head(), answer()))
        co_return fail_with(Outcome::kFailed, Failure::kBadResponse, "switches protocols unasked");
      // Its last word on a connection that was idle for too long, sent before our request.
      if (status == 408 && connection_.reused && request_.idempotent() && request_.body.complete())
        co_return fail_with(Outcome::kStale, Failure::kPeerClosed, "its idle connection had timed out");
      if (status >= 200 || status == 101) co_return Outcome::kAnswer;
      if (++interim_answers_ > kInterimMax)
        co_return fail_with(Outcome::kFailed, Failure::kBadResponse, "too many interim answers");
      const bool forwarded = co_await request_.sink.send_interim(answer());
      if (!forwarded) co_return fail_with(Outcome::kVisitorGone, Failure::kNone, "the visitor went away");
    }
  }
}

UpstreamTry::Outcome UpstreamTry::ended(const Error& error) {
  if (body_failure_) return fail_with(Outcome::kVisitorGone, *body_failure_, std::move(why_));
  if (error.code == ErrorCode::kTimeout)
    return fail_with(Outcome::kFailed, Failure::kHeadTimeout, "no answer in time");
  const bool any = answered_ || (buffer_ && !buffer_->unread().empty());
  if (any) return fail_with(Outcome::kFailed, Failure::kPeerClosed, "closed inside the head of its answer");
  return fail_with(connection_.reused ? Outcome::kStale : Outcome::kLost, Failure::kPeerClosed,
                   "closed before it answered");
}

void UpstreamTry::keep_connection(Duration keep) {
  if (call_) return call_->set_satisfied();
  const bool fit =
      !announces() && !send_failed_ && !uploading() && request_.body.complete() && buffer_->unread().empty();
  if (!fit || pick_.peer().listings == 0) return;
  if (slow_reader_) io::limit_unacknowledged(peer(), kUnacknowledged);
  pick_.peer().idle.put(std::move(connection_), request_.worker.loop.now(), keep);
}

}  // namespace hancock::slardar
