// UpstreamRecord: the value of upstreams/<name>: a set of servers that an operator names by hand.
//
// Today: one level of servers with host (an IP address), port and weight. Everything else that the contract
// names (levels, checkups options, host names) is refused as not supported yet, never ignored. Values only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "io/address.h"

namespace hancock::slardar {

struct UpstreamRecord {
  struct Server {
    io::Address address;
    uint32_t weight = 1;
    friend bool operator==(const Server&, const Server&) = default;
  };
  std::vector<Server> servers;  // at least one, each address once
  friend bool operator==(const UpstreamRecord&, const UpstreamRecord&) = default;
};

/// Names that an upstream may have: [-_a-zA-Z0-9.]+, at most 253 characters.
bool is_upstream_name(std::string_view name);

/// `{"servers":[{"host","port","weight"?}, …]}` or `{"cluster":[{"servers":[…]}]}`.
/// Errors: kInvalid and kUnsupported, with the field: "cluster[0].servers[1].port".
Result<UpstreamRecord> decode_upstream(std::string_view text);

/// As the admin API shows it: {"cluster":[{"servers":[{"host","port","weight"}]}]}.
std::string encode_upstream(const UpstreamRecord& record);

}  // namespace hancock::slardar
