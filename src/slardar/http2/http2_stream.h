// Http2Stream: one request on an HTTP/2 connection, from the first field of its head to the end of its
// answer: the sink of its exchange, and what of the answer still waits for the visitor's windows.
//
// Lives until nghttp2 has closed the stream, and its exchange is destroyed with it, wherever that is. An
// answer's data is sent from where it lies; up to kHeldMax of it are copied, so that whoever answers need not
// wait for the write. Owned by its connection; worker's thread only.
#pragma once

#include <coroutine>
#include <optional>

#include "slardar/http/answer_sink.h"
#include "slardar/http2/http2_body.h"
#include "slardar/http2/http2_head.h"
#include "slardar/http2/http2_output.h"

namespace hancock::slardar {

class Http2Connection;

class Http2Stream final : public AnswerSink {
 public:
  static constexpr size_t kHeldMax = 16 << 10;

  Http2Stream(Http2Connection& connection, int32_t id);
  ~Http2Stream() override;

  int32_t id() const { return id_; }
  TimePoint begun_at() const { return begun_at_; }
  Http2Head& head() { return head_; }
  Http2Body& body() { return body_; }

  /// The head is whole; its body may be so too by the time of start().
  void head_ends(Http2Head::Body body) { body_kind_ = body; }
  /// The exchange begins.
  void start();
  bool started() const { return serving_.has_value(); }
  /// The exchange is over. What of the answer is still held goes on.
  bool served() const { return is_served_; }
  /// The end of the answer is with the connection.
  bool has_ended_sending() const { return has_ended_sending_; }
  /// Once after it was served: an answer that is not whole is cut.
  void settle();

  // From nghttp2.
  void set_closed() { is_closed_ = true; }
  bool closed() const { return is_closed_; }
  /// How much of at most `room` bytes comes next, with NGHTTP2_DATA_FLAG_*; or an NGHTTP2_ERR_*.
  ssize_t next_data(size_t room, uint32_t& flags);
  /// Hands over as much of it.
  void give_data(size_t bytes, Http2Output& out);
  /// A frame that ends our side has been sent.
  void ended_sending();

  /// What was handed over has been written, or is safe: who waits for that goes on.
  void written();
  /// It has had its route's total time: who waits to send more need not.
  TimePoint waits_until() const { return waiting_ ? over_at() : kForever; }
  bool is_late(TimePoint now) const { return waiting_ && over_at() <= now; }
  void give_up();
  /// Since when the visitor takes nothing of what is there for him; kForever: he does, or nothing is.
  TimePoint stalled_since() const { return unsent() ? last_taken_ : kForever; }

  bool takes_chunks() const override { return false; }
  io::Async<bool> send_interim(const http::ResponseView& head) override;
  io::Async<bool> send_head(const http::ResponseView& head, const ResponseForward& how,
                            BodyPiece first) override;
  io::Async<bool> send_body(BodyPiece piece) override;
  io::Async<bool> send_own(const http::RequestView& asked, const OwnAnswer& answer, After after) override;
  void cut() override {}  // settle() does
  io::Async<void> switch_protocols(Request& request, UpstreamTry& peer) override;

 private:
  class Taken;
  io::Async<void> serve();
  io::Async<void> refuse(Request& request, const http::ParseError& error);
  void submit_head(const http::ResponseView& head, const ResponseForward& how, bool is_all);
  /// True when `piece` is held, and nobody needs to wait.
  bool hold(const BodyPiece& piece);
  bool unsent() const { return held_at_ < held_.size() || !offered_.empty(); }

  Http2Connection& connection_;
  const int32_t id_;
  const TimePoint begun_at_;
  Http2Head head_;
  Http2Body body_;
  Http2Head::Body body_kind_ = Http2Head::Body::kNone;
  std::optional<io::Async<void>> serving_;
  bool is_served_ = false;
  bool has_ended_sending_ = false;
  bool is_settled_ = false;
  bool is_closed_ = false;

  std::string held_;
  size_t held_at_ = 0;
  std::span<iovec> offered_;  // behind what is held; of whoever waits
  std::coroutine_handle<> waiting_;
  bool was_written_ = false;  // what was waited for last
  TimePoint last_taken_;
  bool has_last_ = false;  // nothing comes behind what is there
  std::vector<http::Header> trailers_;
};

}  // namespace hancock::slardar
