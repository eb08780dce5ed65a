// HostNames: the addresses of the host names that operators' servers are called by, as they were resolved
// last. Values only.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace hancock::slardar {

struct HostAddresses {
  std::vector<std::string>
      ips;              // sorted; the last ones that were found, also while they cannot be found again
  std::string problem;  // why they could not be found the last time; "": they were
  friend bool operator==(const HostAddresses&, const HostAddresses&) = default;
};

/// By name; one that was not asked for yet is not there.
using HostNames = std::map<std::string, HostAddresses>;

}  // namespace hancock::slardar
