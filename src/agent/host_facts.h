// What this machine is: room for Tasks, and its boot id. Blocks shortly; any thread.
#pragma once

#include <cstdint>
#include <string>

namespace hancock::agent {

struct HostFacts {
  uint64_t cpu_millis = 0;
  uint64_t memory_bytes = 0;
  uint64_t pids = 0;
  uint64_t tasks = 0;
  std::string boot_id;
};

/// `boot_id`: the file to read it from.
HostFacts host_facts(const std::string& boot_id);

}  // namespace hancock::agent
