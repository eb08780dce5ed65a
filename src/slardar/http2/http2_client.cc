#include "slardar/http2/http2_client.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>

#include "base/log.h"
#include "io/tcp.h"
#include "io/turn.h"
#include "io/unacknowledged.h"
#include "slardar/http2/http2_call.h"
#include "slardar/http2/http2_input.h"
#include "slardar/worker/worker_parts.h"

namespace hancock::slardar {
namespace {

constexpr Duration kUnanswered = 3s;  // a machine without power acknowledges nothing

}  // namespace

Http2Client::Http2Client(io::Loop& loop, BufferPool& buffers, const io::Address& address, PeerTlsPtr tls,
                         std::function<void()> changed, Http2ClientLimits limits)
    : loop_(loop),
      buffers_(buffers),
      address_(address),
      tls_(std::move(tls)),
      changed_(std::move(changed)),
      limits_(limits),
      idle_since_(loop.now()),
      wake_(loop),
      watch_timer_(loop, [this] { watch(); }),
      abort_timer_(loop, [this] {
        if (stream_) stream_->abort();
      }) {}

Http2Client::~Http2Client() {
  writer_.cancel();
  runner_.cancel();
}

void Http2Client::connect(TimePoint deadline) { runner_.spawn(run(deadline)); }

io::Async<void> Http2Client::run(TimePoint deadline) {
  const Result<void> connected = co_await dial(deadline);
  if (!connected) {
    close(connected.error());
    co_return;
  }
  io::limit_unacknowledged(*stream_, kUnanswered);
  session_ = make_http2_client_session(*this);
  watch_timer_.arm(deadline);
  writer_.spawn(write());
  wake_.set();
  co_await read_http2(*stream_, buffers_, *this);
  if (state_ == State::kConnecting) {
    const bool late = loop_.now() >= deadline;
    close(Error{late ? ErrorCode::kTimeout : ErrorCode::kClosed, "the peer does not speak HTTP/2", {}});
  } else {
    close(Error{ErrorCode::kClosed, "the connection ended", {}});
  }
}

io::Async<Result<void>> Http2Client::dial(TimePoint deadline) {
  auto socket = co_await io::connect(loop_, address_, deadline);
  if (!socket) co_return forward_error(socket);
  if (!tls_) {
    stream_ = std::move(*socket);
    co_return Result<void>();
  }
  auto encrypted = co_await encrypt(*tls_, std::move(*socket), deadline);
  if (!encrypted) co_return forward_error(encrypted, address_.to_string());
  stream_ = std::move(*encrypted);
  co_return Result<void>();
}

bool Http2Client::receive(std::string_view bytes) {
  heard_at_ = loop_.now();
  is_asked_ = is_doubted_ = false;
  const auto taken =
      nghttp2_session_mem_recv(session_.get(), reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  if (taken < 0) {
    log::debug("http2", "{}: {}", address_.to_string(), nghttp2_strerror(static_cast<int>(taken)));
    return false;
  }
  wake_.set();
  return true;
}

io::Async<void> Http2Client::write() {
  io::Turn turn(loop_);
  while (true) {
    co_await wake_.wait();
    while (true) {
      co_await turn.spent();
      const bool well = output_.collect(session_.get());
      if (!well) {
        abort_timer_.arm(loop_.now());
        co_return;
      }
      if (output_.empty()) break;
      const auto sent = co_await stream_->send_while_taken(output_.parts(), Timeouts::kSendIdle);
      if (!sent) {
        abort_timer_.arm(loop_.now());  // not from here: the end of the reader ends this coroutine
        co_return;
      }
      written();
    }
    const bool over =
        !nghttp2_session_want_read(session_.get()) && !nghttp2_session_want_write(session_.get());
    if (over) abort_timer_.arm(loop_.now());
  }
}

bool Http2Client::carry(Http2Call& call, std::string_view frame_head, size_t bytes) {
  output_.copy(frame_head);
  call.give_data(bytes, output_);
  if (carried_.empty() || carried_.back() != &call) carried_.push_back(&call);
  return !output_.full();
}

void Http2Client::written() {
  output_.clear();
  for (Http2Call* call : carried_) call->written();
  carried_.clear();
}

void Http2Client::close(Error error) {
  log::debug("http2", "{}: {}", address_.to_string(), error.message);
  state_ = State::kOver;
  error_ = std::move(error);
  writer_.cancel();
  watch_timer_.disarm();
  abort_timer_.disarm();
  output_.clear();
  carried_.clear();
  for (Http2Call* call : calls_) call->lost(error_.message);
  open_calls_ = 0;
  session_.reset();
  stream_.reset();
  changed_();
}

bool Http2Client::has_room() const {
  if (state_ != State::kOpen || is_retired_) return false;
  const size_t theirs =
      nghttp2_session_get_remote_settings(session_.get(), NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
  if (nghttp2_session_get_outbound_queue_size(session_.get()) > Http2ClientLimits::kQueueMax) return false;
  return open_calls_ < std::min(theirs, Http2ClientLimits::kCallsMax) && !stream_->descriptor().hung_up() &&
         nghttp2_session_check_request_allowed(session_.get());
}

void Http2Client::retire() {
  if (std::exchange(is_retired_, true) || state_ != State::kOpen) return;
  nghttp2_submit_goaway(session_.get(), NGHTTP2_FLAG_NONE, 0, NGHTTP2_NO_ERROR, nullptr, 0);
  wake_.set();
}

void Http2Client::retire_if_idle(TimePoint now) {
  if (state_ == State::kOpen && calls_.empty() && now >= idle_since_ + limits_.idle) retire();
}

int32_t Http2Client::submit(Http2Call& call, const std::vector<http::FieldView>& fields, bool has_body) {
  calls_.push_back(&call);
  if (state_ != State::kOpen) return -1;
  fields_.clear();
  for (const http::FieldView& field : fields) fields_.push_back(http2_nv(field));
  const nghttp2_data_provider provider = http2_call_data();
  const int32_t id = nghttp2_submit_request(session_.get(), nullptr, fields_.data(), fields_.size(),
                                            has_body ? &provider : nullptr, &call);
  if (id < 0) return -1;
  if (++open_calls_ == 1) {
    heard_at_ = loop_.now();  // what it said before counts for nothing
    watch_timer_.arm(heard_at_ + limits_.quiet);
  }
  wake_.set();
  changed_();
  return id;
}

void Http2Client::submit_trailers(int32_t stream, const std::vector<http::FieldView>& fields) {
  std::vector<nghttp2_nv> trailers;
  for (const http::FieldView& field : fields) trailers.push_back(http2_nv(field));
  nghttp2_submit_trailer(session_.get(), stream, trailers.data(), trailers.size());
}

void Http2Client::has_data(int32_t stream) {
  nghttp2_session_resume_data(session_.get(), stream);
  wake_.set();
}

void Http2Client::passed_on(int32_t stream, size_t bytes) {
  nghttp2_session_consume_stream(session_.get(), stream, bytes);
  wake_.set();
}

void Http2Client::rescue(Http2Call& call) {
  output_.rescue(&call);
  std::erase(carried_, &call);
}

void Http2Client::leave(Http2Call& call, uint32_t code) {
  rescue(call);
  std::erase(calls_, &call);
  idle_since_ = loop_.now();
  if (!call.is_open()) return;
  --open_calls_;
  nghttp2_session_set_stream_user_data(session_.get(), call.id(), nullptr);
  nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, call.id(), code);
  wake_.set();
  changed_();
}

void Http2Client::slow_call_begins() {
  if (slow_calls_++ == 0 && stream_) io::limit_unacknowledged(*stream_, Duration(0));
}

void Http2Client::slow_call_ends() {
  if (--slow_calls_ == 0 && stream_) io::limit_unacknowledged(*stream_, kUnanswered);
}

void Http2Client::settings_come() {
  if (state_ == State::kConnecting) {
    state_ = State::kOpen;
    if (std::exchange(is_retired_, false)) retire();  // nobody wanted it any more while it was made
  }
  changed_();  // it may take more now
}

// What it has not looked at nghttp2 closes as refused, but for what was not sent yet.
void Http2Client::goes_away() {
  is_retired_ = true;
  for (Http2Call* call : calls_) {
    if (!call->head_sent()) call->finish(Http2Call::End::kRefused, "the peer takes no more requests");
  }
  changed_();
}

void Http2Client::answer_comes() {
  was_used_ = true;
  may_ask_ = true;
}

void Http2Client::data_comes(Http2Call* call, int32_t stream, std::string_view bytes) {
  answer_comes();
  nghttp2_session_consume_connection(session_.get(), bytes.size());
  if (call) return call->data_comes(bytes);
  nghttp2_session_consume_stream(session_.get(), stream, bytes.size());
}

void Http2Client::stream_closes(Http2Call& call, uint32_t code) {
  --open_calls_;
  call.closed(code);
  changed_();
}

/// Ends a connection that does not open in time, or on which nothing is heard though an answer is due.
void Http2Client::watch() {
  const TimePoint now = loop_.now();
  if (state_ == State::kConnecting) return stream_->abort();
  if (open_calls_ == 0) return;
  if (is_asked_ && asked_at_ + limits_.quiet <= now) {
    if (!std::exchange(is_doubted_, true)) return watch_timer_.arm(now + limits_.quiet / 4);
    log::debug("http2", "{}: does not answer a PING", address_.to_string());
    return stream_->abort();
  }
  const bool may_ask = may_ask_ || asked_at_ + limits_.ping_again <= now;
  if (!is_asked_ && may_ask && heard_at_ + limits_.quiet <= now) {
    nghttp2_submit_ping(session_.get(), NGHTTP2_FLAG_NONE, nullptr);
    is_asked_ = true;
    may_ask_ = false;
    asked_at_ = now;
    wake_.set();
  }
  const TimePoint due = (is_asked_ ? asked_at_ : heard_at_) + limits_.quiet;
  watch_timer_.arm(due > now ? due : now + limits_.quiet);
}

}  // namespace hancock::slardar
