// Ruleset: what the Node's nftables table `inet hancock` is to hold, as text for nft, and compared with what
// is there.
//
// Sets and maps hold all that changes, so that the cost of a packet does not grow with the number of Tasks
// and a change is one small transaction. Pure; any thread. The chains are explained in docs/agent.md.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace hancock::agent {

/// Of the table, in family inet.
inline constexpr const char* kTableName = "hancock";

enum class PortProtocol { kTcp, kUdp };
std::string_view to_string(PortProtocol protocol);

/// A port of a Task as it is reached on the Node.
struct PublishedPort {
  std::string name;
  PortProtocol protocol = PortProtocol::kTcp;
  uint16_t port = 0;       // in the container
  uint16_t host_port = 0;  // on the Node; 0: none yet
  friend bool operator==(const PublishedPort&, const PublishedPort&) = default;
};

struct Ruleset {
  std::set<std::string> tasks;               // addresses of Tasks
  std::set<std::string> closed;              // addresses and networks that no Task may reach
  std::set<std::string> gateways;            // not looked at yet: published ports are open to anybody
  std::map<std::string, std::string> ports;  // "tcp . 20123" -> "100.64.16.2 . 8080"

  void add(const std::string& address, const std::vector<PublishedPort>& published);
  friend bool operator==(const Ruleset&, const Ruleset&) = default;
};

/// One transaction that replaces whatever the table holds.
std::string render_table(const Ruleset& rules);
/// One transaction that makes `tasks` and `ports` of one those of the other; "" when they are the same. Fails
/// as a whole when the kernel holds something else than `from`.
std::string render_change(const Ruleset& from, const Ruleset& to);

/// What `nft -j list table inet hancock` says.
struct Listing {
  std::string frame;            // chains, rules and the sets that do not change, in one canonical text
  std::set<std::string> tasks;  // as in Ruleset
  std::map<std::string, std::string> ports;
  friend bool operator==(const Listing&, const Listing&) = default;
};
Result<Listing> parse_listing(const std::string& json);

}  // namespace hancock::agent
