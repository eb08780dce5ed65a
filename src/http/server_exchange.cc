#include "http/server_exchange.h"

#include "base/log.h"
#include "http/date.h"
#include "http/field_line.h"
#include "http/head_writer.h"

namespace hancock::http {
namespace {

// What a handler left of a request's body is read up to here, to keep the connection.
constexpr size_t kDrainBytesMax = 256 << 10;
constexpr Duration kDrainTime = 5s;

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

ServerExchange::ServerExchange(const Setup& setup, const RequestView& head)
    : stream_(setup.stream),
      limits_(setup.limits),
      peer_(setup.peer),
      request_(head.to_head()),
      buffer_(setup.buffer),
      framed_(std::in_place, setup.buffer, request_framing(head)),
      body_(*this),
      watch_(setup.stream),
      sender_(setup.stream, setup.limits.send_idle),
      persistent_(head.persistent() && !setup.closing),
      awaits_continue_(head.expects_continue && !framed_->ended()) {
  if (framed_->ended()) watch_.start();
  if (setup.closing) watch_.stop_soon();
}

void ServerExchange::begin_close() {
  persistent_ = false;
  watch_.stop_soon();
}

io::Async<Result<std::string_view>> ServerExchange::read_body(TimePoint deadline) {
  if (std::exchange(awaits_continue_, false) && state_ == State::kFresh) {
    auto sent = co_await stream_.send(kContinue, idle_deadline(loop(), limits_.send_idle, deadline));
    if (!sent) co_return forward_error(sent);
  }
  auto piece = co_await framed_->read(idle_deadline(loop(), limits_.body_idle, deadline));
  if (!piece) body_error_ = piece.error().code;
  if (framed_->ended()) watch_.start();
  co_return piece;
}

bool ServerExchange::is_bodiless(int status) const { return status < 200 || status == 204 || status == 304; }

// Whether another request may follow, as far as is known when the head is written.
bool ServerExchange::can_persist() const {
  if (!persistent_ || body_error_) return false;
  if (framed_->ended()) return true;
  return !awaits_continue_ && framed_->left() <= kDrainBytesMax;
}

io::Async<Result<void>> ServerExchange::send_head(ResponseHead head, Framing framing,
                                                  std::string_view first_bytes) {
  const bool until_close = framing.kind == Framing::Kind::kUntilClose;
  persistent_ = can_persist() && !until_close && !head.headers.has_token("Connection", "close");
  if (!head.headers.has("Date")) head.headers.add("Date", http_date(system_clock().wall()));
  WriteOptions options;
  options.framing = framing;
  options.write_length = !is_bodiless(head.status);
  if (!persistent_) options.persistence = Persistence::kClose;
  if (persistent_ && request_.minor_version == 0) options.persistence = Persistence::kKeepAlive;
  head_.clear();
  auto written = write_response_head(head, options, head_);
  if (!written) co_return written;

  const bool muted = request_.method == "HEAD" || is_bodiless(head.status);
  sender_.begin(framing, muted ? BodySender::Muted::kYes : BodySender::Muted::kNo);
  state_ = State::kBroken;  // until the send has succeeded
  auto sent = co_await sender_.write(head_, first_bytes, kForever);
  co_return sent;
}

io::Async<Result<void>> ServerExchange::respond(Response response) {
  if (state_ != State::kFresh) co_return fail(ErrorCode::kInternal, "this request was answered already");
  Framing framing;
  if (!response.body.empty() && !is_bodiless(response.status)) {
    framing = {Framing::Kind::kLength, response.body.size()};
  }
  ResponseHead head(response.status, std::move(response.headers));
  const std::string_view bytes = is_bodiless(response.status) ? std::string_view() : response.body;
  auto sent = co_await send_head(std::move(head), framing, bytes);
  if (sent) state_ = State::kDone;
  co_return sent;
}

io::Async<Result<void>> ServerExchange::start(ResponseHead head) {
  if (state_ != State::kFresh) co_return fail(ErrorCode::kInternal, "this request was answered already");
  if (head.status == 101) {
    auto switched = co_await switch_protocols(std::move(head));
    co_return switched;
  }
  Framing framing;
  const auto length = head.headers.get("Content-Length");
  if (is_bodiless(head.status)) {
    framing = {};
  } else if (length) {
    const auto bytes = parse_content_length(*length);
    if (!bytes) co_return fail(ErrorCode::kInvalid, "Content-Length \"{}\" is no number", *length);
    if (*bytes > 0) framing = {Framing::Kind::kLength, *bytes};
  } else {
    framing.kind = request_.minor_version == 0 ? Framing::Kind::kUntilClose : Framing::Kind::kChunked;
  }
  auto sent = co_await send_head(std::move(head), framing, {});
  if (sent) state_ = State::kStreaming;
  co_return sent;
}

io::Async<Result<void>> ServerExchange::switch_protocols(ResponseHead head) {
  if (!framed_->ended()) co_return fail(ErrorCode::kInternal, "101 before the request's body has been read");
  const Framing bytes{Framing::Kind::kUntilClose};
  watch_.end();
  framed_.emplace(buffer_, bytes);
  persistent_ = false;
  WriteOptions options;
  options.framing = bytes;
  options.persistence = Persistence::kUpgrade;
  head_.clear();
  auto written = write_response_head(head, options, head_);
  if (!written) co_return written;
  sender_.begin(bytes);
  state_ = State::kBroken;  // until the send has succeeded
  auto sent = co_await sender_.write(head_, {}, kForever);
  if (sent) state_ = State::kStreaming;
  co_return sent;
}

io::Async<Result<void>> ServerExchange::write(std::string_view bytes) {
  if (state_ != State::kStreaming) co_return fail(ErrorCode::kInternal, "no answer is being streamed");
  auto sent = co_await sender_.write({}, bytes, kForever);
  if (!sent) state_ = State::kBroken;
  co_return sent;
}

io::Async<Result<void>> ServerExchange::finish() {
  if (state_ != State::kStreaming) co_return fail(ErrorCode::kInternal, "no answer is being streamed");
  auto sent = co_await sender_.finish(kForever);
  state_ = sent ? State::kDone : State::kBroken;
  co_return sent;
}

Response ServerExchange::default_answer() const {
  int status = 500;
  if (body_error_ == ErrorCode::kInvalid) status = 400;
  if (body_error_ == ErrorCode::kTimeout) status = 408;
  if (status == 500) {
    log::error("http", "no answer to {} {}", request_.method, request_.path());
  }
  return {status, std::string(reason_phrase(status)) + "\n"};
}

io::Async<bool> ServerExchange::complete() {
  if (state_ == State::kFresh) {
    Response answer = default_answer();
    auto sent = co_await respond(std::move(answer));
    if (!sent) co_return false;
  }
  if (state_ != State::kDone) {
    stream_.abort();  // the client sees an answer without its end
    co_return false;
  }
  if (!persistent_ || body_error_) co_return false;
  const bool drained = co_await drain();
  co_return drained;
}

io::Async<bool> ServerExchange::drain() {
  const TimePoint deadline = loop().now() + kDrainTime;
  for (size_t drained = 0; !framed_->ended();) {
    if (awaits_continue_ || drained > kDrainBytesMax) co_return false;
    auto piece = co_await framed_->read(deadline);
    if (!piece) co_return false;
    drained += piece->size();
  }
  co_return true;
}

}  // namespace hancock::http
