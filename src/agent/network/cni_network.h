// CniNetwork: the network that the runtime makes sandboxes in, as the runtime tells of it, and what that
// network leaves behind when the runtime is killed at work: network namespaces and reserved addresses.
//
// The runtime does not list either. Parsing is pure; the rest blocks shortly; any thread.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"

namespace hancock::agent {

struct CniNetwork {
  std::string name;
  std::string plugin;                           // its first plugin's configuration, as that plugin reads it
  std::vector<std::filesystem::path> programs;  // folders of plugins
  std::filesystem::path reservations;           // host-local's, one file an address; "": another IPAM
  std::filesystem::path namespaces;             // of this runtime alone; "": shared with others
};

/// `details`: of cri::Client::details().
Result<CniNetwork> parse_cni_network(const std::map<std::string, std::string>& details);

/// Files of namespaces in which no process lives.
std::set<std::string> idle_namespaces(const CniNetwork& network);
/// With the links in it.
Result<void> remove_namespace(const CniNetwork& network, const std::string& file);

/// Sandboxes that an address is reserved for.
std::set<std::string> reserving_sandboxes(const CniNetwork& network);
/// Gives a sandbox's addresses back, by the plugin that reserved them.
Result<void> release_addresses(const CniNetwork& network, const std::string& sandbox);

}  // namespace hancock::agent
