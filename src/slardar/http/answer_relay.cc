#include "slardar/http/answer_relay.h"

#include <charconv>

#include "base/log.h"

namespace hancock::slardar {
namespace {

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
  request_.sink.reset_with(try_.reset_code());
  if (!body_.delimited() && !refused_) request_.sink.cut();
  request_.failure = failure;
  log::debug("http", "{} {}: answer cut: {} ({})", request_.head().host, request_.head().target,
             to_string(failure), why);
  return false;
}

io::Async<After> AnswerRelay::run() {
  const http::ResponseView& head = try_.answer();
  request_.status = head.status;
  if (head.status == 101) {
    co_await request_.sink.switch_protocols(request_, try_);
    co_return After::kClose;
  }

  const http::RequestView& asked = request_.head();
  framing_ = try_.framing();
  body_.begin(framing_, request_.sink.takes_chunks());
  keep_peer_ = http::response_keeps_connection(head, framing_);
  // Who is answered before all of his request came is told that the connection ends.
  keep_visitor_ = asked.persistent() && !request_.is_last() && request_.body.complete() &&
                  (body_.done() || body_.delimited());
  peer_idle_ = idle_limit(head);

  size_t used = 1;
  if (!body_.take(try_.buffer(), parts_, used)) {
    refused_ = true;
    cut(Failure::kBadResponse, "broken chunks");
    co_return After::kClose;
  }
  const ResponseForward how = how_forwarded();
  bool well = co_await request_.sink.send_head(head, how, piece(used));
  if (well && !body_.done()) well = co_await relay_body();
  co_return well ? finish() : After::kClose;
}

ResponseForward AnswerRelay::how_forwarded() const {
  const http::ResponseView& head = try_.answer();
  ResponseForward how;
  const bool verbatim = body_.form() == ResponseBody::Form::kVerbatim;
  const bool chunks = body_.form() == ResponseBody::Form::kWrapped || (verbatim && head.chunked);
  how.chunked = chunks && framing_.kind != http::Framing::Kind::kNone;
  how.length = !head.chunked && head.status != 204;
  if (!keep_visitor_) {
    how.connection = VisitorConnection::kClose;
  } else if (request_.head().minor_version == 0) {
    how.connection = VisitorConnection::kKeepAlive;
  }
  how.date = request_.worker.date.at(request_.worker.loop.now());
  request_.edit(how);
  return how;
}

BodyPiece AnswerRelay::piece(size_t used) {
  BodyPiece piece{{parts_.data(), used}, body_.done(), {}};
  if (!piece.is_last || request_.sink.takes_chunks()) return piece;
  const Http2Trailers* const trailers = try_.trailers();
  piece.trailers = trailers ? trailers->fields() : body_.trailers();
  return piece;
}

io::Async<bool> AnswerRelay::relay_body() {
  io::Loop& loop = request_.worker.loop;
  while (!body_.done()) {
    if (request_.route.snapshot != request_.worker.traffic.present()) request_.route.narrow();
    co_await turn_.spent();
    size_t used = 0;
    if (try_.buffer().unread().empty()) {
      auto count = co_await try_.receive(request_.until(request_.route.route->idle));
      if (!count) {
        const bool late = count.error().code == ErrorCode::kTimeout;
        const Failure peers = late ? Failure::kIdleTimeout : Failure::kPeerClosed;
        co_return cut(try_.body_failure().value_or(peers), count.error().message);
      }
      if (*count == 0) {
        const Http2Trailers* const trailers = try_.trailers();
        const std::string_view lines = trailers ? trailers->lines() : std::string_view();
        if (!body_.end(lines, parts_, used)) co_return cut(Failure::kPeerClosed, "ended early");
        co_return co_await request_.sink.send_body(piece(used));
      }
      try_.buffer().received(*count);
    }
    if (!body_.take(try_.buffer(), parts_, used)) co_return cut(Failure::kBadResponse, "broken chunks");
    const bool sent = co_await request_.sink.send_body(piece(used));
    if (!sent && loop.now() >= request_.over_at) co_return cut(Failure::kIdleTimeout, "took too long");
    if (!sent) co_return false;
  }
  co_return true;
}

After AnswerRelay::finish() {
  if (keep_peer_) try_.keep_connection(peer_idle_);
  if (!request_.body.complete()) return After::kLinger;
  return keep_visitor_ ? After::kKeepAlive : After::kClose;
}

}  // namespace hancock::slardar
