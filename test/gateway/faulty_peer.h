// FaultyPeer: a peer that does what a request's path says, and remembers whose requests it got.
//
//   /ok, /large  answers
//   /idle-close  answers, then closes without having said so
//   /die         closes without an answer, the first time that it or another of its ledger gets the request
//   /half-head, /half-body, /garbage, /stall    what their names say
//   /early       answers before it reads the body
//
// One thread, that of its loop.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "io/scope.h"
#include "io/tcp.h"

namespace hancock::slardar::testing {

/// How often each request came, by its X-Id; of several peers together.
using Ledger = std::map<std::string, int>;

class FaultyPeer {
 public:
  FaultyPeer(io::Loop& loop, Ledger& ledger);
  ~FaultyPeer() { stop(); }
  uint16_t port() const { return address_.port(); }
  /// As a machine does that is switched off: nobody listens, and all connections are gone.
  void stop();
  /// On the same port.
  void start();

 private:
  enum class Then { kGoOn, kClose };
  io::Async<void> accept();
  io::Async<void> serve(std::unique_ptr<io::SocketStream> stream);
  io::Async<Then> answer(io::SocketStream& stream, std::string path, int seen);
  io::Async<void> answer_early(io::SocketStream& stream);
  io::Loop& loop_;
  Ledger& ledger_;
  io::Address address_;
  std::unique_ptr<io::Listener> listener_;
  std::unique_ptr<io::Scope> scope_;
};

}  // namespace hancock::slardar::testing
