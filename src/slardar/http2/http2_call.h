// Http2Call: one request on an HTTP/2 connection to a peer, and its answer as it comes.
//
// The connection notes here what nghttp2 tells of the stream; whoever asks waits for arrived() and looks
// again. What has come and was not taken is at most the stream's window. Owned by the try; destroying it
// before its end resets the stream. It goes before its connection does. Worker's thread only.
#pragma once

#include <sys/types.h>

#include <deque>
#include <span>
#include <string>

#include "base/error.h"
#include "io/async.h"
#include "slardar/http/body_scanner.h"
#include "slardar/http2/http2_answer_head.h"
#include "slardar/http2/http2_output.h"
#include "slardar/worker/wakeup.h"

namespace hancock::slardar {

class Http2Client;

class Http2Call {
 public:
  enum class End {
    kNone,     // it goes on
    kWhole,    // the answer is complete
    kRefused,  // the peer has not looked at the request: it may be sent again
    kBroken,   // the peer broke the rules
    kReset,    // the peer cut it
    kLost,     // with its connection
    kGivenUp,  // by us
  };

  explicit Http2Call(Http2Client& client);
  Http2Call(const Http2Call&) = delete;
  ~Http2Call();

  /// First of all. `body`: how it is framed in what send_body() is given.
  void begin(const std::vector<http::FieldView>& fields, const http::Framing& body);

  /// Its body may be on its way as long as the visitor likes.
  void set_slow();
  /// Bytes of an HTTP/1 message's body. Returns when they have been written: when the peer's windows let
  /// them. kClosed: the peer takes no more, or has taken nothing for `idle`.
  io::Async<Result<void>> send_body(std::string_view bytes, Duration idle);

  /// Something of the answer came, or the call is over. False: not before `deadline`.
  Wakeup::Awaiter arrived(TimePoint deadline) { return arrived_.wait(deadline); }
  /// The next head is there: interim ones, then the final one.
  bool has_head() const { return !heads_.empty() && heads_.front().is_whole; }
  const http::ResponseView& head() const { return heads_.front().head.response(); }
  /// After an interim one.
  void next_head() { heads_.pop_front(); }
  /// Takes what is there of the body, up to room.size().
  size_t take(std::span<char> room);
  End end() const { return end_; }
  const std::string& why() const { return why_; }
  const Http2Trailers& trailers() const { return trailers_; }
  /// All was taken that the answer has.
  bool drained() const { return end_ == End::kWhole && incoming_at_ == incoming_.size(); }
  /// The last time that the peer took some of the body.
  TimePoint last_taken() const { return last_taken_; }
  /// Some of the request may have reached the peer.
  bool head_sent() const { return head_sent_; }
  /// What a cut of the answer is best called to an HTTP/2 visitor.
  uint32_t reset_code() const;
  /// Its connection has answered something before.
  bool on_used_connection() const { return on_used_connection_; }

  /// Nobody wants more: who waits is woken.
  void give_up(std::string why) { finish(End::kGivenUp, std::move(why)); }
  /// The visitor has got all: that the stream ends here is no failure.
  void set_satisfied() { is_satisfied_ = true; }

  // From the connection.
  int32_t id() const { return id_; }
  void head_begins();
  /// These two give false when the answer breaks the rules.
  bool field_comes(std::string_view name, std::string_view value);
  bool head_ends(bool is_last);
  void data_comes(std::string_view bytes);
  void answer_ends();
  void set_head_sent() { head_sent_ = true; }
  void set_reset_by_peer() { reset_by_peer_ = true; }
  /// nghttp2 knows the stream no more.
  void closed(uint32_t code);
  /// The connection is gone.
  void lost(const std::string& why);
  bool is_open() const { return is_open_; }
  void finish(End end, std::string why);
  ssize_t next_data(size_t room, uint32_t& flags);
  void give_data(size_t bytes, Http2Output& out);
  void written();

 private:
  static constexpr size_t kInterimMax = 32;
  struct Head {
    Http2AnswerHead head;
    bool is_whole = false;
  };
  bool fail(std::string why);

  Http2Client& client_;
  const bool on_used_connection_;
  int32_t id_ = -1;
  bool is_open_ = false;  // nghttp2 knows it
  bool is_head_ = false;  // its answer has no body, whatever its length says
  End end_ = End::kNone;
  std::string why_;
  uint32_t code_ = 0;  // of the RST_STREAM that closed it
  bool head_sent_ = false;
  bool reset_by_peer_ = false;
  bool is_satisfied_ = false;
  bool is_slow_ = false;

  // Of the answer.
  Wakeup arrived_;
  std::deque<Head> heads_;
  size_t interim_heads_ = 0;
  bool has_final_ = false;
  std::string incoming_;
  size_t incoming_at_ = 0;
  Http2Trailers trailers_;

  // Of the request.
  Wakeup taken_;
  BodyScanner scanner_;
  bool is_body_whole_ = false;
  std::vector<iovec> parts_;
  std::span<iovec> offered_;
  bool is_writing_ = false;  // some of what was offered is in the connection's output
  TimePoint last_taken_;
};

}  // namespace hancock::slardar
