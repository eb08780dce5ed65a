// Connection: one of a visitor's, on which he asks one thing after the other. Nothing is sent twice: what
// fails, failed.
//
// Loop's thread only.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "http/read_buffer.h"
#include "io/async.h"
#include "io/tcp.h"

namespace hancock::load {

struct Answer {
  int status = 0;
  std::string error;     // X-Slardar-Error
  std::string accept;    // Sec-WebSocket-Accept
  std::string task;      // Sample-Task
  uint64_t version = 0;  // Sample-Version; 0: it did not say
  uint64_t number = 0;   // Sample-Number; 0: it did not say
  std::string body;
};

class Connection {
 public:
  /// Errors: as io::connect; nothing was sent then.
  static io::Async<Result<std::unique_ptr<Connection>>> open(io::Loop& loop, io::Address address,
                                                             TimePoint deadline);
  explicit Connection(std::unique_ptr<io::SocketStream> stream)
      : stream_(std::move(stream)), buffer_(*stream_) {}

  /// Sends `request` (a GET or POST, as it goes over the wire) and reads the whole answer, but nothing behind
  /// a 101's head. Errors: kTimeout, kClosed (no answer, or half of one), kInvalid.
  io::Async<Result<Answer>> ask(std::string request, TimePoint deadline);

  /// Another request may follow: the peer has neither ended the connection nor said that it will.
  bool is_fit() const { return keeps_ && buffer_.view().empty() && stream_->quiet(); }

  io::Stream& stream() { return *stream_; }
  http::ReadBuffer& buffer() { return buffer_; }

 private:
  std::unique_ptr<io::SocketStream> stream_;
  http::ReadBuffer buffer_;
  bool keeps_ = false;
};

}  // namespace hancock::load
