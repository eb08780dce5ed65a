#include "slardar/http2/http2_connection.h"

#include <algorithm>

#include "base/log.h"
#include "io/turn.h"
#include "slardar/http2/http2_input.h"

namespace hancock::slardar {

Http2Connection::Http2Connection(WorkerParts& worker, std::unique_ptr<io::Stream> stream,
                                 ServedConnections& all, const io::TlsStream* tls, Http2Limits limits)
    : ServedConnection(worker, all),
      stream_(std::move(stream)),
      tls_(tls),
      limits_(limits),
      guard_(worker.loop.now()),
      session_(make_http2_session(*this)),
      idle_since_(worker.loop.now()),
      wake_(worker.loop),
      watch_timer_(worker.loop, [this] { watch(); }),
      going_timer_(worker.loop, [this] { go_away(); }),
      abort_timer_(worker.loop, [this] { stream_->abort(); }) {
  if (const auto address = worker_.proxied.source(*stream_)) ip_ = address->host();
}

Http2Connection::~Http2Connection() {
  writer_.cancel();
  is_writing_ = false;
  streams_.clear();  // their exchanges first: they use the rest
}

io::Async<void> Http2Connection::run(BufferPool::Borrowed received) {
  watch_at(next_watch());
  if (worker_.drain) drain();
  writer_.spawn(write());
  wake();
  const bool well = !received || receive(received->unread());
  received.reset();
  if (well) co_await read_http2(*stream_, worker_.buffers, *this);
}

bool Http2Connection::receive(std::string_view bytes) {
  if (is_ending_ || is_refused_) return true;
  const auto taken =
      nghttp2_session_mem_recv(session(), reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  if (taken < 0 && !is_refused_) {
    log::debug("http2", "{}: {}", ip_, nghttp2_strerror(static_cast<int>(taken)));
    ++worker_.counters.errors[static_cast<size_t>(Failure::kBadRequest)];
    return false;
  }
  tend();
  wake();
  return true;
}

io::Async<void> Http2Connection::write() {
  io::Turn turn(worker_.loop);
  while (true) {
    co_await wake_.wait();
    while (true) {
      co_await turn.spent();
      tend();
      if (is_ending_) break;
      const bool well = output_.collect(session());
      if (!well) {
        abort_timer_.arm(worker_.loop.now());
        co_return;
      }
      if (output_.empty()) break;
      is_writing_ = true;
      const auto sent = co_await stream_->send_while_taken(output_.parts(), limits_.send_idle);
      is_writing_ = false;
      if (!sent) {
        abort_timer_.arm(worker_.loop.now());  // not from here: the end of the reader ends this coroutine
        co_return;
      }
      written();
    }
    if (over()) end();
  }
}

bool Http2Connection::carry(Http2Stream& stream, std::string_view frame_head, size_t bytes) {
  output_.copy(frame_head);
  stream.give_data(bytes, output_);
  if (carried_.empty() || carried_.back() != &stream) carried_.push_back(&stream);
  return !output_.full();
}

void Http2Connection::written() {
  output_.clear();
  for (Http2Stream* stream : carried_) stream->written();  // nobody is removed before tend()
  carried_.clear();
}

void Http2Connection::tend() {
  for (size_t i = 0; i < begun_.size(); ++i) {
    if (!begun_[i]->closed()) begun_[i]->start();
  }
  begun_.clear();
  while (!noted_.empty()) {
    Http2Stream& stream = *noted_.back();
    noted_.pop_back();
    if (stream.closed()) {
      if (is_writing_) output_.rescue(&stream);
      stream.written();  // its end may be on its way, and all that its exchange waits for
      std::erase(noted_, &stream);
      remove(stream);
    } else {
      stream.settle();
    }
  }
}

void Http2Connection::remove(Http2Stream& stream) {
  std::erase(carried_, &stream);
  const auto place =
      std::find_if(streams_.begin(), streams_.end(), [&](const auto& each) { return each.get() == &stream; });
  std::swap(*place, streams_.back());
  streams_.pop_back();
  if (!streams_.empty()) return;
  idle_since_ = worker_.loop.now();
  watch_at(next_watch());
}

void Http2Connection::look_after(Http2Stream& stream) {
  noted_.push_back(&stream);
  wake();
}

void Http2Connection::passed_on(int32_t stream, size_t bytes) {
  nghttp2_session_consume(session(), stream, bytes);
  wake();
}

bool Http2Connection::over() const {
  return !is_ending_ && output_.empty() && !nghttp2_session_want_read(session_.get()) &&
         !nghttp2_session_want_write(session_.get());
}

// Closing with unread bytes would reset the connection, and take what was said last with it.
void Http2Connection::end() {
  is_ending_ = true;
  for (const auto& each : streams_) {
    each->set_closed();
    noted_.push_back(each.get());
  }
  tend();
  stream_->shutdown_write();
  abort_timer_.arm(worker_.loop.now() + Timeouts::kLinger);
}

Http2Stream& Http2Connection::stream_begins(int32_t id) {
  auto& stream = *streams_.emplace_back(std::make_unique<Http2Stream>(*this, id));
  if (streams_.size() == 1) watch_at(next_watch());
  return stream;
}

bool Http2Connection::field_comes(Http2Stream& stream, std::string_view name, std::string_view value) {
  stream.head().add(name, value);
  const size_t limit = Http2Limits::kHeadOfferedFactor * stream.head().limits().head_bytes;
  if (stream.head().offered_bytes() > limit) note(Http2Guard::Event::kHeadTooLarge);
  return !is_refused_;
}

void Http2Connection::head_ends(Http2Stream& stream, Http2Head::Body body) {
  stream.head_ends(body);
  had_request_ = true;
  ++worker_.counters.http2_requests;
  begun_.push_back(&stream);
}

void Http2Connection::stream_closes(Http2Stream& stream) {
  if (!stream.served() && !stream.has_ended_sending()) note(Http2Guard::Event::kReset);
  stream.set_closed();
  noted_.push_back(&stream);
}

bool Http2Connection::frame_begins(const nghttp2_frame_hd& frame) {
  using Event = Http2Guard::Event;
  switch (frame.type) {
    case NGHTTP2_DATA:
      if (frame.length == 0 && !(frame.flags & NGHTTP2_FLAG_END_STREAM)) note(Event::kEmptyFrame);
      break;
    case NGHTTP2_HEADERS:
    case NGHTTP2_CONTINUATION:
      continuations_ = frame.type == NGHTTP2_HEADERS ? 0 : continuations_ + 1;
      if (continuations_ > Http2Limits::kContinuationsMax) note(Event::kContinuation);
      if (frame.length == 0 && !(frame.flags & NGHTTP2_FLAG_END_HEADERS)) note(Event::kEmptyFrame);
      if (frame.type == NGHTTP2_HEADERS) head_begins(frame);
      break;
    case NGHTTP2_SETTINGS:
      if (!(frame.flags & NGHTTP2_FLAG_ACK)) note(Event::kSettings);
      break;
    case NGHTTP2_PING:
      if (!(frame.flags & NGHTTP2_FLAG_ACK)) note(Event::kPing);
      break;
    case NGHTTP2_WINDOW_UPDATE:
      note(Event::kWindowUpdate);
      break;
    case NGHTTP2_RST_STREAM:  // as a stream that closes
    case NGHTTP2_GOAWAY:
      break;
    default:
      note(Event::kPriority);
  }
  return !is_refused_;
}

// nghttp2 takes a number that was passed over for one of a stream that has ended, and ignores it.
void Http2Connection::head_begins(const nghttp2_frame_hd& frame) {
  if (is_refused_ || numbers_.begin(frame.stream_id)) return;
  is_refused_ = true;
  log::debug("http2", "{}: stream {} comes too late", ip_, frame.stream_id);
  ++worker_.counters.errors[static_cast<size_t>(Failure::kBadRequest)];
  terminate(NGHTTP2_PROTOCOL_ERROR);
}

void Http2Connection::note(Http2Guard::Event event) {
  if (guard_.allow(event, worker_.loop.now())) return;
  if (std::exchange(is_refused_, true)) return;
  log::debug("http2", "{}: too much of {}", ip_, to_string(event));
  ++worker_.counters.http2_refused[static_cast<size_t>(event)];
  terminate(NGHTTP2_ENHANCE_YOUR_CALM);
}

void Http2Connection::terminate(uint32_t error) {
  nghttp2_session_terminate_session(session(), error);
  wake();
}

/// Ends what has waited too long: a head, an answer that is not taken, a connection without requests.
void Http2Connection::watch() {
  const TimePoint now = worker_.loop.now();
  if (streams_.empty()) {
    const Duration limit = had_request_ ? limits_.keep_alive : limits_.request_head;
    if (idle_since_ + limit <= now) return terminate(NGHTTP2_NO_ERROR);
  }
  for (const auto& stream : streams_) {
    if (!stream->started() && stream->begun_at() + limits_.request_head <= now) {
      ++worker_.counters.errors[static_cast<size_t>(Failure::kHeadTimeout)];
      return terminate(NGHTTP2_NO_ERROR);
    }
    if (stream->is_late(now)) {
      output_.rescue(stream.get());
      stream->give_up();
      continue;
    }
    const TimePoint stalled = stream->stalled_since();
    // During a write nobody is asked for more; that has a limit of its own.
    if (is_writing_ || stalled == kForever || stalled + limits_.send_idle > now) continue;
    nghttp2_submit_rst_stream(session(), NGHTTP2_FLAG_NONE, stream->id(), NGHTTP2_CANCEL);
    note(Http2Guard::Event::kStalled);
    wake();
  }
  watch_at(next_watch());
  for (const auto& stream : streams_) watch_by(stream->waits_until());
}

void Http2Connection::watch_at(TimePoint when) {
  watch_due_ = when;
  watch_timer_.arm(when);
}

TimePoint Http2Connection::next_watch() const {
  const TimePoint now = worker_.loop.now();
  if (streams_.empty()) return idle_since_ + (had_request_ ? limits_.keep_alive : limits_.request_head);
  return now + std::min(limits_.request_head, limits_.send_idle) / 4;
}

void Http2Connection::drain() {
  if (going_ == 0 && !going_timer_.armed()) going_timer_.arm(worker_.drain->moment_of(share_));
}

// First a word that no stream should be begun, then, when that had time to arrive, which one was the last
// (RFC 9113 section 6.8).
void Http2Connection::go_away() {
  if (++going_ == 1) {
    nghttp2_submit_shutdown_notice(session());
    going_timer_.arm(worker_.loop.now() + Drain::kGrace);
  } else {
    nghttp2_submit_goaway(session(), NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(session()),
                          NGHTTP2_NO_ERROR, nullptr, 0);
  }
  wake();
}

void Http2Connection::part() {
  if (going_ >= 2) return;
  going_ = 1;
  go_away();
}

io::Async<void> serve_http2(WorkerParts& worker, std::unique_ptr<io::Stream> stream, ServedConnections& all,
                            BufferPool::Borrowed received, const io::TlsStream* tls, Http2Limits limits) {
  Http2Connection connection(worker, std::move(stream), all, tls, limits);
  co_await connection.run(std::move(received));
}

}  // namespace hancock::slardar
