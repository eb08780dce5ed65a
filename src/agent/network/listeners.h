// Where programs of the Node listen, as the kernel tells it in /proc/net. The parser is pure; any thread.
#pragma once

#include <cstdint>
#include <set>
#include <string_view>

namespace hancock::agent {

/// Adds the local ports of /proc/net/tcp or tcp6 (those that listen), udp or udp6 (all).
enum class SocketTable { kTcp, kUdp };
void add_listening_ports(std::string_view text, SocketTable table, std::set<uint16_t>& ports);

/// All of them, in the network namespace of this thread.
std::set<uint16_t> listening_ports();

}  // namespace hancock::agent
