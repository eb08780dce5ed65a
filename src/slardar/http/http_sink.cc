#include "slardar/http/http_sink.h"

#include <fmt/format.h>

#include "io/parts.h"
#include "slardar/http/head_send.h"
#include "slardar/http/upstream_try.h"
#include "slardar/tcp/tunnel.h"

namespace hancock::slardar {

// HTTP/1.0 knows no interim answers.
io::Async<bool> HttpSink::send_interim(const http::ResponseView& head) {
  if (!modern()) co_return true;
  write_response(head, ResponseForward(), worker_.scratch);
  std::array<iovec, 1> parts{io::part_of(worker_.scratch.text())};
  HeadSend sending(visitor_, parts, send_deadline(), rescue_);
  const Result<void> sent = co_await sending;
  co_return sent.has_value();
}

io::Async<bool> HttpSink::send_head(const http::ResponseView& head, const ResponseForward& how,
                                    BodyPiece first) {
  write_response(head, how, worker_.scratch);
  first.parts[0] = io::part_of(worker_.scratch.text());
  const size_t bytes = io::bytes_of(first.parts);
  HeadSend sending(visitor_, first.parts, send_deadline(), rescue_);
  const Result<void> sent = co_await sending;
  if (sent) count(bytes);
  co_return sent.has_value();
}

io::Async<bool> HttpSink::send_body(BodyPiece piece) {
  const size_t bytes = io::bytes_of(piece.parts);
  if (bytes == 0) co_return true;
  Result<void> sent;
  if (send_deadline() < over_at()) {
    sent = co_await visitor_.send_while_taken(piece.parts, Timeouts::kSendIdle);
  } else {
    sent = co_await visitor_.send(piece.parts, over_at());
  }
  if (sent) count(bytes);
  co_return sent.has_value();
}

io::Async<bool> HttpSink::send_own(const http::RequestView& asked, const OwnAnswer& answer, After after) {
  const bool old = asked.minor_version == 0;
  std::string_view connection = after == After::kKeepAlive ? "" : "Connection: close\r\n";
  if (old && after == After::kKeepAlive) connection = "Connection: keep-alive\r\n";
  std::string text = fmt::format("HTTP/1.1 {} {}\r\n", answer.status, http::reason_phrase(answer.status));
  for (const auto& [name, value] : answer.fields) text.append(name).append(": ").append(value).append("\r\n");
  text += fmt::format("Date: {}\r\nContent-Length: {}\r\n{}\r\n", worker_.date.at(worker_.loop.now()),
                      answer.body.size(), connection);
  if (asked.method != "HEAD") text.append(answer.body);
  count(text.size());
  auto sent = co_await visitor_.send(text, worker_.loop.now() + Timeouts::kSendIdle);
  co_return sent.has_value();
}

io::Async<void> HttpSink::switch_protocols(Request& request, UpstreamTry& peer) {
  ResponseForward how;
  how.upgrade = true;
  request.edit(how);
  write_response(peer.answer(), how, worker_.scratch);
  std::array<iovec, 2> parts{io::part_of(worker_.scratch.text()), io::part_of(peer.buffer().unread())};
  HeadSend sending(visitor_, parts, send_deadline(), rescue_);
  Result<void> sent = co_await sending;
  if (!sent) co_return;
  const std::string_view rest = head_.unread();
  if (!rest.empty()) sent = co_await peer.peer().send(rest, send_deadline());
  if (!sent) co_return;
  head_.consume(rest.size());
  request.route.narrow();
  TunnelBytes bytes;
  co_await tunnel(visitor_, peer.peer(), worker_, Timeouts::kTcpIdle, bytes);
  request.count_in(bytes.forth);
  count(bytes.back);
}

}  // namespace hancock::slardar
