#include "agent/network/listeners.h"

#include <charconv>
#include <sstream>
#include <string>

#include "base/file.h"

namespace hancock::agent {

void add_listening_ports(std::string_view text, SocketTable table, std::set<uint16_t>& ports) {
  constexpr std::string_view kListen = "0A";  // TCP_LISTEN
  std::istringstream lines{std::string(text)};
  std::string line;
  std::getline(lines, line);  // the head of the table
  while (std::getline(lines, line)) {
    std::istringstream fields(line);
    std::string slot, local, remote, state;
    if (!(fields >> slot >> local >> remote >> state)) continue;
    if (table == SocketTable::kTcp && state != kListen) continue;
    const size_t colon = local.rfind(':');
    if (colon == std::string::npos) continue;
    uint16_t port = 0;
    const char* const end = local.data() + local.size();
    if (std::from_chars(local.data() + colon + 1, end, port, 16).ptr == end) ports.insert(port);
  }
}

std::set<uint16_t> listening_ports() {
  std::set<uint16_t> ports;
  for (const auto& [name, table] :
       {std::pair("tcp", SocketTable::kTcp), std::pair("tcp6", SocketTable::kTcp),
        std::pair("udp", SocketTable::kUdp), std::pair("udp6", SocketTable::kUdp)}) {
    const auto text = read_file(std::string("/proc/thread-self/net/") + name);
    if (text) add_listening_ports(*text, table, ports);
  }
  return ports;
}

}  // namespace hancock::agent
