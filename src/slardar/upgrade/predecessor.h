// Predecessor: the process that this one takes over from (handover.h), as seen from here.
//
//   auto met = co_await Predecessor::meet(loop, admin_address);       // nullptr: there is none
//   …                                                                 // load
//   auto sockets = co_await (*met)->take_sockets();
//   …                                                                 // listen on them
//   co_await (*met)->say_serving(addresses);
//   co_await (*met)->end();                                           // it has drained
//
// Control thread.
#pragma once

#include <functional>

#include "io/message_socket.h"
#include "io/scope.h"
#include "io/signal.h"
#include "slardar/upgrade/handover.h"

namespace hancock::slardar {

class Predecessor {
 public:
  /// nullptr: nobody serves there. Errors: it is another user's, hands over to somebody else, …
  static io::Async<Result<std::unique_ptr<Predecessor>>> meet(io::Loop& loop, const io::Address& admin);
  Predecessor(io::Loop& loop, std::unique_ptr<io::MessageSocket> socket, HandoverGreeting greeting);
  Predecessor(const Predecessor&) = delete;
  Predecessor& operator=(const Predecessor&) = delete;
  ~Predecessor() { reading_.cancel(); }

  const HandoverGreeting& greeting() const { return greeting_; }
  pid_t pid() const { return greeting_.pid; }
  /// It has ended: nobody serves there but us.
  bool gone() const { return over_ && !serves_on_; }
  /// It has turned away, or is not understood: it goes on as ever, and this one is to end.
  bool serves_on() const { return serves_on_; }

  /// Says that this one is ready. What the old one listens on; if it ended on the way, what had come. Errors:
  /// it serves on.
  io::Async<Result<Sockets>> take_sockets();
  /// This one serves, and listens at these addresses: the old one goes.
  io::Async<void> say_serving(std::vector<std::string> taken);
  /// Waits until it is gone or serves on.
  io::Async<void> end();

 private:
  io::Async<void> read();
  bool take(io::Message message);

  io::Loop& loop_;
  const std::unique_ptr<io::MessageSocket> socket_;
  const HandoverGreeting greeting_;
  Sockets sockets_;
  bool complete_ = false;
  bool serves_on_ = false;
  bool over_ = false;  // nothing more comes from it
  io::Signal changed_;
  io::Scope reading_;
};

}  // namespace hancock::slardar
