// What an Agent is told when it is started. Values only.
#pragma once

#include <map>
#include <string>

#include "agent/images/image_plan.h"
#include "base/error.h"

namespace hancock::agent {

struct AgentOptions {
  std::string node = {};
  std::string site = {};
  std::map<std::string, std::string> labels = {};
  std::string masters = {};     // host:port, comma-separated
  std::string token_file = {};  // its first line is the Agents' token
  std::string containerd = "/run/containerd/containerd.sock";
  std::string address = {};         // IPv4 of this Node, at which host ports are reached
  std::string data = {};            // folder of the journal and of logs
  std::string cgroup = "/hancock";  // every Task's cgroup lies below, in a folder with the Node's name
  int64_t warm_sandboxes = 2;       // made ahead
  ImageLimits images = {};          // of the disk that they lie on
  std::string boot_id = "/proc/sys/kernel/random/boot_id";  // a file that is another after each boot
};

/// kInvalid naming the option, its value and what is allowed. Of the Masters' list see Masters::parse().
Result<void> check(const AgentOptions& options);

}  // namespace hancock::agent
