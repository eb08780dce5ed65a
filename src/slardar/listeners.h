// Listeners: a worker's listening sockets and their accept loops. Worker's thread only.
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "io/scope.h"
#include "io/tcp.h"

namespace hancock::slardar {

/// Takes over an accepted connection.
using Accepted = std::function<void(std::unique_ptr<io::SocketStream>)>;

/// One socket that accepts until it is destroyed. Shares its port with the other workers' (SO_REUSEPORT).
class AcceptLoop {
 public:
  static Result<std::unique_ptr<AcceptLoop>> listen(io::Loop& loop, io::Address address, Accepted accepted);
  AcceptLoop(io::Loop& loop, std::unique_ptr<io::Listener> listener, Accepted accepted);
  AcceptLoop(const AcceptLoop&) = delete;
  AcceptLoop& operator=(const AcceptLoop&) = delete;
  ~AcceptLoop() { task_.cancel(); }

  /// Takes over what has connected already: closing would reset those.
  void take_waiting();

  const io::Address& address() const { return listener_->address(); }

 private:
  io::Async<void> run();

  io::Loop& loop_;
  std::unique_ptr<io::Listener> listener_;
  Accepted accepted_;
  io::Scope task_;
};

}  // namespace hancock::slardar
