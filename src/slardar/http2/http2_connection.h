// Http2Connection: one visitor's HTTP/2 connection: its frames in and out, its streams, and how it ends.
//
// One coroutine reads, one writes what all streams have to say, once a turn of the loop. nghttp2's callbacks
// only note what has happened: streams begin, go on and are destroyed outside of them, in tend(). Lives in
// the coroutine of serve_http2; worker's thread only.
#pragma once

#include <nghttp2/nghttp2.h>

#include <memory>
#include <vector>

#include "io/scope.h"
#include "io/signal.h"
#include "slardar/http2/http2_guard.h"
#include "slardar/http2/http2_limits.h"
#include "slardar/http2/http2_output.h"
#include "slardar/http2/http2_session.h"
#include "slardar/http2/http2_stream.h"
#include "slardar/http2/http2_stream_numbers.h"
#include "slardar/worker/served_connection.h"

namespace hancock::slardar {

class Http2Connection final : public ServedConnection {
 public:
  /// `tls`: the stream, when it is that.
  Http2Connection(WorkerParts& worker, std::unique_ptr<io::Stream> stream, ServedConnections& all,
                  const io::TlsStream* tls, Http2Limits limits);
  ~Http2Connection() override;

  /// `received`: what was read of it already, or none.
  io::Async<void> run(BufferPool::Borrowed received);

  bool idle() const override { return streams_.empty(); }
  void drain() override;
  void part() override;
  void abort() override { stream_->abort(); }

  // For its streams.
  WorkerParts& worker() { return worker_; }
  std::string_view visitor_ip() const { return ip_; }
  io::Stream& stream() { return *stream_; }
  const io::TlsStream* tls() const { return tls_; }
  nghttp2_session* session() { return session_.get(); }
  std::vector<nghttp2_nv>& field_scratch() { return fields_; }
  /// Something is to be sent.
  void wake() { wake_.set(); }
  /// Looks at its streams then, if not before.
  void watch_by(TimePoint when) {
    if (when < watch_due_) watch_at(when);
  }
  /// The stream's exchange is over.
  void look_after(Http2Stream& stream);
  /// The visitor may send so much more, on this stream and on the whole.
  void passed_on(int32_t stream, size_t bytes);

  // From its reader. False: that is no HTTP/2.
  bool receive(std::string_view bytes);

  // From nghttp2's callbacks.
  /// False: the connection has been refused, nothing more is to be read.
  bool frame_begins(const nghttp2_frame_hd& frame);
  Http2Stream& stream_begins(int32_t id);
  /// False: the connection is refused.
  bool field_comes(Http2Stream& stream, std::string_view name, std::string_view value);
  void head_ends(Http2Stream& stream, Http2Head::Body body);
  void stream_closes(Http2Stream& stream);
  void stream_refused() { note(Http2Guard::Event::kReset); }
  /// Takes `bytes` of the stream's data behind `frame_head`. False: that is enough for one write.
  bool carry(Http2Stream& stream, std::string_view frame_head, size_t bytes);
  void data_sent() { guard_.earn(Http2Guard::Event::kWindowUpdate, 4); }

 private:
  io::Async<void> write();
  void written();
  void tend();
  void remove(Http2Stream& stream);
  bool over() const;
  void end();
  void head_begins(const nghttp2_frame_hd& frame);
  void note(Http2Guard::Event event);
  void terminate(uint32_t error);
  void watch();
  void watch_at(TimePoint when);
  TimePoint next_watch() const;
  void go_away();

  const std::unique_ptr<io::Stream> stream_;
  const io::TlsStream* const tls_;
  const Http2Limits limits_;
  std::string ip_;
  Http2Guard guard_;
  Http2SessionPtr session_;
  std::vector<std::unique_ptr<Http2Stream>> streams_;
  std::vector<Http2Stream*> begun_;    // heads are whole, exchanges have not begun
  std::vector<Http2Stream*> noted_;    // closed, or their exchanges are over
  std::vector<Http2Stream*> carried_;  // have data in output_
  Http2Output output_;
  std::vector<nghttp2_nv> fields_;

  Http2StreamNumbers numbers_;
  size_t continuations_ = 0;  // of the present head
  bool had_request_ = false;
  bool is_writing_ = false;
  bool is_refused_ = false;  // for what the visitor does
  bool is_ending_ = false;   // our side has ended; what still comes is dropped
  TimePoint idle_since_;
  int going_ = 0;  // steps of the drain that are done

  io::Signal wake_;
  TimePoint watch_due_ = kForever;
  io::Timer watch_timer_;
  io::Timer going_timer_;
  io::Timer abort_timer_;
  io::Scope writer_;
};

/// Takes over a connection on which HTTP/2 was chosen, or has begun: `received` is what was read of it, or
/// none.
io::Async<void> serve_http2(WorkerParts& worker, std::unique_ptr<io::Stream> stream, ServedConnections& all,
                            BufferPool::Borrowed received, const io::TlsStream* tls, Http2Limits limits = {});

}  // namespace hancock::slardar
