// Listeners: a worker's listening sockets and their accept loops. Worker's thread only.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "io/scope.h"
#include "io/tcp.h"

namespace hancock::slardar {

/// Takes over an accepted connection.
using Accepted = std::function<void(std::unique_ptr<io::SocketStream>)>;

/// What accepts at one address until it is destroyed: a socket that shares its port with the other workers'
/// (SO_REUSEPORT), or those that a process before this one had.
class AcceptLoop {
 public:
  static Result<std::unique_ptr<AcceptLoop>> listen(io::Loop& loop, const io::Address& address,
                                                    Accepted accepted);
  /// At least one socket that listens.
  static std::unique_ptr<AcceptLoop> adopt(io::Loop& loop, std::vector<UniqueFd> sockets, Accepted accepted);
  AcceptLoop(const AcceptLoop&) = delete;
  AcceptLoop& operator=(const AcceptLoop&) = delete;
  ~AcceptLoop() { task_.cancel(); }

  /// Takes over what has connected already: closing would reset those.
  void take_waiting();
  /// Leaves what comes to whoever has the same sockets.
  void pause() { task_.cancel(); }
  /// Takes over what has connected already, and closes.
  void close();
  /// Accepts again, after a pause or a close. Errors: the address cannot be bound any more.
  Result<void> resume();

  const io::Address& address() const { return address_; }
  /// Of its sockets.
  std::vector<int> descriptors() const;

 private:
  AcceptLoop(io::Loop& loop, io::Address address, Accepted accepted)
      : loop_(loop), address_(std::move(address)), accepted_(std::move(accepted)) {}
  Result<void> open();
  void start();
  io::Async<void> run(io::Listener& listener);

  io::Loop& loop_;
  io::Address address_;
  std::vector<std::unique_ptr<io::Listener>> listeners_;  // none while it is closed
  Accepted accepted_;
  io::Scope task_;
};

}  // namespace hancock::slardar
