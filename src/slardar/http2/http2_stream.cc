#include "slardar/http2/http2_stream.h"

#include <nghttp2/nghttp2.h>

#include <charconv>

#include "base/log.h"
#include "io/parts.h"
#include "slardar/http/exchange.h"
#include "slardar/http2/http2_connection.h"

namespace hancock::slardar {
namespace {

nghttp2_nv as_nv(std::string_view name, std::string_view value) {
  const auto bytes = [](std::string_view text) {
    return reinterpret_cast<uint8_t*>(const_cast<char*>(text.data()));
  };
  return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

ssize_t read_data(nghttp2_session*, int32_t, uint8_t*, size_t room, uint32_t* flags,
                  nghttp2_data_source* source, void*) {
  return static_cast<Http2Stream*>(source->ptr)->next_data(room, *flags);
}

nghttp2_data_provider provider_of(Http2Stream& stream) {
  nghttp2_data_provider provider{};
  provider.source.ptr = &stream;
  provider.read_callback = read_data;
  return provider;
}

/// A number as text.
struct Digits {
  explicit Digits(uint64_t number)
      : size(static_cast<size_t>(std::to_chars(text, text + sizeof text, number).ptr - text)) {}
  std::string_view view() const { return {text, size}; }
  char text[20];
  size_t size;
};

}  // namespace

/// Waits until all that was offered has been written, or the stream is destroyed.
class Http2Stream::Taken {
 public:
  explicit Taken(Http2Stream& stream) : stream_(stream) {}
  Taken(const Taken&) = delete;
  ~Taken() {
    if (stream_.waiting_) stream_.offered_ = {};
    stream_.waiting_ = nullptr;
  }
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> waiting) { stream_.waiting_ = waiting; }
  /// It was written.
  bool await_resume() const { return stream_.was_written_; }

