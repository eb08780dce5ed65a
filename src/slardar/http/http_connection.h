// HttpConnection: one visitor's HTTP/1 connection: heads read strictly, requests served one after the other,
// in order, until either side wants to end it. Holds no buffer while it is idle.
//
// Lives in the coroutine of serve_http; worker's thread only.
#pragma once

#include <memory>

#include "slardar/http/exchange.h"
#include "slardar/worker/served_connection.h"

namespace hancock::slardar {

class HttpConnection final : public ServedConnection {
 public:
  /// `tls`: the stream, when it is that.
  HttpConnection(WorkerParts& worker, std::unique_ptr<io::Stream> stream, ServedConnections& all,
                 const io::TlsStream* tls = nullptr);

  /// Until its end, which is not said to the visitor yet.
  io::Async<void> run();

  /// After run(): the stream, to say its end. If it began with HTTP/2's preface nothing was answered, and the
  /// rest is somebody else's.
  bool is_http2() const { return is_http2_; }
  std::unique_ptr<io::Stream> take_stream() { return std::move(stream_); }
  BufferPool::Borrowed take_received() { return std::move(buffer_); }

  /// Between two requests, with nothing received of the next.
  bool idle() const override { return idle_; }
  void part() override;
  void abort() override { stream_->abort(); }
  std::unique_ptr<io::Stream> take_unanswered() override;

 private:
  TimePoint head_deadline() const;
  io::Async<bool> next_head(TimePoint deadline);
  void use_large_buffer();
  io::Async<After> serve();
  io::Async<void> reject(Failure failure, int status);
  io::Async<void> linger();

  std::unique_ptr<io::Stream> stream_;
  const io::TlsStream* const tls_;
  std::string ip_;
  BufferPool::Borrowed buffer_ = BufferPool::none();
  uint64_t requests_ = 0;
  Request* serving_ = nullptr;
  bool idle_ = false;
  bool parted_ = false;
  bool is_http2_ = false;
};

/// Takes over one accepted connection, also of who begins with HTTP/2 without asking ("prior knowledge").
io::Async<void> serve_http(WorkerParts& worker, std::unique_ptr<io::Stream> stream, ServedConnections& all,
                           const io::TlsStream* tls = nullptr);

}  // namespace hancock::slardar
