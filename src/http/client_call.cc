#include "http/client_call.h"

#include <algorithm>

#include "http/characters.h"
#include "http/field_line.h"
#include "http/head_writer.h"
#include "io/keep_alive.h"
#include "io/tcp.h"

namespace hancock::http {
namespace {

constexpr int kInterimMax = 32;      // 1xx answers before the real one
constexpr Duration kVanished = 20s;  // an answer that is streamed may be silent, its sender's machine not

bool is_idempotent(std::string_view method) {
  for (const char* safe : {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"}) {
    if (method == safe) return true;
  }
  return false;
}

// How long a connection is kept: as long as the peer says (Keep-Alive: timeout=5) less a second, else `idle`.
Duration keep_time(const ResponseView& head, Duration idle) {
  std::string_view list = head.get("Keep-Alive").value_or("");
  while (!list.empty()) {
    const std::string_view element = next_list_element(list);
    if (!same_name(element.substr(0, 8), "timeout=")) continue;
    const auto seconds = parse_content_length(element.substr(8));
    if (seconds && *seconds < 3600) return std::chrono::seconds(*seconds) - 1s;
  }
  return idle;
}

}  // namespace

ClientCall::ClientCall(io::Loop& loop, ConnectionPool& pool, const ClientOptions& options, io::Address peer)
    : loop_(loop),
      pool_(pool),
      options_(options),
      peer_(peer),
      parser_({.head_bytes = options.head_bytes}),
      body_(*this),
      keep_for_(options.idle) {}

ClientCall::~ClientCall() {
  if (!connection_ || aborted_ || !finished_ || !framed_ || !framed_->ended() || !keeps_) return;
  if (connection_->buffer.view().empty()) pool_.put(peer_, std::move(connection_->stream), keep_for_);
}

Result<void> ClientCall::check_open() const {
  if (aborted_) return fail(ErrorCode::kCancelled, "the call was aborted");
  if (!connection_) return fail(ErrorCode::kClosed, "the call has no connection");
  return {};
}

io::Async<Result<void>> ClientCall::begin(RequestHead request, Framing framing, std::string body,
                                          TimePoint deadline) {
  method_ = request.method;
  framing_ = framing;
  whole_body_ = std::move(body);
  if (!request.headers.has("Host")) {
    request.headers.add("Host", peer_.family() == AF_UNIX ? "localhost" : peer_.to_string());
  }
  WriteOptions options;
  options.framing = framing;
  options.write_length = method_ == "POST" || method_ == "PUT" || method_ == "PATCH";
  auto written = write_request_head(request, options, head_);
  if (!written) co_return written;
  auto connected = co_await connect(Source::kPoolOrFresh, deadline);
  if (!connected) co_return connected;
  auto sent = co_await send_begin(deadline);
  if (!sent && may_replay(sent.error())) sent = co_await replay(deadline);
  finished_ = sent && !whole_body_.empty();
  co_return sent;
}

io::Async<Result<void>> ClientCall::connect(Source source, TimePoint deadline) {
  framed_.reset();
  sender_.reset();
  connection_.reset();
  reused_ = wrote_any_ = false;
  std::unique_ptr<io::Stream> stream;
  if (source == Source::kPoolOrFresh) stream = pool_.take(peer_);
  reused_ = stream != nullptr;
  if (!stream) {
    auto fresh = co_await io::connect(loop_, peer_, idle_deadline(loop_, options_.connect, deadline));
    if (!fresh) {
      const bool timed_out = fresh.error().code == ErrorCode::kTimeout;
      if (!timed_out) fresh.error().code = ErrorCode::kUnavailable;
      co_return forward_error(fresh);
    }
    io::keep_alive(**fresh, kVanished);
    stream = std::move(*fresh);
  }
  connection_ = std::make_unique<Connection>(std::move(stream));
  sender_.emplace(*connection_->stream, Duration::max());
  sender_->begin(framing_);
  co_return check_open();
}

// The head, and the body when it is known: one send.
io::Async<Result<void>> ClientCall::send_begin(TimePoint deadline) {
  iovec parts[] = {{head_.data(), head_.size()}, {whole_body_.data(), whole_body_.size()}};
  auto sent = co_await connection_->stream->send(std::span(parts), deadline);
  wrote_any_ = parts[0].iov_len < head_.size();
  co_return sent;
}

// A pooled connection that was dead says nothing about the peer: once more on a fresh one, when that is safe.
bool ClientCall::may_replay(const Error& error) const {
  if (error.code != ErrorCode::kClosed || !reused_ || streamed_ || finishing_ || aborted_) return false;
  return !wrote_any_ || is_idempotent(method_);
}

io::Async<Result<void>> ClientCall::replay(TimePoint deadline) {
  auto connected = co_await connect(Source::kFresh, deadline);
  if (!connected) co_return connected;
  auto sent = co_await send_begin(deadline);
  co_return sent;
}

io::Async<Result<void>> ClientCall::write(std::string_view bytes, TimePoint deadline) {
  auto open = check_open();
  if (!open) co_return open;
  if (bytes.empty()) co_return Result<void>();
  if (finished_ || framing_.kind == Framing::Kind::kNone) {
    co_return fail(ErrorCode::kInvalid, "this {} has no body to write", method_);
  }
  streamed_ = true;
  auto sent = co_await sender_->write({}, bytes, deadline);
  co_return sent;
}

io::Async<Result<void>> ClientCall::finish(TimePoint deadline) {
  auto open = check_open();
  if (!open) co_return open;
  if (finished_) co_return Result<void>();
  finishing_ = true;
  auto ended = co_await sender_->finish(deadline);
  finishing_ = false;
  if (!ended) co_return ended;
  finished_ = true;
  if (!streamed_ && framing_.kind == Framing::Kind::kChunked) whole_body_ = "0\r\n\r\n";
  co_return Result<void>();
}

io::Async<Result<const ResponseHead*>> ClientCall::response(TimePoint deadline) {
  for (int interim = 0; !response_;) {
    auto open = check_open();
    if (!open) co_return forward_error(open);
    auto whole = co_await receive_head(deadline);
    if (!whole && may_replay(whole.error()) && connection_->buffer.view().empty() && interim == 0) {
      auto sent = co_await replay(deadline);
      if (!sent) co_return forward_error(sent);
      continue;
    }
    if (!whole) co_return forward_error(whole);
    if (*whole) accept_head();
    if (!*whole && ++interim > kInterimMax) co_return fail(ErrorCode::kInvalid, "too many interim answers");
  }
  co_return &*response_;
}

// True: the final head stands in view_. False: an interim one was skipped.
io::Async<Result<bool>> ClientCall::receive_head(TimePoint deadline) {
  ReadBuffer& buffer = connection_->buffer;
  parser_.reset();
  while (true) {
    const HeadProgress progress = parser_.parse(buffer.view(), view_);
    if (progress.status == HeadProgress::Status::kBad) {
      co_return fail(ErrorCode::kInvalid, "{} answered no valid HTTP: {} at byte {}", peer_.to_string(),
                     progress.error.reason, progress.error.offset);
    }
    if (progress.status == HeadProgress::Status::kDone) {
      buffer.consume(progress.consumed);
      if (view_.status == 101) co_return fail(ErrorCode::kInvalid, "an upgrade that nobody asked for");
      co_return view_.status >= 200;
    }
    auto received = co_await buffer.fill(deadline);
    if (!received) co_return forward_error(received, "answer of " + peer_.to_string());
    if (*received == 0) {
      co_return fail(ErrorCode::kClosed, "{} closed the connection instead of answering", peer_.to_string());
    }
  }
}

void ClientCall::accept_head() {
  response_ = view_.to_head();
  const Framing framing = response_framing(view_, method_);
  keeps_ = response_keeps_connection(view_, framing);
  keep_for_ = keep_time(view_, options_.idle);
  framed_.emplace(connection_->buffer, framing);
}

io::Async<Result<std::string_view>> ClientCall::read_body(TimePoint deadline) {
  auto open = check_open();
  if (!open) co_return forward_error(open);
  if (!framed_) co_return fail(ErrorCode::kInternal, "response() comes before the body");
  auto piece = co_await framed_->read(deadline);
  co_return piece;
}

void ClientCall::abort() {
  aborted_ = true;
  if (connection_) connection_->stream->abort();  // may end this object
}

}  // namespace hancock::http
