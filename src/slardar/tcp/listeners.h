// Listeners: a worker's listening sockets and their accept loops. Worker's thread only.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "io/scope.h"
#include "io/tcp.h"
#include "slardar/upgrade/handover.h"

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

/// All that a worker listens on.
class Listeners {
 public:
  /// Who takes over what comes in at that port.
  using PortServer = std::function<Accepted(uint16_t)>;

  Listeners(io::Loop& loop, std::string port_ip) : loop_(loop), port_ip_(std::move(port_ip)) {}

  /// Until the end; the address as bound.
  Result<io::Address> open(const io::Address& address, Accepted accepted);
  /// These ports and no others; why one could not be opened.
  std::map<uint16_t, std::string> open_ports(const std::set<uint16_t>& ports, const PortServer& server);

  /// Sockets that listen already, for the addresses that are opened from now on.
  void inherit(Sockets sockets) { inherited_ = std::move(sockets); }
  void drop_inherited() { inherited_.clear(); }
  Sockets copies() const;

  /// Accepts nothing more. What has connected is taken over, but where `elsewhere` has the address: there it
  /// waits for another process.
  void pause(const std::set<std::string>& elsewhere);
  void resume();
  void close();

 private:
  Result<std::unique_ptr<AcceptLoop>> accept_at(const io::Address& address, Accepted accepted);
  template <class Visit>
  void each(Visit visit) const {
    for (const auto& one : fixed_) visit(*one);
    for (const auto& [port, one] : ports_) visit(*one);
  }

  io::Loop& loop_;
  const std::string port_ip_;
  std::vector<std::unique_ptr<AcceptLoop>> fixed_;
  std::map<uint16_t, std::unique_ptr<AcceptLoop>> ports_;
  Sockets inherited_;
};

}  // namespace hancock::slardar