 private:
  Http2Stream& stream_;
};

Http2Stream::Http2Stream(Http2Connection& connection, int32_t id)
    : connection_(connection),
      id_(id),
      begun_at_(connection.worker().loop.now()),
      body_(connection.worker().loop, [&connection, id](size_t bytes) { connection.passed_on(id, bytes); }) {}

Http2Stream::~Http2Stream() {
  serving_.reset();
  body_.discard();
}

void Http2Stream::start() {
  serving_.emplace(serve());
  auto awaiter = serving_->operator co_await();
  awaiter.await_suspend(std::noop_coroutine());
}

io::Async<void> Http2Stream::serve() {
  const http::Check bad = head_.finish(body_kind_);
  if (head_.request().chunked) body_.set_chunked();
  Request request(connection_.worker(), connection_.visitor_ip(), head_.request(), body_, *this);
  request.connection = &connection_.stream();
  if (connection_.tls()) request.came_by(*connection_.tls());
  request.protocol = "HTTP/2.0";
  request.share = connection_.share();
  if (bad) {
    co_await refuse(request, *bad);
  } else {
    Exchange exchange(request);
    co_await exchange.run();
  }
  if (log::enabled(log::Level::kDebug)) {
    log::debug("access", "{} {} {}{} {} {} h2", request.visitor_ip, request.head().method,
               request.head().host, request.head().target, request.status, to_string(request.failure));
  }
  is_served_ = true;
  body_.discard();
  connection_.look_after(*this);
}

io::Async<void> Http2Stream::refuse(Request& request, const http::ParseError& error) {
  log::debug("http", "{}: bad request: {}", request.visitor_ip, error.reason);
  request.began = begun_at_;
  co_await refuse_head(request, failure_of_head(error.status), error.status);
}

void Http2Stream::settle() {
  if (std::exchange(is_settled_, true) || has_last_) return;
  connection_.wake();
  if (unsent()) return;  // next_data() cuts behind what is held
  nghttp2_submit_rst_stream(connection_.session(), NGHTTP2_FLAG_NONE, id_, reset_code());
}

void Http2Stream::ended_sending() {
  has_ended_sending_ = true;
  if (body_.has_ended()) return;
  nghttp2_submit_rst_stream(connection_.session(), NGHTTP2_FLAG_NONE, id_, NGHTTP2_NO_ERROR);
}

ssize_t Http2Stream::next_data(size_t room, uint32_t& flags) {
  const size_t left = held_.size() - held_at_ + io::bytes_of(offered_);
  if (left == 0 && !has_last_) {
    if (is_settled_) nghttp2_submit_rst_stream(connection_.session(), NGHTTP2_FLAG_NONE, id_, reset_code());
    return NGHTTP2_ERR_DEFERRED;
  }
  flags |= NGHTTP2_DATA_FLAG_NO_COPY;
  if (left > room || !has_last_) return static_cast<ssize_t>(std::min(left, room));
  flags |= NGHTTP2_DATA_FLAG_EOF;
  if (!trailers_.empty()) {
    flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
    std::vector<nghttp2_nv> fields;
    for (const http::Header& field : trailers_) fields.push_back(as_nv(field.name, field.value));
    nghttp2_submit_trailer(connection_.session(), id_, fields.data(), fields.size());
  }
  return static_cast<ssize_t>(left);
}

void Http2Stream::give_data(size_t bytes, Http2Output& out) {
  last_taken_ = connection_.worker().loop.now();
  const size_t held = std::min(bytes, held_.size() - held_at_);
  if (held > 0) out.copy(std::string_view(held_).substr(held_at_, held));
  held_at_ += held;
  if (held_at_ == held_.size()) {
    held_.clear();
    held_at_ = 0;
  }
  out.take(offered_, bytes - held, this);
}

void Http2Stream::give_up() {
  if (!waiting_) return;
  was_written_ = false;
  if (io::bytes_of(offered_) > 0) has_last_ = false;  // it is not whole: settle() cuts it
  offered_ = {};
  std::exchange(waiting_, nullptr).resume();
}

void Http2Stream::written() {
  if (!waiting_ || io::bytes_of(offered_) > 0) return;
  was_written_ = true;
  std::exchange(waiting_, nullptr).resume();
}

io::Async<bool> Http2Stream::send_interim(const http::ResponseView& head) {
  if (is_closed_) co_return false;
  // Nobody has to get them: not one who does not read.
  const size_t waiting = nghttp2_session_get_outbound_queue_size(connection_.session());
  if (waiting > Http2Limits::kStreamsMax) co_return true;
  const Digits status(static_cast<uint64_t>(head.status));
  auto& fields = connection_.field_scratch();
  fields.assign(1, as_nv(":status", status.view()));
  each_answer_field(head, ResponseForward(), [&](std::string_view name, std::string_view value) {
    fields.push_back(as_nv(name, value));
  });
  nghttp2_submit_headers(connection_.session(), NGHTTP2_FLAG_NONE, id_, nullptr, fields.data(), fields.size(),
                         nullptr);
  connection_.wake();
  co_return true;
}

void Http2Stream::submit_head(const http::ResponseView& head, const ResponseForward& how, bool is_all) {
  const Digits status(static_cast<uint64_t>(head.status));
  const Digits length(head.content_length.value_or(0));
  auto& fields = connection_.field_scratch();
  fields.assign(1, as_nv(":status", status.view()));
  each_answer_field(head, how, [&](std::string_view name, std::string_view value) {
    fields.push_back(as_nv(name, value));
  });
  if (how.length && head.content_length) fields.push_back(as_nv("content-length", length.view()));
  const nghttp2_data_provider provider = provider_of(*this);
  nghttp2_submit_response(connection_.session(), id_, fields.data(), fields.size(),
                          is_all ? nullptr : &provider);
  has_last_ = is_all;
  last_taken_ = connection_.worker().loop.now();
  connection_.wake();
}

io::Async<bool> Http2Stream::send_head(const http::ResponseView& head, const ResponseForward& how,
                                       BodyPiece first) {
  if (is_closed_) co_return false;
  first.parts = first.parts.subspan(1);
  const bool is_all = first.is_last && first.trailers.empty() && io::bytes_of(first.parts) == 0;
  submit_head(head, how, is_all);
  if (is_all || hold(first)) co_return true;
  connection_.watch_by(over_at());
  Taken taken(*this);
  co_return co_await taken;
}

io::Async<bool> Http2Stream::send_body(BodyPiece piece) {
  if (is_closed_) co_return false;
  const bool is_held = hold(piece);
  nghttp2_session_resume_data(connection_.session(), id_);
  connection_.wake();
  if (is_held) co_return true;
  connection_.watch_by(over_at());
  Taken taken(*this);
  co_return co_await taken;
}

bool Http2Stream::hold(const BodyPiece& piece) {
  const size_t bytes = io::bytes_of(piece.parts);
  count(bytes);
  if (!unsent()) last_taken_ = connection_.worker().loop.now();
  has_last_ = piece.is_last;
  for (const http::FieldView& field : piece.trailers)
    trailers_.push_back({std::string(field.name), std::string(field.value)});
  if (held_.size() + bytes > kHeldMax) {
    offered_ = piece.parts;
    return false;
  }
  for (const iovec& part : piece.parts) held_.append(static_cast<const char*>(part.iov_base), part.iov_len);
  return true;
}

io::Async<bool> Http2Stream::send_own(const http::RequestView& asked, const OwnAnswer& answer, After) {
  http::ResponseView head;
  head.status = answer.status;
  head.content_length = answer.body.size();
  head.fields.assign(answer.fields.begin(), answer.fields.end());
  ResponseForward how;
  how.length = true;
  WorkerParts& worker = connection_.worker();
  how.date = worker.date.at(worker.loop.now());
  const std::string_view body = asked.method == "HEAD" ? std::string_view() : answer.body;
  std::array<iovec, 2> parts{iovec{}, io::part_of(body)};
  const BodyPiece whole{parts, true, {}};
  co_return co_await send_head(head, how, whole);
}

// Only asked of who asked for it, and in HTTP/2 nobody can.
io::Async<void> Http2Stream::switch_protocols(Request&, UpstreamTry&) { co_return; }

}  // namespace hancock::slardar
