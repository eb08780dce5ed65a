// HttpConnection: one visitor's HTTP/1 connection: heads read strictly, requests served one after the other,
// in order, until either side wants to end it. Holds no buffer while it is idle.
//
// Lives in the coroutine of serve_http; worker's thread only.
#pragma once

#include <list>
#include <memory>

#include "slardar/exchange.h"

namespace hancock::slardar {

class HttpConnection;
/// The connections of one worker.
using HttpConnections = std::list<HttpConnection*>;

class HttpConnection {
 public:
  /// `tls`: the stream, when it is that.
  HttpConnection(WorkerParts& worker, std::unique_ptr<io::Stream> stream, HttpConnections& all,
                 const io::TlsStream* tls = nullptr);
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;
  ~HttpConnection();

  /// Until its end.
  io::Async<void> run();

  /// Between two requests, with nothing received of the next.
  bool idle() const { return idle_; }
  /// Ends our side; what the visitor still sends is read and dropped, until he
  /// ends his.
  void part();
  void abort() { stream_->abort(); }

 private:
  io::Async<void> serve_all();
  io::Async<bool> next_head();
  io::Async<bool> wait_for_bytes(TimePoint deadline);
  void use_large_buffer();
  io::Async<After> serve();
  io::Async<void> reject(Failure failure, int status);
  io::Async<void> linger();

  WorkerParts& worker_;
  std::unique_ptr<io::Stream> stream_;
  const io::TlsStream* const tls_;
  HttpConnections& all_;
  HttpConnections::iterator place_;
  std::string ip_;
  BufferPool::Borrowed buffer_ = BufferPool::none();
  uint64_t requests_ = 0;
  bool idle_ = false;
  bool parted_ = false;
};

/// Takes over one accepted connection.
io::Async<void> serve_http(WorkerParts& worker, std::unique_ptr<io::Stream> stream, HttpConnections& all,
                           const io::TlsStream* tls = nullptr);

}  // namespace hancock::slardar
