// UpstreamRecord: the value of upstreams/<name>: servers that an operator names by hand, at one or several
// levels, and the options of checkups (docs/checkups.md). Values only.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "slardar/check/check_options.h"
#include "slardar/upstream/peer_protocol.h"

namespace hancock::slardar {

struct UpstreamRecord {
  struct Server {
    std::string host;  // an IP address, or a name, in lower case
    uint16_t port = 0;
    uint32_t weight = 1;     // 0: no traffic
    uint32_t max_fails = 0;  // 0: failed requests do not take it out
    std::chrono::milliseconds fail_timeout{10'000};
    bool is_name = false;  // of `host`
    friend bool operator==(const Server&, const Server&) = default;
  };
  struct Level {
    std::string name;             // "" unless the levels are named
    std::vector<Server> servers;  // at least one, each address once
    friend bool operator==(const Level&, const Level&) = default;
  };
  /// How its servers are spoken to over TLS.
  struct Tls {
    bool verify = true;
    std::string ca;           // file in PEM; "" = the system's
    std::string server_name;  // "" = the upstream's name
    friend auto operator<=>(const Tls&, const Tls&) = default;
  };
  std::vector<Level> levels;                 // at least one, the first is tried first
  bool named = false;                        // then they stand in the order of their names
  std::string mode = "rr";                   // a balancer's name
  std::optional<uint32_t> tries;             // of one request; none: as many as there are servers
  std::chrono::milliseconds try_timeout{0};  // of all tries together; 0: none
  CheckOptions check;
  std::optional<Tls> tls;  // none: in plain
  PeerProtocol protocol = PeerProtocol::kHttp1;
  friend bool operator==(const UpstreamRecord&, const UpstreamRecord&) = default;

  size_t servers() const;
};

/// Names that an upstream may have: [-_a-zA-Z0-9.]+, at most 253 characters.
bool is_upstream_name(std::string_view name);

/// `{"servers":[{"host","port","weight"?,"max_fails"?,"fail_timeout"?}, …]}`, or several levels,
/// `{"cluster":[{"servers":[…]}, …]}`, or named ones, `{"cluster":{"a":{"servers":[…]}, …}}`, and beside them
/// the options, `"tls": {"verify": true, "ca": FILE, "server_name": NAME}`, `"protocol": "http1"`, `"http2"`
/// or `"grpc"`. Errors: kInvalid and kUnsupported, with the field: "cluster[0].servers[1].port".
Result<UpstreamRecord> decode_upstream(std::string_view text);

/// As the admin API shows it: with "cluster", and the options that are not the default.
std::string encode_upstream(const UpstreamRecord& record);

}  // namespace hancock::slardar
