// UpstreamRecord: the value of upstreams/<name>: a set of servers that an operator names by hand.
//
// Today: one level of servers with host (an IP address), port and weight, in plain or by TLS. Everything else
// that the contract names (levels, checkups options, host names) is refused as not supported yet, never
// ignored. Values only.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "io/address.h"
#include "slardar/upstream/peer_protocol.h"

namespace hancock::slardar {

struct UpstreamRecord {
  struct Server {
    io::Address address;
    uint32_t weight = 1;
    friend bool operator==(const Server&, const Server&) = default;
  };
  /// How its servers are spoken to over TLS.
  struct Tls {
    bool verify = true;
    std::string ca;           // file in PEM; "" = the system's
    std::string server_name;  // "" = the upstream's name
    friend auto operator<=>(const Tls&, const Tls&) = default;
  };
  std::vector<Server> servers;  // at least one, each address once
  std::optional<Tls> tls;       // none: in plain
  PeerProtocol protocol = PeerProtocol::kHttp1;
  friend bool operator==(const UpstreamRecord&, const UpstreamRecord&) = default;
};

/// Names that an upstream may have: [-_a-zA-Z0-9.]+, at most 253 characters.
bool is_upstream_name(std::string_view name);

/// `{"servers":[{"host","port","weight"?}, …]}` or `{"cluster":[{"servers":[…]}]}`, and
/// `"tls": {"verify": true, "ca": FILE, "server_name": NAME}`, `"protocol": "http1"`, `"http2"` or `"grpc"`.
/// Errors: kInvalid and kUnsupported, with the field: "cluster[0].servers[1].port".
Result<UpstreamRecord> decode_upstream(std::string_view text);

/// As the admin API shows it: {"cluster":[{"servers":[{"host","port","weight"}]}]}.
std::string encode_upstream(const UpstreamRecord& record);

}  // namespace hancock::slardar
