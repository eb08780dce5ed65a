#include "io/message_socket.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include "io/address.h"

namespace hancock::io {
namespace {

constexpr Duration kPauseAfterError = 50ms;

Result<Address> abstract(std::string_view name) {
  sockaddr_un un{};
  un.sun_family = AF_UNIX;
  if (name.size() > sizeof un.sun_path - 1)
    return fail(ErrorCode::kInvalid, "{}: too long for a socket", name);
  std::memcpy(un.sun_path + 1, name.data(), name.size());
  return Address::from(reinterpret_cast<const sockaddr*>(&un),
                       static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size()));
}

Result<UniqueFd> open_message_socket() {
  UniqueFd fd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return tl::unexpected(errno_error(errno, "socket"));
  return fd;
}

ucred credentials(int fd) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) peer.uid = static_cast<uid_t>(-1);
  return peer;
}

bool is_trusted(int fd) {
  const uid_t uid = credentials(fd).uid;
  return uid == 0 || uid == ::geteuid();
}

/// Room for the descriptors of one message, as cmsg(3) wants it.
struct Control {
  alignas(cmsghdr) char bytes[CMSG_SPACE(MessageSocket::kDescriptorsMax * sizeof(int))];
};

void attach(msghdr& message, Control& control, const std::vector<int>& descriptors) {
  if (descriptors.empty()) return;
  const size_t size = descriptors.size() * sizeof(int);
  message.msg_control = control.bytes;
  message.msg_controllen = CMSG_SPACE(size);
  cmsghdr* const head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(size);
  std::memcpy(CMSG_DATA(head), descriptors.data(), size);
}

void take_descriptors(msghdr& message, std::vector<UniqueFd>& out) {
  for (cmsghdr* head = CMSG_FIRSTHDR(&message); head; head = CMSG_NXTHDR(&message, head)) {
    if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) continue;
    const size_t count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(head) + i * sizeof fd, sizeof fd);
      out.emplace_back(fd);
    }
  }
}

}  // namespace

Result<std::unique_ptr<MessageSocket>> MessageSocket::connect(Loop& loop, std::string_view name) {
  auto fd = open_message_socket();
  if (!fd) return forward_error(fd);
  auto address = abstract(name);
  if (!address) return forward_error(address);
  if (::connect(fd->get(), address->data(), address->size()) < 0) {
    if (errno == ECONNREFUSED) return fail(ErrorCode::kNotFound, "nobody listens on {}", name);
    return tl::unexpected(errno_error(errno, "connect"));
  }
  if (!is_trusted(fd->get())) return fail(ErrorCode::kDenied, "{} is another user's", name);
  return std::make_unique<MessageSocket>(loop, std::move(*fd));
}

pid_t MessageSocket::peer() const { return credentials(descriptor_.fd()).pid; }

Async<Result<void>> MessageSocket::send(std::string text, std::vector<int> descriptors, TimePoint deadline) {
  if (text.empty() || text.size() > kTextMax || descriptors.size() > kDescriptorsMax)
    co_return fail(ErrorCode::kInvalid, "a message of {} bytes and {} descriptors", text.size(),
                   descriptors.size());
  iovec part{text.data(), text.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  Control control{};
  attach(message, control, descriptors);
  while (true) {
    if (::sendmsg(descriptor_.fd(), &message, MSG_NOSIGNAL) >= 0) co_return Result<void>();
    if (errno == EINTR) continue;
    if (errno != EAGAIN) co_return tl::unexpected(errno_error(errno, "send"));
    auto ready = co_await descriptor_.ready(Direction::kWrite, deadline);
    if (!ready) co_return forward_error(ready);
  }
}

Async<Result<Message>> MessageSocket::receive(TimePoint deadline) {
  Message received;
  received.text.resize(kTextMax);
  while (true) {
    iovec part{received.text.data(), received.text.size()};
    Control control{};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof control.bytes;
    const ssize_t count = ::recvmsg(descriptor_.fd(), &message, MSG_CMSG_CLOEXEC);
    if (count > 0) {
      take_descriptors(message, received.descriptors);
      received.text.resize(static_cast<size_t>(count));
      if (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) co_return fail(ErrorCode::kInvalid, "message cut");
      co_return received;
    }
    if (count == 0 || errno == ECONNRESET) co_return fail(ErrorCode::kClosed, "the other end has closed");
    if (errno == EINTR) continue;
    if (errno != EAGAIN) co_return tl::unexpected(errno_error(errno, "receive"));
    auto ready = co_await descriptor_.ready(Direction::kRead, deadline);
    if (!ready) co_return forward_error(ready);
  }
}

Result<std::unique_ptr<MessageListener>> MessageListener::listen(Loop& loop, std::string_view name) {
  auto fd = open_message_socket();
  if (!fd) return forward_error(fd);
  auto address = abstract(name);
  if (!address) return forward_error(address);
  if (::bind(fd->get(), address->data(), address->size()) < 0 || ::listen(fd->get(), SOMAXCONN) < 0)
    return tl::unexpected(errno_error(errno, "listen on " + std::string(name)));
  return std::make_unique<MessageListener>(loop, std::move(*fd));
}

Async<std::unique_ptr<MessageSocket>> MessageListener::accept() {
  while (true) {
    UniqueFd fd(::accept4(descriptor_.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (fd && is_trusted(fd.get()))
      co_return std::make_unique<MessageSocket>(descriptor_.loop(), std::move(fd));
    if (fd) continue;
    if (errno == EAGAIN) {
      (void)co_await descriptor_.ready(Direction::kRead);
    } else {
      co_await descriptor_.loop().sleep_for(kPauseAfterError);
    }
  }
}

}  // namespace hancock::io
