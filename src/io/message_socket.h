// MessageSocket: messages between two processes of one machine and user, each with descriptors if wanted.
//
//   auto listener = MessageListener::listen(loop, "slardar 127.0.0.1:1995");   // the one
//   auto socket = MessageSocket::connect(loop, "slardar 127.0.0.1:1995");      // the other
//   co_await (*socket)->send("here", descriptors, deadline);
//   auto message = co_await (*socket)->receive(deadline);                      // kClosed: he has ended
//
// unix(7): SOCK_SEQPACKET, named in the abstract namespace (which a network namespace has for itself, and
// which leaves no file behind), descriptors by SCM_RIGHTS. Who is neither this user nor root is refused on
// either side. Loop's thread only; one sender and one receiver at a time.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/unique_fd.h"
#include "io/async.h"
#include "io/descriptor.h"

namespace hancock::io {

struct Message {
  Message() = default;
  std::string text;
  std::vector<UniqueFd> descriptors;
};

class MessageSocket {
 public:
  static constexpr size_t kTextMax = 64 << 10;
  static constexpr size_t kDescriptorsMax = 64;

  /// Errors: kNotFound (nobody listens there), kDenied (somebody else's), …
  static Result<std::unique_ptr<MessageSocket>> connect(Loop& loop, std::string_view name);
  MessageSocket(Loop& loop, UniqueFd fd) : descriptor_(loop, std::move(fd)) {}

  /// At most kTextMax bytes and kDescriptorsMax descriptors, which stay the caller's.
  Async<Result<void>> send(std::string text, std::vector<int> descriptors, TimePoint deadline);
  Async<Result<void>> send(std::string text, TimePoint deadline) {
    return send(std::move(text), std::vector<int>(), deadline);
  }
  /// Errors: kClosed at the end, kTimeout, …
  Async<Result<Message>> receive(TimePoint deadline);
  /// The process at the other end, as it was when they were connected.
  pid_t peer() const;

 private:
  Descriptor descriptor_;
};

class MessageListener {
 public:
  /// Errors: kConflict (the name is taken), …
  static Result<std::unique_ptr<MessageListener>> listen(Loop& loop, std::string_view name);
  /// Goes on with one that was listened on before.
  MessageListener(Loop& loop, UniqueFd fd) : descriptor_(loop, std::move(fd)) {}

  /// The next one of this user's or root's; others are closed.
  Async<std::unique_ptr<MessageSocket>> accept();
  int fd() const { return descriptor_.fd(); }

 private:
  Descriptor descriptor_;
};

}  // namespace hancock::io
