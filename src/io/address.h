// Address: where a socket listens or connects: IPv4, IPv6 or a unix path. Numeric only; names are resolved
// elsewhere.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace hancock::io {

class Address {
 public:
  Address() = default;

  /// "127.0.0.1:80", "[::1]:80", "localhost:80" (127.0.0.1), ":80" (0.0.0.0), "unix:/path".
  static Result<Address> parse(std::string_view text);
  static Result<Address> of(std::string_view ip, uint16_t port);
  static Address from(const sockaddr* address, socklen_t size);
  /// What ::getsockname or ::getpeername says of a socket; size() is 0 when that fails.
  static Address of_socket(int fd, int (*ask)(int, sockaddr*, socklen_t*));

  const sockaddr* data() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  socklen_t size() const { return size_; }
  int family() const { return storage_.ss_family; }

  /// 0 for a unix path.
  uint16_t port() const;
  void set_port(uint16_t port);
  /// "127.0.0.1", "::1", "/path".
  std::string host() const;
  /// What parse() reads.
  std::string to_string() const;

  friend bool operator==(const Address& a, const Address& b);

 private:
  sockaddr_storage storage_{};
  socklen_t size_ = 0;
};

}  // namespace hancock::io

template <>
struct std::hash<hancock::io::Address> {
  size_t operator()(const hancock::io::Address& address) const {
    return std::hash<std::string_view>{}({reinterpret_cast<const char*>(address.data()), address.size()});
  }
};
