// TCP and unix-domain sockets as Streams: connect, listen, accept.
#pragma once

#include <memory>

#include "io/async.h"
#include "io/stream.h"

namespace hancock::io {

class SocketStream final : public Stream {
 public:
  SocketStream(Loop& loop, UniqueFd fd) : Stream(loop, std::move(fd)) {}

  bool spliceable() const override { return true; }
  void shutdown_write() override;

 private:
  Attempt try_recv(std::span<char> buffer) override;
  Attempt try_send(std::span<const iovec> parts) override;
};

/// Connects. Errors: kUnavailable (refused, no route), kTimeout, … naming the address.
Async<Result<std::unique_ptr<SocketStream>>> connect(Loop& loop, Address address, TimePoint deadline);

enum class PortSharing { kExclusive, kReusePort };

class Listener {
 public:
  /// Binds and listens; with port 0 the kernel chooses. TCP_NODELAY is set once here and inherited.
  /// Errors: kConflict (address in use), kDenied, … naming the address.
  static Result<std::unique_ptr<Listener>> listen(Loop& loop, Address address,
                                                  PortSharing sharing = PortSharing::kExclusive);
  Listener(Loop& loop, UniqueFd fd, Address address)
      : descriptor_(loop, std::move(fd)), address_(std::move(address)) {}

  /// The next connection. kCancelled after close(). Waits out a lack of descriptors or memory.
  Async<Result<std::unique_ptr<SocketStream>>> accept();
  /// One that waits already, beside accept(); nullptr when there is none.
  std::unique_ptr<SocketStream> accept_waiting();
  void close() { descriptor_.abort(); }
  const Address& address() const { return address_; }
  int fd() const { return descriptor_.fd(); }

 private:
  Descriptor descriptor_;
  Address address_;
};

}  // namespace hancock::io
