// Succession: waits for the process that takes over from this one (handover.h), and leads it through.
//
// One at a time. Until it says that it serves, nothing changes here; from then on succeeded() holds as long
// as it lives. Control thread.
#pragma once

#include <functional>
#include <set>

#include "io/message_socket.h"
#include "io/scope.h"
#include "slardar/upgrade/handover.h"

namespace hancock::slardar {

class Succession {
 public:
  struct Callbacks {
    std::function<HandoverGreeting()> greeting;
    // Copies of all that this process listens on. From here on the other one has what only one can have.
    std::function<io::Async<Sockets>()> sockets;
    std::function<void()> changed;   // succeeded() is
    std::function<void()> given_up;  // by the other one, at whichever step: it has nothing any more
  };
  Succession(io::Loop& loop, Callbacks callbacks) : loop_(loop), callbacks_(std::move(callbacks)) {}
  Succession(const Succession&) = delete;
  Succession& operator=(const Succession&) = delete;
  ~Succession() { close(); }

  /// `admin`: what both have in common.
  Result<void> listen(const io::Address& admin);
  /// The same on the socket that the process before this one had.
  void adopt(UniqueFd listening);
  /// Lets go of everybody: to a successor that is the end of this process.
  void close();

  bool succeeded() const { return successor_ != 0; }
  pid_t successor() const { return successor_; }
  /// Where it listens: nothing that waits there is lost when this process closes its own sockets.
  const std::set<std::string>& taken() const { return taken_; }
  /// -1: it does not listen.
  int socket() const { return listener_ ? listener_->fd() : -1; }

 private:
  io::Async<void> run();
  io::Async<void> lead(io::MessageSocket& socket);
  io::Async<bool> give_sockets(io::MessageSocket& socket);
  io::Async<bool> hear_that_it_serves(io::MessageSocket& socket);

  io::Loop& loop_;
  const Callbacks callbacks_;
  std::unique_ptr<io::MessageListener> listener_;
  pid_t successor_ = 0;
  std::set<std::string> taken_;
  io::Scope running_;
};

}  // namespace hancock::slardar
