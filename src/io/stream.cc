#include "io/stream.h"

#include <sys/socket.h>

#include <cerrno>

namespace hancock::io {

bool Stream::quiet() {
  char byte = 0;
  if (descriptor_.aborted()) return false;
  return ::recv(descriptor_.fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

void Stream::reset() {
  const linger at_once{1, 0};
  ::setsockopt(descriptor_.fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

Result<Address> Stream::local_address() {
  Address address = Address::of_socket(descriptor_.fd(), ::getsockname);
  if (address.size() == 0) return tl::unexpected(errno_error(errno, "getsockname"));
  return address;
}

Result<Address> Stream::peer_address() {
  Address address = Address::of_socket(descriptor_.fd(), ::getpeername);
  if (address.size() == 0) return tl::unexpected(errno_error(errno, "getpeername"));
  return address;
}

bool Stream::RecvAwaiter::attempt() {
  const Attempt tried = stream_.try_recv(buffer_);
  switch (tried.outcome) {
    case Attempt::Outcome::kDone:
      if (tried.bytes < buffer_.size()) descriptor().set_drained();
      result_ = tried.bytes;
      return true;
    case Attempt::Outcome::kBlocked:
      descriptor().set_drained();
      return false;
    case Attempt::Outcome::kFailed:
      fail_with(errno_error(tried.error_number, "receive"));
      return true;
  }
  return false;
}

bool Stream::SendAwaiter::attempt() {
  while (true) {
    while (!parts_.empty() && parts_.front().iov_len == 0) parts_ = parts_.subspan(1);
    if (parts_.empty()) return true;
    const Attempt tried = stream_.try_send(parts_);
    if (tried.outcome == Attempt::Outcome::kBlocked) return false;
    if (tried.outcome == Attempt::Outcome::kFailed) {
      fail_with(errno_error(tried.error_number, "send"));
      return true;
    }
    if (idle_ > Duration::zero()) postpone(stream_.loop().now() + idle_);
    for (size_t left = tried.bytes; left > 0;) {
      iovec& part = parts_.front();
      const size_t taken = std::min(left, part.iov_len);
      part.iov_base = static_cast<char*>(part.iov_base) + taken;
      part.iov_len -= taken;
      left -= taken;
      if (part.iov_len == 0) parts_ = parts_.subspan(1);
    }
  }
}

}  // namespace hancock::io
