#include "slardar/http/http_connection.h"

#include <optional>

#include "base/log.h"
#include "io/turn.h"
#include "slardar/http/http_body.h"
#include "slardar/http/http_sink.h"
#include "slardar/http/linger.h"
#include "slardar/http2/http2_connection.h"

namespace hancock::slardar {

namespace {

// RFC 9113 section 3.4; no HTTP/1 request begins so.
constexpr std::string_view kHttp2Begin = "PRI * HTTP/2.0\r\n";

}  // namespace

HttpConnection::HttpConnection(WorkerParts& worker, std::unique_ptr<io::Stream> stream,
                               ServedConnections& all, const io::TlsStream* tls)
    : ServedConnection(worker, all), stream_(std::move(stream)), tls_(tls) {
  if (const auto address = worker_.proxied.source(*stream_)) ip_ = address->host();
}

// Whoever is idle waits here and not in a coroutine of its own: a thousand frames less.
io::Async<void> HttpConnection::run() {
  io::Turn turn(worker_.loop);
  while (true) {
    co_await turn.spent();
    const TimePoint deadline = head_deadline();
    if (!buffer_) {
      idle_ = true;
      auto readable = co_await stream_->descriptor().readable(deadline);
      idle_ = false;
      if (!readable) co_return;
    }
    const bool ready = co_await next_head(deadline);
    if (!ready) co_return;
    if (parted_) {
      co_await linger();
      co_return;
    }
    ++requests_;
    const After after = co_await serve();
    if (after == After::kLinger) co_await linger();
    if (after != After::kKeepAlive) co_return;
    if (buffer_->unread().empty()) buffer_.reset();
  }
}

void HttpConnection::part() {
  if (!std::exchange(parted_, true)) stream_->shutdown_write();
}

std::unique_ptr<io::Stream> HttpConnection::take_unanswered() {
  if (!serving_ || serving_->status != 0) return nullptr;
  serving_->status = 503;
  serving_->failure = Failure::kDraining;
  return std::move(stream_);
}

TimePoint HttpConnection::head_deadline() const {
  const bool begun = buffer_ != nullptr;
  const bool first = requests_ == 0;
  return worker_.loop.now() + (begun || first ? Timeouts::kRequestHead : Timeouts::kKeepAlive);
}

io::Async<bool> HttpConnection::next_head(TimePoint deadline) {
  bool begun = buffer_ != nullptr;
  if (!begun) buffer_ = worker_.buffers.take_small();
  while (true) {
    if (!buffer_->unread().empty()) {
      const http::HeadProgress progress = buffer_->parser.parse(buffer_->unread(), buffer_->request);
      if (progress.status == http::HeadProgress::Status::kDone) {
        buffer_->consume(progress.consumed);
        buffer_->parser.reset();
        co_return true;
      }
      if (progress.status == http::HeadProgress::Status::kBad) {
        is_http2_ = !tls_ && requests_ == 0 && buffer_->unread().starts_with(kHttp2Begin);
        if (is_http2_) co_return false;
        log::debug("http", "{}: bad request: {}", ip_, progress.error.reason);
        co_await reject(failure_of_head(progress.error.status), progress.error.status);
        co_return false;
      }
    }
    if (buffer_->room().empty()) use_large_buffer();
    auto count = co_await stream_->recv(buffer_->room(), deadline);
    if (!count && count.error().code == ErrorCode::kTimeout && begun)
      co_await reject(Failure::kHeadTimeout, 408);
    if (!count || *count == 0) co_return false;
    buffer_->received(*count);
    if (!std::exchange(begun, true)) deadline = worker_.loop.now() + Timeouts::kRequestHead;
  }
}

void HttpConnection::use_large_buffer() {
  BufferPool::Borrowed large = worker_.buffers.take();
  large->copy(*buffer_);
  buffer_ = std::move(large);
}

io::Async<After> HttpConnection::serve() {
  HttpBody body(*stream_, worker_.buffers, buffer_);
  HttpSink sink(worker_, *stream_, *buffer_);
  Request request(worker_, ip_, buffer_->request, body, sink);
  request.connection = stream_.get();
  if (tls_) request.came_by(*tls_);
  request.share = share_;
  Exchange exchange(request);
  serving_ = &request;
  const After after = co_await exchange.run();
  serving_ = nullptr;
  if (log::enabled(log::Level::kDebug)) {
    log::debug("access", "{} {} {}{} {} {}", ip_, request.head().method, request.head().host,
               request.head().target, request.status, to_string(request.failure));
  }
  body.give_back();
  co_return after;
}

io::Async<void> HttpConnection::reject(Failure failure, int status) {
  buffer_->request.clear();
  HttpBody body(*stream_, worker_.buffers, buffer_);
  HttpSink sink(worker_, *stream_, *buffer_);
  Request request(worker_, ip_, buffer_->request, body, sink);
  request.connection = stream_.get();
  if (tls_) request.came_by(*tls_);
  request.began = worker_.loop.now();
  const bool sent = co_await refuse_head(request, failure, status);
  if (sent) co_await linger();
}

io::Async<void> HttpConnection::linger() {
  buffer_.reset();
  return end_and_read_out(worker_, *stream_, worker_.loop.now() + Timeouts::kLinger);
}

io::Async<void> serve_http(WorkerParts& worker, std::unique_ptr<io::Stream> stream, ServedConnections& all,
                           const io::TlsStream* tls) {
  std::optional<HttpConnection> connection;
  connection.emplace(worker, std::move(stream), all, tls);
  co_await connection->run();
  std::unique_ptr<io::Stream> rest = connection->take_stream();
  if (!connection->is_http2()) {
    rest->say_end();
    co_return;
  }
  BufferPool::Borrowed received = connection->take_received();
  connection.reset();
  co_await serve_http2(worker, std::move(rest), all, std::move(received), nullptr);
}

}  // namespace hancock::slardar
