// HangUpWatch: requests stop when a stream's peer has gone while nobody reads from it, or when told to.
//
// Owns the stop_source of an exchange. The request is made from the loop, not from the caller's stack, so
// that a handler may end inside of it. Loop's thread only.
#pragma once

#include <optional>
#include <stop_token>

#include "io/async.h"
#include "io/stream.h"
#include "io/timer.h"

namespace hancock::http {

class HangUpWatch {
 public:
  explicit HangUpWatch(io::Stream& stream);

  /// From now on nobody reads from the stream until this object ends.
  void start();
  /// Somebody reads again: who hangs up is not noticed here any more.
  void end() { watching_.reset(); }
  void stop_soon() { timer_.arm(stream_.loop().now()); }
  std::stop_token token() const { return source_.get_token(); }

 private:
  io::Async<void> watch();

  io::Stream& stream_;
  std::stop_source source_;
  io::Timer timer_;
  std::optional<io::Async<void>> watching_;
};

}  // namespace hancock::http
