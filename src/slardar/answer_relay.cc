#include "slardar/answer_relay.h"

#include <charconv>

#include "base/log.h"
#include "slardar/head_send.h"
#include "slardar/tunnel.h"

namespace hancock::slardar {
namespace {

size_t size_of(std::span<const iovec> parts) {
  size_t sum = 0;
  for (const iovec& part : parts) sum += part.iov_len;
  return sum;
}

// "Keep-Alive: timeout=5": the connection is given up a second before the peer does.
Duration idle_limit(const http::ResponseView& head) {
  const auto value = head.get("keep-alive");
  if (!value) return Timeouts::kPeerKeepAlive;
  const size_t at = value->find("timeout=");
  if (at == std::string_view::npos) return Timeouts::kPeerKeepAlive;
  int64_t seconds = 0;
  const char* const begin = value->data() + at + 8;
  const auto [end, error] = std::from_chars(begin, value->data() + value->size(), seconds);
  if (error != std::errc() || seconds < 0 || seconds > 3'600) return Timeouts::kPeerKeepAlive;
  return std::chrono::seconds(seconds - 1);
}

}  // namespace

// An answer without a length or chunks ends with the connection: only a reset
// tells the visitor that it was cut.
bool AnswerRelay::cut(Failure failure, std::string_view why) {
  if (!body_.delimited() && !refused_) request_.visitor.reset();
  request_.failure = failure;
  log::debug("http", "{} {}: answer cut: {} ({})", request_.head().host, request_.head().target,
             to_string(failure), why);
  return false;
}

io::Async<After> AnswerRelay::run() {
  const http::ResponseView& head = try_.answer();
  request_.status = head.status;
  if (head.status == 101) co_return co_await switch_protocols();

  const http::RequestView& asked = request_.head();
  framing_ = http::response_framing(head, asked.method);
  body_.begin(framing_, asked.minor_version);
  keep_peer_ = http::response_keeps_connection(head, framing_);
  keep_visitor_ = asked.persistent() && !request_.worker.draining && (body_.done() || body_.delimited());
  peer_idle_ = idle_limit(head);

  size_t used = 1;
  if (!body_.take(try_.buffer(), parts_, used)) {
    refused_ = true;
    cut(Failure::kBadResponse, "broken chunks");
    co_return After::kClose;
  }
  write_head();
  const size_t bytes = size_of({parts_.data(), used});
  HeadSend sending(request_.visitor, {parts_.data(), used}, send_deadline(), rescue_);
  const Result<void> sent = co_await sending;
  if (!sent) co_return After::kClose;
  request_.bytes_out += bytes;

  const bool whole = co_await relay_body();
  co_return whole ? finish() : After::kClose;
}

// Into parts_[0]; the scratch is sent before anything else runs.
void AnswerRelay::write_head() {
  const http::ResponseView& head = try_.answer();
  ResponseForward how;
  const bool verbatim = body_.form() == ResponseBody::Form::kVerbatim;
  const bool chunks = body_.form() == ResponseBody::Form::kWrapped || (verbatim && head.chunked);
  how.chunked = chunks && framing_.kind != http::Framing::Kind::kNone;
  how.length = verbatim && !head.chunked && head.status != 204;
  if (!keep_visitor_) {
    how.connection = VisitorConnection::kClose;
  } else if (request_.head().minor_version == 0) {
    how.connection = VisitorConnection::kKeepAlive;
  }
  write_response(head, how, request_.worker.scratch);
  const std::string_view text = request_.worker.scratch.text();
  parts_[0] = {const_cast<char*>(text.data()), text.size()};
}

io::Async<bool> AnswerRelay::send_parts(size_t used) {
  const std::span<iovec> parts(parts_.data(), used);
  const size_t bytes = size_of(parts);
  if (bytes == 0) co_return true;
  auto sent = co_await request_.visitor.send_while_taken(parts, Timeouts::kSendIdle);
  if (sent) request_.bytes_out += bytes;
  co_return sent.has_value();
}

io::Async<bool> AnswerRelay::relay_body() {
  io::Loop& loop = request_.worker.loop;
  while (!body_.done()) {
    if (request_.route.snapshot != request_.worker.traffic.present()) request_.route.narrow();
    co_await turn_.spent();
    size_t used = 0;
    if (try_.buffer().unread().empty()) {
      auto count = co_await try_.receive(loop.now() + request_.route.route->idle);
      if (!count) {
        const bool late = count.error().code == ErrorCode::kTimeout;
        co_return cut(late ? Failure::kIdleTimeout : Failure::kPeerClosed, count.error().message);
      }
      if (*count == 0) {
        if (!body_.end(parts_, used)) co_return cut(Failure::kPeerClosed, "ended early");
        co_return co_await send_parts(used);
      }
      try_.buffer().received(*count);
    }
    if (!body_.take(try_.buffer(), parts_, used)) co_return cut(Failure::kBadResponse, "broken chunks");
    const bool sent = co_await send_parts(used);
    if (!sent) co_return false;
  }
  co_return true;
}

After AnswerRelay::finish() {
  if (keep_peer_) try_.keep_connection(peer_idle_);
  if (!request_.body.complete()) return After::kLinger;
  return keep_visitor_ ? After::kKeepAlive : After::kClose;
}

io::Async<After> AnswerRelay::switch_protocols() {
  ResponseForward how;
  how.upgrade = true;
  write_response(try_.answer(), how, request_.worker.scratch);
  const std::string_view text = request_.worker.scratch.text();
  const std::string_view early = try_.buffer().unread();
  parts_[0] = {const_cast<char*>(text.data()), text.size()};
  parts_[1] = {const_cast<char*>(early.data()), early.size()};
  HeadSend sending(request_.visitor, {parts_.data(), 2}, send_deadline(), rescue_);
  Result<void> sent = co_await sending;
  if (!sent) co_return After::kClose;
  const std::string_view rest = request_.head_buffer.unread();
  if (!rest.empty()) sent = co_await try_.peer().send(rest, send_deadline());
  if (!sent) co_return After::kClose;
  request_.head_buffer.consume(rest.size());
  request_.route.narrow();
  const TunnelBytes bytes =
      co_await tunnel(request_.visitor, try_.peer(), request_.worker, Timeouts::kTcpIdle);
  request_.worker.counters.bytes_in += bytes.forth;
  request_.bytes_out += bytes.back;
  co_return After::kClose;
}

}  // namespace hancock::slardar
