// Http2Client: one HTTP/2 connection to a peer and the calls on it.
//
// connect() makes it, by TLS (ALPN `h2`) or with prior knowledge; it is open once the peer's SETTINGS have
// come, so that nothing is asked of who does not speak HTTP/2, and no more than he takes. What comes is given
// back to the connection's window at once and to the stream's when the visitor has it: who reads slowly holds
// up nobody else. nghttp2's callbacks only note what happened; whoever waits goes on from the loop. Owned by
// the Http2Pool, which destroys it when it is over and without calls, or by a check. Its loop's thread only.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "http/message_view.h"
#include "io/scope.h"
#include "io/signal.h"
#include "slardar/http/message_buffer.h"
#include "slardar/http2/http2_client_session.h"
#include "slardar/http2/http2_output.h"
#include "slardar/tls/peer_tls.h"

namespace hancock::slardar {

class Http2Call;

/// The times can be shortened in tests.
struct Http2ClientLimits {
  static constexpr size_t kQueueMax = 300;  // frames that a peer who reads nothing may leave waiting
  static constexpr size_t kCallsMax = 100;  // on one connection, if the peer takes as many
  static constexpr uint32_t kStreamWindow = 256 << 10;
  static constexpr int32_t kConnectionWindow = 16 << 20;

  Duration idle = 60s;  // without a call
  /// With calls, and nothing heard: then the peer is asked whether it is there, and has as long to say so.
  Duration quiet = 20s;
  /// Not asked again before, unless it has sent something: gRPC servers end connections that ask more often
  /// than every 5 minutes.
  Duration ping_again = 5min + 10s;
};

class Http2Client {
 public:
  /// `tls`: nullptr in plain. `changed`: it is open or over, or takes another call. Not called from the
  /// constructor.
  Http2Client(io::Loop& loop, BufferPool& buffers, const io::Address& address, PeerTlsPtr tls,
              std::function<void()> changed, Http2ClientLimits limits = {});
  Http2Client(const Http2Client&) = delete;
  ~Http2Client();

  void connect(TimePoint deadline);

  bool is_connecting() const { return state_ == State::kConnecting; }
  bool is_over() const { return state_ == State::kOver; }
  /// Why it is over: kTimeout when the peer did not answer in time.
  const Error& error() const { return error_; }
  /// It takes another call.
  bool has_room() const;
  size_t calls() const { return calls_.size(); }
  /// Takes no more calls, and ends with the last one.
  void retire();
  void retire_if_idle(TimePoint now);

  // For its calls.
  io::Loop& loop() { return loop_; }
  bool was_used() const { return was_used_; }
  /// The stream's number, -1: it takes none.
  int32_t submit(Http2Call& call, const std::vector<http::FieldView>& fields, bool has_body);
  void submit_trailers(int32_t stream, const std::vector<http::FieldView>& fields);
  void has_data(int32_t stream);
  void passed_on(int32_t stream, size_t bytes);
  /// The call is destroyed; its stream, if there is one, is reset with that code.
  void leave(Http2Call& call, uint32_t code);
  /// What of its bytes is on the way to the socket is copied.
  void rescue(Http2Call& call);
  /// A peer may take as long as it likes over a body that a visitor sends slowly.
  void slow_call_begins();
  void slow_call_ends();

  // From its reader. False: that is no HTTP/2.
  bool receive(std::string_view bytes);

  // From nghttp2's callbacks.
  void settings_come();
  void goes_away();
  void answer_comes();
  void data_comes(Http2Call* call, int32_t stream, std::string_view bytes);
  void stream_closes(Http2Call& call, uint32_t code);
  /// False: that is enough for one write.
  bool carry(Http2Call& call, std::string_view frame_head, size_t bytes);

 private:
  enum class State { kConnecting, kOpen, kOver };
  io::Async<void> run(TimePoint deadline);
  io::Async<Result<void>> dial(TimePoint deadline);
  io::Async<void> write();
  void written();
  void watch();
  void close(Error error);

  io::Loop& loop_;
  BufferPool& buffers_;
  const io::Address address_;
  const PeerTlsPtr tls_;
  const std::function<void()> changed_;
  const Http2ClientLimits limits_;
  State state_ = State::kConnecting;
  bool is_retired_ = false;
  bool was_used_ = false;
  Error error_;
  std::unique_ptr<io::Stream> stream_;
  Http2SessionPtr session_;
  std::vector<Http2Call*> calls_;    // until they are destroyed
  size_t open_calls_ = 0;            // of them, those that nghttp2 knows
  std::vector<Http2Call*> carried_;  // have data in output_
  Http2Output output_;
  std::vector<nghttp2_nv> fields_;
  size_t slow_calls_ = 0;

  TimePoint idle_since_;
  TimePoint heard_at_;
  TimePoint asked_at_;  // by PING
  bool is_asked_ = false;
  bool may_ask_ = true;
  bool is_doubted_ = false;  // has not answered in time, unless it is we who were late

  io::Signal wake_;
  io::Timer watch_timer_;
  io::Timer abort_timer_;
  io::Scope writer_;
  io::Scope runner_;
};

}  // namespace hancock::slardar
