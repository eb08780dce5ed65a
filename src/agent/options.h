// What an Agent is told when it is started. Values only.
#pragma once

#include <map>
#include <string>

namespace hancock::agent {

struct AgentOptions {
  std::string node = {};
  std::string site = {};
  std::map<std::string, std::string> labels = {};
  std::string masters = {};     // host:port, comma-separated
  std::string token_file = {};  // its first line is the Agents' token
  std::string containerd = "/run/containerd/containerd.sock";
  std::string address = {};         // IP of this Node, at which host ports are reached
  std::string data = {};            // folder of the journal and of logs
  std::string cgroup = "/hancock";  // every Task's cgroup lies below
  std::string boot_id = "/proc/sys/kernel/random/boot_id";  // a file that is another after each boot
};

}  // namespace hancock::agent
