#include "http/server_connection.h"

#include "base/log.h"
#include "http/head_writer.h"
#include "http/server_exchange.h"

namespace hancock::http {
namespace {

// How long, and for how many bytes, a client may still send after we have ended our side. Closing with unread
// bytes would reset the connection, and the answer could be lost on its way.
constexpr Duration kLingerTime = 1s;
constexpr size_t kLingerBytesMax = 1 << 20;

HeadLimits head_limits(const ServerLimits& limits) {
  return {limits.head_bytes, limits.headers, limits.target_bytes};
}

}  // namespace

ServerConnection::ServerConnection(std::unique_ptr<io::Stream> stream, io::Address peer,
                                   const Handler& handler, const ServerLimits& limits)
    : stream_(std::move(stream)),
      peer_(peer),
      handler_(handler),
      limits_(limits),
      buffer_(*stream_),
      parser_(head_limits(limits)) {}

void ServerConnection::begin_close() {
  closing_ = true;
  if (exchange_) {
    exchange_->begin_close();
  } else if (idle_) {
    stream_->abort();
  }
}

io::Async<void> ServerConnection::run() {
  while (true) {
    const bool more = co_await read_head();
    if (!more) break;
    const bool again = co_await serve_one();
    if (!again || (closing_ && buffer_.view().empty())) break;
  }
  if (stream_->descriptor().aborted()) co_return;
  if (unread_ || !buffer_.view().empty() || !stream_->quiet()) co_await linger();
}

// False when there is none: the connection ended, or what came was refused.
io::Async<bool> ServerConnection::read_head() {
  io::Loop& loop = stream_->loop();
  parser_.reset();
  idle_ = buffer_.view().empty();
  if (idle_) buffer_.release();
  TimePoint deadline = loop.now() + (idle_ ? limits_.idle : limits_.head);
  while (true) {
    const HeadProgress progress = parser_.parse(buffer_.view(), head_);
    if (progress.status == HeadProgress::Status::kBad) {
      co_await refuse(progress.error);
      co_return false;
    }
    if (progress.status == HeadProgress::Status::kDone) {
      idle_ = false;
      buffer_.consume(progress.consumed);  // the views stay valid until the next fill
      co_return true;
    }
    auto received = co_await buffer_.fill(deadline);
    if (!received) {
      const bool slow = received.error().code == ErrorCode::kTimeout && !idle_;
      const ParseError error{0, "slow head", 408};
      if (slow) co_await refuse(error);
      co_return false;
    }
    if (*received == 0) co_return false;
    if (std::exchange(idle_, false)) deadline = loop.now() + limits_.head;
  }
}

io::Async<bool> ServerConnection::serve_one() {
  const ServerExchange::Setup setup{*stream_, buffer_, limits_, peer_, closing_};
  ServerExchange exchange(setup, head_);
  exchange_ = &exchange;
  co_await handler_(exchange);
  const bool again = co_await exchange.complete();
  exchange_ = nullptr;
  unread_ = !exchange.body_ended();
  co_return again;
}

io::Async<void> ServerConnection::refuse(ParseError error) {
  log::debug("http", "{}: refused at byte {}: {}", peer_.to_string(), error.offset, error.reason);
  const std::string body = std::string(error.reason) + "\n";
  WriteOptions options;
  options.framing = {Framing::Kind::kLength, body.size()};
  options.persistence = Persistence::kClose;
  ResponseHead head(error.status);
  head.headers.add("Content-Type", "text/plain");
  if (error.status == 405) head.headers.add("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
  std::string message;
  if (!write_response_head(head, options, message)) co_return;
  message += body;
  auto sent = co_await stream_->send(message, stream_->loop().now() + limits_.send_idle);
  if (sent) co_await linger();
}

io::Async<void> ServerConnection::linger() {
  const TimePoint deadline = stream_->loop().now() + kLingerTime;
  stream_->shutdown_write();
  buffer_.consume(buffer_.view().size());
  for (size_t total = 0; total < kLingerBytesMax;) {
    auto received = co_await buffer_.fill(deadline);
    if (!received || *received == 0) co_return;
    buffer_.consume(*received);
    total += *received;
  }
}

}  // namespace hancock::http
