// CheckReports: what the checks of all servers came to, for the status page and the metrics. Values only.
#pragma once

#include <string>
#include <unordered_map>

#include "slardar/check/check_state.h"

namespace hancock::slardar {

struct CheckReports {
  using ByServer = std::unordered_map<uint64_t, CheckReport>;  // Server::identity

  std::unordered_map<std::string, ByServer> upstreams;  // Upstream::key
  WallTime last;                                        // the last check's end; 0: there was none
  size_t running = 0;                                   // checks that are on their way

  /// nullptr: it is not checked.
  const CheckReport* find(const std::string& upstream, uint64_t server) const& {
    const auto of_upstream = upstreams.find(upstream);
    if (of_upstream == upstreams.end()) return nullptr;
    const auto found = of_upstream->second.find(server);
    return found == of_upstream->second.end() ? nullptr : &found->second;
  }
  const CheckReport* find(const std::string& upstream, uint64_t server) const&& = delete;
};

}  // namespace hancock::slardar
