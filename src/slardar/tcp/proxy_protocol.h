// The PROXY protocol (HAProxy's proxy-protocol.txt, versions 1 and 2): the line or block ahead of a
// connection's first byte in which a load balancer says who its visitor is.
//
// The reader takes bytes as they come and never asks for more than the header is known to need, so that what
// follows it stays in the socket for whoever reads on. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "io/address.h"

namespace hancock::slardar {

enum class ProxyProtocol { kNone, kV1, kV2 };

/// What a header says. Both are empty for LOCAL and UNKNOWN: the connection is the balancer's own.
struct ProxiedPeers {
  std::optional<io::Address> source;
  std::optional<io::Address> destination;
};

class ProxyHeaderReader {
 public:
  static constexpr size_t kBytesMax = 16 + 2'048;  // a block of version 2 with its extensions

  /// So many bytes are needed at least; 0: the header is whole.
  size_t wants() const { return wants_; }
  /// The next bytes, at most wants() of them. Errors: kInvalid with a reason; it is no such header.
  Result<void> take(std::string_view bytes);
  /// Once wants() is 0.
  const ProxiedPeers& peers() const { return peers_; }

 private:
  Result<void> read_line();
  Result<void> read_block();

  std::string bytes_;
  size_t wants_ = 12;  // the signature of version 2; the shortest line of version 1 is longer
  ProxiedPeers peers_;
};

/// The header for a connection that `source` made to `destination`; of two families, or of none, that says
/// that nothing is known.
std::string proxy_header(ProxyProtocol version, const io::Address& source, const io::Address& destination);

}  // namespace hancock::slardar
