#include "io/tcp.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "io/parts.h"

namespace hancock::io {
namespace {

constexpr int kBacklog = 4096;
constexpr Duration kAcceptPause = 50ms;  // out of descriptors: let others finish

Attempt outcome_of(ssize_t n) {
  if (n >= 0) return {Attempt::Outcome::kDone, static_cast<size_t>(n), 0};
  if (errno == EAGAIN || errno == EWOULDBLOCK) return {Attempt::Outcome::kBlocked, 0, 0};
  return {Attempt::Outcome::kFailed, 0, errno};
}

Result<UniqueFd> open_socket(const Address& address) {
  UniqueFd fd(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return tl::unexpected(errno_error(errno, "socket"));
  if (address.family() != AF_UNIX) {
    const int on = 1;
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  return fd;
}

// What a small message of several parts is copied into: that costs less than a gathered send.
constexpr size_t kGatheredMax = 1024;

/// The parts as one piece of memory, in `room` if there are several; no data when they don't fit.
std::string_view in_one_piece(std::span<const iovec> parts, std::span<char> room) {
  if (parts.size() == 1) return {static_cast<const char*>(parts[0].iov_base), parts[0].iov_len};
  if (bytes_of(parts) > room.size()) return {};
  size_t size = 0;
  for (const iovec& part : parts) {
    if (part.iov_len == 0) continue;
    std::memcpy(room.data() + size, part.iov_base, part.iov_len);
    size += part.iov_len;
  }
  return {room.data(), size};
}

}  // namespace

// The C library's own are points of cancellation, which costs two atomic operations a call in a process with
// threads.
Attempt SocketStream::try_recv(std::span<char> buffer) {
  long n = 0;
  do n = ::syscall(SYS_recvfrom, descriptor().fd(), buffer.data(), buffer.size(), 0, nullptr, nullptr);
  while (n < 0 && errno == EINTR);
  return outcome_of(n);
}

Attempt SocketStream::try_send(std::span<const iovec> parts) {
  while (parts.size() > 1 && parts.back().iov_len == 0) parts = parts.first(parts.size() - 1);
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(parts.data());
  message.msg_iovlen = parts.size();
  const int fd = descriptor().fd();
  char gathered[kGatheredMax];
  const std::string_view piece = in_one_piece(parts, gathered);
  long n = 0;
  do {
    n = piece.data() ? ::syscall(SYS_sendto, fd, piece.data(), piece.size(), MSG_NOSIGNAL, nullptr, 0)
                     : ::syscall(SYS_sendmsg, fd, &message, MSG_NOSIGNAL);
  } while (n < 0 && errno == EINTR);
  return outcome_of(n);
}

void SocketStream::shutdown_write() { ::shutdown(descriptor().fd(), SHUT_WR); }

Async<Result<std::unique_ptr<SocketStream>>> connect(Loop& loop, Address address, TimePoint deadline) {
  const std::string what = "connect to " + address.to_string();
  auto fd = open_socket(address);
  if (!fd) co_return forward_error(fd, what);
  const int started = ::connect(fd->get(), address.data(), address.size());
  const int start_error = started < 0 ? errno : 0;
  if (started < 0 && start_error != EINPROGRESS && start_error != EAGAIN) {
    co_return tl::unexpected(errno_error(start_error, what));
  }
  auto stream = std::make_unique<SocketStream>(loop, std::move(*fd));
  if (start_error == EINPROGRESS) {
    auto ready = co_await stream->descriptor().ready(Direction::kWrite, deadline);
    if (!ready) co_return forward_error(ready, what);
  } else if (start_error == EAGAIN) {
    co_return tl::unexpected(Error{ErrorCode::kUnavailable, what + ": its backlog is full", {}});
  }
  int error_number = 0;
  socklen_t size = sizeof error_number;
  ::getsockopt(stream->descriptor().fd(), SOL_SOCKET, SO_ERROR, &error_number, &size);
  if (error_number != 0) co_return tl::unexpected(errno_error(error_number, what));
  co_return stream;
}

Result<std::unique_ptr<Listener>> Listener::listen(Loop& loop, Address address, PortSharing sharing) {
  const std::string what = "listen on " + address.to_string();
  auto fd = open_socket(address);
  if (!fd) return forward_error(fd, what);
  const int on = 1;
  ::setsockopt(fd->get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (sharing == PortSharing::kReusePort) ::setsockopt(fd->get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  if (::bind(fd->get(), address.data(), address.size()) < 0 || ::listen(fd->get(), kBacklog) < 0) {
    return tl::unexpected(errno_error(errno, what));
  }
  Address bound = Address::of_socket(fd->get(), ::getsockname);
  return std::make_unique<Listener>(loop, std::move(*fd), std::move(bound));
}

std::unique_ptr<SocketStream> Listener::accept_waiting() {
  UniqueFd fd(::accept4(descriptor_.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  return fd ? std::make_unique<SocketStream>(descriptor_.loop(), std::move(fd)) : nullptr;
}

Async<Result<std::unique_ptr<SocketStream>>> Listener::accept() {
  while (!descriptor_.aborted()) {
    UniqueFd fd(::accept4(descriptor_.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (fd) co_return std::make_unique<SocketStream>(descriptor_.loop(), std::move(fd));
    switch (errno) {
      case EINTR:
      case ECONNABORTED:
        continue;
      case EAGAIN: {
        auto ready = co_await descriptor_.ready(Direction::kRead);
        if (!ready) co_return forward_error(ready);
        continue;
      }
      case EMFILE:
      case ENFILE:
      case ENOBUFS:
      case ENOMEM:
        co_await descriptor_.loop().sleep_for(kAcceptPause);
        continue;
      default:
        co_return tl::unexpected(errno_error(errno, "accept on " + address_.to_string()));
    }
  }
  co_return fail(ErrorCode::kCancelled, "listener {} is closed", address_.to_string());
}

}  // namespace hancock::io
