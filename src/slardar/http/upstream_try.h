// UpstreamTry: one attempt to have a request answered by one peer, up to the final head of the answer.
//
// Takes a pooled connection or a new one, sends head and body (a body that is not complete goes on beside the
// answer), forwards 1xx answers, and says how it ended. Owned by its Exchange, which relays the rest;
// destroying it closes the connection and frees the peer. Worker's thread only.
#pragma once

#include <optional>

#include "io/scope.h"
#include "io/timer.h"
#include "slardar/http/request.h"
#include "slardar/http2/http2_call.h"

namespace hancock::slardar {

class UpstreamTry {
 public:
  enum class Outcome {
    kAnswer,        // answer() is the final head
    kNotConnected,  // nothing was sent
    kFull,          // nor here: all connections in HTTP/2 that the peer may have carry what it takes
    kStale,         // a reused connection ended before the first byte of an answer
    kLost,          // a new connection did
    kRefused,       // HTTP/2: the peer has not looked at it, whatever was written
    kFailed,        // no use in asking again: timed out or broke the rules
    kVisitorGone,   // the visitor's side failed; see failure()
  };
  enum class Connection { kAny, kNew };

  UpstreamTry(Request& request, Pick pick);
  UpstreamTry(const UpstreamTry&) = delete;
  UpstreamTry& operator=(const UpstreamTry&) = delete;
  ~UpstreamTry() { upload_.cancel(); }

  // One after the other, and not one call: while thousands wait, each coroutine that waits for another
  // counts.
  /// False: there is no connection; see outcome().
  io::Async<bool> send(Connection wanted) { return speaks_http2() ? send_http2(wanted) : send_http1(wanted); }
  io::Async<Outcome> wait() { return call_ ? wait_http2() : wait_http1(); }

  /// Why send() came to nothing: kNotConnected or kFull.
  Outcome outcome() const { return outcome_; }
  const Pick& pick() const { return pick_; }
  Failure failure() const { return failure_; }
  /// What is wrong with the request's body, of which no more is sent; kNone: its visitor went away.
  std::optional<Failure> body_failure() const { return body_failure_; }
  const std::string& why() const { return why_; }
  /// Some of the request may have reached the peer.
  bool written() const { return written_; }
  bool uploading() const { return upload_.running() > 0; }

  const http::ResponseView& answer() const { return buffer_->response; }
  MessageBuffer& buffer() { return *buffer_; }
  io::Stream& peer() { return *connection_.stream; }

  /// Receives more of the answer once all in buffer() is consumed. 0 at the peer's end.
  io::Async<Result<size_t>> receive(TimePoint deadline) {
    return call_ ? receive_http2(deadline) : receive_http1(deadline);
  }
  /// How its body comes in buffer().
  http::Framing framing() const;
  /// Of an answer in HTTP/2 at its end; nullptr in HTTP/1, where they stand in the body.
  const Http2Trailers* trailers() const { return call_ ? &call_->trailers() : nullptr; }
  /// What a cut of the answer is called to an HTTP/2 visitor.
  uint32_t reset_code() const;
  /// Puts the connection back for the next request, if it is fit for that.
  void keep_connection(Duration keep);

 private:
  static constexpr int kInterimMax = 32;  // 1xx before the answer
  const Route& route() const { return *request_.route.route; }
  /// Its connection begins with the visitor's address, and so is for him alone.
  bool announces() const { return route().proxy_protocol != ProxyProtocol::kNone; }
  bool speaks_http2() const { return pick_.peer().protocol == PeerProtocol::kHttp2; }
  io::Async<bool> send_http1(Connection wanted);
  io::Async<Outcome> wait_http1();
  io::Async<Result<size_t>> receive_http1(TimePoint deadline);
  io::Async<bool> send_http2(Connection wanted);
  io::Async<Outcome> wait_http2();
  io::Async<Result<size_t>> receive_http2(TimePoint deadline);
  void begin_call();
  io::Async<void> upload_http2();
  Outcome ended_http2();
  RequestForward how_forwarded() const;
  void give_up_answer();
  bool not_connected(const Error& error);
  void take_idle();
  io::Async<bool> connect();
  io::Async<Result<void>> dial();
  io::Async<void> send_request();
  io::Async<void> upload();
  void give_up_body(Failure failure, std::string why);
  Outcome ended(const Error& error);
  Outcome fail_with(Outcome outcome, Failure failure, std::string why);
  TimePoint body_deadline() const;
  TimePoint head_deadline() const;

  Request& request_;
  Pick pick_;
  PeerConnection connection_;
  BufferPool::Borrowed buffer_ = BufferPool::none();
  Outcome outcome_ = Outcome::kNotConnected;
  Failure failure_ = Failure::kNone;
  std::string why_;
  bool written_ = false;
  bool send_failed_ = false;
  bool answered_ = false;  // the first byte came
  int interim_answers_ = 0;
  bool slow_reader_ = false;  // the peer takes a body or a stream
  TimePoint sent_at_;
  std::optional<Failure> body_failure_;
  std::string rescue_;
  std::optional<io::Timer> give_up_;  // ends the wait for an answer when the body is given up
  std::unique_ptr<Http2Call> call_;   // in HTTP/2
  bool wanted_new_ = false;           // a retry, of a connection that was stale
  io::Scope upload_;
};

}  // namespace hancock::slardar
