// RecordingPeer: a peer that keeps what it gets byte by byte, and answers each request with what it is told.
//
// A request is over when its body is, read as strictly as everywhere here; what is no request in that reading
// ends the connection. One thread, that of its loop.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "io/scope.h"
#include "io/tcp.h"

namespace hancock::slardar::testing {

class RecordingPeer {
 public:
  explicit RecordingPeer(io::Loop& loop);
  ~RecordingPeer() { scope_.cancel(); }
  uint16_t port() const { return listener_->address().port(); }

  enum class Then { kGoOn, kClose };
  /// Forgets what it got. From now on each request gets `answer`; "": none, the connection ends. Those whose
  /// target is /last get kLast.
  void begin(std::string answer, Then then = Then::kGoOn);
  static constexpr std::string_view kLast = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlast";

  /// What came whole, and what came in part, but those for /last.
  std::string seen() const;
  size_t requests() const { return requests_.size(); }
  int connections() const { return accepted_; }

 private:
  struct Connection;
  io::Async<void> accept();
  io::Async<void> serve(std::unique_ptr<io::SocketStream> stream);
  io::Loop& loop_;
  std::unique_ptr<io::Listener> listener_;
  std::string answer_;
  Then then_ = Then::kGoOn;
  std::vector<std::string> requests_;
  std::vector<std::shared_ptr<std::string>> partial_;  // of each connection
  int accepted_ = 0;
  io::Scope scope_;
};

}  // namespace hancock::slardar::testing
